"""Lanes: who waits for whom in front of the engine."""

import asyncio
from collections.abc import Iterator

import pytest

from deploy.local.clickhouse.lanes import Lane, Lanes
from deploy.local.clickhouse.metrics import Metrics


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    found = Lanes(Metrics())
    yield found
    found.close()


def test_those_who_wait_are_served_in_the_order_of_their_coming() -> None:
    served = []

    async def come(lane: Lane, number: int) -> None:
        async with lane.seat():
            served.append(number)
            await asyncio.sleep(0)

    async def all_come() -> None:
        lane = Lane("one", 1, Metrics())
        await asyncio.gather(*(come(lane, number) for number in range(20)))
        lane.close()

    asyncio.run(all_come())
    assert served == list(range(20))


def test_an_insert_never_waits_behind_dashboards(lanes: Lanes) -> None:
    async def scene() -> str:
        over = asyncio.Event()

        async def look() -> None:
            async with lanes.guarded.seat():
                await over.wait()

        boards = [asyncio.create_task(look()) for _ in range(100)]
        await asyncio.sleep(0)
        async with lanes.inserts.seat():
            said = await lanes.inserts.run(lambda: "inserted")
        over.set()
        await asyncio.gather(*boards)
        return said

    assert asyncio.run(scene()) == "inserted"


def test_a_request_that_fails_or_is_given_up_frees_its_place() -> None:
    async def scene() -> None:
        lane = Lane("one", 1, Metrics())

        async def fail() -> None:
            async with lane.seat():
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        async with lane.seat():
            waiting = asyncio.create_task(fail())
            await asyncio.sleep(0)
            waiting.cancel()
        async with asyncio.timeout(5), lane.seat():
            pass
        lane.close()

    asyncio.run(scene())


def test_what_waits_and_runs_is_counted_and_counted_off() -> None:
    metrics = Metrics()

    def shown(name: str) -> str:
        lines = metrics.exposition()[1].decode().splitlines()
        return next(line for line in lines if line.startswith(f"pacekeeper_clickhouse_{name}{{"))

    async def scene() -> None:
        lane = Lane("one", 1, metrics)

        async def come() -> None:
            async with lane.seat():
                pass

        async with lane.seat():
            waiting = asyncio.create_task(come())
            await asyncio.sleep(0)
            assert shown("waiting").endswith(" 1.0")
            assert shown("running").endswith(" 1.0")
        await waiting
        assert shown("waiting").endswith(" 0.0")
        assert shown("running").endswith(" 0.0")
        lane.close()

    asyncio.run(scene())
