"""Natural batching: order kept, no line lost or doubled, nobody told before the acknowledgement."""

import asyncio
from concurrent.futures import Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import topics
from schemas.topics import MAX_PACKED_BYTES, MAX_PACKED_EVENTS
from services.ingest.ports import MemoryLog
from services.ingest.publish import Lane, Publisher
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka import Position


class Broker:
    """Holds each record until it is told to acknowledge or to fail it."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self._gate: asyncio.Future[None] | None = None

    async def append(self, text: bytes) -> None:
        assert self._gate is None, "two records under way"
        self.records.append(text)
        self._gate = asyncio.get_running_loop().create_future()
        try:
            await self._gate
        finally:
            self._gate = None

    async def answer(self, error: Exception | None = None) -> None:
        gate = self._gate
        assert gate is not None
        if error is None:
            gate.set_result(None)
        else:
            gate.set_exception(error)
        for _ in range(5):
            await asyncio.sleep(0)

    @property
    def busy(self) -> bool:
        return self._gate is not None


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_arrives_while_a_record_is_under_way_is_the_next_record():
    async def scene() -> None:
        broker = Broker()
        lane = Lane(broker.append)
        first = lane.put([b"1"])
        await turn()
        waiting = [lane.put([b"2", b"3"]), lane.put([b"4"])]
        await turn()
        assert broker.records == [b"1"]
        assert not first.done()
        await broker.answer()
        assert first.done()
        assert broker.records == [b"1", b"2\n3\n4"]
        assert not any(w.done() for w in waiting)
        await broker.answer()
        assert all(w.done() for w in waiting)
        assert not broker.busy
        again = lane.put([b"5"])
        await turn()
        await broker.answer()
        assert again.done()

    asyncio.run(scene())


def test_a_failed_record_fails_what_waits_behind_it_and_the_lane_goes_on():
    async def scene() -> None:
        broker = Broker()
        lane = Lane(broker.append)
        first = lane.put([b"1"])
        await turn()
        second = lane.put([b"2"] * 600)
        await broker.answer(RefusedError("no"))
        for failed in (first, second):
            assert isinstance(failed.exception(), AwayError)
        third = lane.put([b"3"])
        await turn()
        await broker.answer()
        assert third.exception() is None
        assert broker.records == [b"1", b"3"]

    asyncio.run(scene())


def test_a_waiter_that_gave_up_does_not_hurt_the_others():
    async def scene() -> None:
        broker = Broker()
        lane = Lane(broker.append)
        gone, stays = lane.put([b"1"]), lane.put([b"2"])
        gone.cancel()
        await turn()
        await broker.answer()
        assert stays.done()
        assert broker.records == [b"1\n2"]

    asyncio.run(scene())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(min_value=1, max_value=200_000), min_size=1, max_size=8), max_size=8
    ),
    st.integers(min_value=1, max_value=700),
)
def test_no_line_is_lost_or_doubled_and_every_record_is_within_the_limits(requests, many):
    sent = [[b"x" * size for size in sizes] for sizes in requests]
    sent.append([b"%d" % number for number in range(many)])

    async def scene() -> list[bytes]:
        records: list[bytes] = []

        async def append(text: bytes) -> None:
            records.append(text)
            await asyncio.sleep(0)

        lane = Lane(append)
        await asyncio.gather(*(lane.put(lines) for lines in sent))
        return records

    records = asyncio.run(scene())
    assert [line for record in records for line in record.split(b"\n")] == sum(sent, [])
    assert all(len(record) <= MAX_PACKED_BYTES for record in records)
    assert all(record.count(b"\n") < MAX_PACKED_EVENTS for record in records)


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


class SlowLog(MemoryLog):
    """Remembers from which thread it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.in_loop: list[bool] = []

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self.in_loop.append(False)
        else:
            self.in_loop.append(True)
        return super().send(topic, value, key, partition)


def test_an_append_may_block_only_while_nobody_has_answered():
    async def scene() -> SlowLog:
        log = SlowLog()
        publisher = Publisher(log)
        await publisher.append(topics.KEYS, b"1", b"k", 0)
        await publisher.append(topics.KEYS, b"2", b"k", 0)
        log.away = True
        with pytest.raises(AwayError):
            await publisher.append(topics.KEYS, b"3", b"k", 0)
        log.away = False
        position = await publisher.append(topics.KEYS, b"4", b"k", 0)
        assert position == Position(0, 2)
        return log

    assert asyncio.run(scene()).in_loop == [False, True, True, False]
