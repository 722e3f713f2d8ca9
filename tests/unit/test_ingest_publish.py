"""What one turn wants written leaves together; nobody is told before the acknowledgement."""

import asyncio
from concurrent.futures import Future

import pytest

from schemas import topics
from services.ingest.ports import MemoryLog
from services.ingest.publish import Publisher
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka import Position


class HeldLog(MemoryLog):
    """Acknowledges nothing by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[str, bytes, Future[Position]]] = []

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        done: Future[Position] = Future()
        self.held.append((topic, value or b"", done))
        return done

    def texts(self) -> list[bytes]:
        return [text for _, text, _ in self.held]

    def answer(self, error: Exception | None = None) -> None:
        held, self.held = self.held, []
        for _, _, done in held:
            if error is None:
                done.set_result(Position(0, 0))
            else:
                done.set_exception(error)


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_is_told_and_what_waited_leave_in_the_same_turn():
    async def scene() -> None:
        log = HeldLog()
        publisher = Publisher(log)
        order: list[list[bytes]] = []

        async def request(name: bytes) -> None:
            await publisher.packed(topics.EVENTS, [name], 0)
            await publisher.packed(topics.RECEIPTS, [b"of " + name])

        first = asyncio.ensure_future(request(b"1"))
        await turns()
        second = asyncio.ensure_future(request(b"2"))
        await turns()
        while log.held:
            order.append(sorted(log.texts()))
            log.answer()
            await turns()
        await asyncio.gather(first, second)
        assert order == [[b"1"], [b"2", b"of 1"], [b"of 2"]]

    asyncio.run(scene())


def test_answers_that_come_together_wake_the_loop_once():
    async def scene() -> int:
        log = HeldLog()
        publisher = Publisher(log)
        waiting = [publisher.packed(topics.EVENTS, [b"%d" % n], n) for n in range(4)]
        await turns()
        loop, woken = asyncio.get_running_loop(), 0
        wake = loop.call_soon_threadsafe

        def counted(*args, **named):
            nonlocal woken
            woken += 1
            return wake(*args, **named)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign]
        log.answer()
        await asyncio.gather(*waiting)
        return woken

    assert asyncio.run(scene()) == 1


def test_a_refused_record_is_no_promise_and_the_next_one_is_tried():
    async def scene() -> None:
        log = HeldLog()
        publisher = Publisher(log)
        failed = publisher.packed(topics.EVENTS, [b"1"], 0)
        await turns()
        log.answer(RefusedError("no"))
        with pytest.raises(AwayError):
            await failed
        tried = publisher.packed(topics.EVENTS, [b"2"], 0)
        await turns()
        log.answer()
        await tried

    asyncio.run(scene())


def test_a_record_without_an_answer_is_given_up_and_its_late_answer_changes_nothing():
    async def scene() -> None:
        log = HeldLog()
        publisher = Publisher(log, patience=0.01)
        with pytest.raises(AwayError, match="in time"):
            await publisher.packed(topics.EVENTS, [b"1"], 0)
        second = publisher.packed(topics.EVENTS, [b"2"], 0)
        await asyncio.sleep(0)
        late, now = log.held
        late[2].set_result(Position(0, 0))
        await turns()
        assert not second.done()
        now[2].set_result(Position(0, 1))
        await second

    asyncio.run(scene())


def test_a_log_that_is_away_is_told():
    async def scene() -> None:
        log = MemoryLog()
        log.away = True
        publisher = Publisher(log)
        with pytest.raises(AwayError):
            await publisher.packed(topics.EVENTS, [b"1"], 0)
        with pytest.raises(AwayError):
            await publisher.append(topics.KEYS, b"1", b"k", 0)

    asyncio.run(scene())


def test_lanes_are_apart_by_topic_and_partition():
    async def scene() -> MemoryLog:
        log = MemoryLog()
        publisher = Publisher(log)
        await asyncio.gather(
            publisher.packed(topics.EVENTS, [b"a"], 1),
            publisher.packed(topics.EVENTS, [b"b"], 2),
            publisher.packed(topics.EVENTS, [b"c"], 1),
            publisher.packed(topics.RECEIPTS, [b"d"]),
        )
        return log

    log = asyncio.run(scene())
    events = [(r.partition, r.value) for r in log.records["events"]]
    assert sorted(events) == [(1, b"a\nc"), (2, b"b")]
    assert [r.value for r in log.records["receipts"]] == [b"d"]


def test_a_round_waits_for_the_last_answer_of_the_one_before():
    async def scene() -> None:
        log = HeldLog()
        publisher = Publisher(log)
        first = [publisher.packed(topics.EVENTS, [b"%d" % n], n) for n in range(2)]
        await turns()
        (_, _, one), (_, _, two) = log.held
        log.held.clear()
        second = publisher.packed(topics.EVENTS, [b"next"], 0)
        third = publisher.packed(topics.RECEIPTS, [b"of it"])
        one.set_result(Position(0, 0))
        await turns()
        assert first[0].done()
        assert log.texts() == []
        two.set_result(Position(1, 0))
        await turns()
        assert log.texts() == [b"next", b"of it"]
        log.answer()
        await asyncio.gather(*first, second, third)

    asyncio.run(scene())


def test_a_failed_record_fails_only_its_own_partition():
    async def scene() -> None:
        log = HeldLog()
        publisher = Publisher(log)
        good, bad = (publisher.packed(topics.EVENTS, [b"%d" % n], n) for n in range(2))
        await turns()
        log.held[0][2].set_result(Position(0, 0))
        log.held[1][2].set_exception(AwayError("gone"))
        await good
        with pytest.raises(AwayError, match="gone"):
            await bad

    asyncio.run(scene())


def test_an_append_is_answered_with_where_it_lies():
    async def scene() -> list[Position]:
        publisher = Publisher(MemoryLog())
        return [await publisher.append(topics.KEYS, b"x", b"k", 0) for _ in range(2)]

    assert asyncio.run(scene()) == [Position(0, 0), Position(0, 1)]
