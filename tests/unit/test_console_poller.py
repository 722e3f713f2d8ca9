"""The poller: reads on change only, survives a lost store, wakes every stream."""

import asyncio
from dataclasses import replace

from services.alerts.console.memory import MemoryViews
from services.alerts.console.poller import Poller, Seen
from services.alerts.console.rows import Snapshot
from tests.console_demo import demo, next_month


class _Counting(MemoryViews):
    read = 0
    asked = 0

    def stamp(self) -> str:
        self.asked += 1
        return super().stamp()

    def snapshot(self) -> Snapshot:
        self.read += 1
        return super().snapshot()


def _counting() -> _Counting:
    full = demo()
    return _Counting(**{name: getattr(full, name) for name in full.__dataclass_fields__})


def test_nothing_is_read_again_while_nothing_changed() -> None:
    async def scene() -> None:
        views = _counting()
        poller = Poller(views)
        await poller.poll()
        await poller.poll()
        assert (views.read, poller.seen.turn) == (1, 1)
        next_month(views)
        await poller.poll()
        assert (views.read, poller.seen.turn) == (2, 2)

    asyncio.run(scene())


def test_a_lost_store_keeps_the_last_state_and_comes_back_by_itself() -> None:
    async def scene() -> None:
        views = demo()
        poller = Poller(views)
        await poller.poll()
        known = poller.seen.snapshot
        views.away = True
        await poller.poll()
        await poller.poll()
        assert (poller.seen.away, poller.seen.turn, poller.seen.snapshot) == (True, 2, known)
        views.away = False
        await poller.poll()
        assert (poller.seen.away, poller.seen.turn) == (False, 3)

    asyncio.run(scene())


def test_a_store_that_never_answered_leaves_an_empty_state_marked_away() -> None:
    async def scene() -> Seen:
        poller = Poller(MemoryViews(away=True))
        await poller.poll()
        return poller.seen

    seen = asyncio.run(scene())
    assert (seen.away, seen.read_at, seen.snapshot) == (True, None, Snapshot())


def test_every_stream_hears_the_state_at_once_and_then_each_change() -> None:
    async def scene() -> None:
        views = demo()
        poller = Poller(views)
        await poller.poll()
        streams = [poller.turns(), poller.turns()]
        first = [await anext(stream) for stream in streams]
        assert [seen.turn for seen in first if seen] == [1, 1]
        waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
        await asyncio.sleep(0)
        next_month(views)
        await poller.poll()
        second = await asyncio.gather(*waiting)
        assert [seen.turn for seen in second if seen] == [2, 2]

    asyncio.run(scene())


def test_a_quiet_stream_says_that_it_is_still_there_and_ends_on_close() -> None:
    async def scene() -> None:
        poller = Poller(demo())
        stream = poller.turns(keep_alive=0.01)
        assert await anext(stream) == replace(poller.seen)
        assert await anext(stream) is None
        await poller.close()
        assert [seen async for seen in stream] == []

    asyncio.run(scene())


def test_the_store_is_left_alone_until_somebody_looks() -> None:
    views = _counting()

    async def scene() -> tuple[int, int, int]:
        poller = Poller(views, interval=0.01)
        running = asyncio.create_task(poller.run())
        await asyncio.sleep(0.05)
        alone = views.asked
        await poller.look()
        looked = views.asked
        until = asyncio.get_running_loop().time() + 5
        while views.asked < looked + 2 and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return alone, looked, views.asked

    alone, looked, later = asyncio.run(scene())
    assert (alone, looked) == (0, 1)
    assert later >= 3
