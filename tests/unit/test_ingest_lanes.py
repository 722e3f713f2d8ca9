"""Natural batching: order kept, no line lost or doubled, nobody told before the acknowledgement."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.topics import MAX_PACKED_BYTES, MAX_PACKED_EVENTS
from services.ingest.lanes import Lane
from services.runtime.errors import AwayError, RefusedError


def test_what_arrives_while_a_record_is_under_way_is_the_next_record():
    async def scene() -> None:
        lane = Lane("events", 0)
        first = lane.put([b"1"])
        assert lane.take() == b"1"
        waiting = [lane.put([b"2", b"3"]), lane.put([b"4"])]
        assert lane.take() is None
        assert not first.done()
        lane.done()
        assert first.done()
        assert lane.take() == b"2\n3\n4"
        assert not any(w.done() for w in waiting)
        lane.done()
        assert all(w.done() for w in waiting)
        assert lane.take() is None

    asyncio.run(scene())


def test_a_failed_record_fails_what_waits_behind_it_and_the_lane_goes_on():
    async def scene() -> None:
        lane = Lane("events", 0)
        first = lane.put([b"1"])
        lane.take()
        second = lane.put([b"2"] * 600)
        lane.done(RefusedError("no"))
        for failed in (first, second):
            assert isinstance(failed.exception(), AwayError)
        third = lane.put([b"3"])
        assert lane.take() == b"3"
        lane.done()
        assert third.exception() is None

    asyncio.run(scene())


def test_a_waiter_that_gave_up_does_not_hurt_the_others():
    async def scene() -> None:
        lane = Lane("events", 0)
        gone, stays = lane.put([b"1"]), lane.put([b"2"])
        gone.cancel()
        assert lane.take() == b"1\n2"
        lane.done()
        assert stays.done()

    asyncio.run(scene())


@settings(max_examples=60)
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
        lane = Lane("events", 0)
        waiting = [lane.put(lines) for lines in sent]
        records = []
        while (record := lane.take()) is not None:
            records.append(record)
            lane.done()
        assert all(w.done() for w in waiting)
        return records

    records = asyncio.run(scene())
    assert [line for record in records for line in record.split(b"\n")] == sum(sent, [])
    assert all(len(record) <= MAX_PACKED_BYTES for record in records)
    assert all(record.count(b"\n") < MAX_PACKED_EVENTS for record in records)
