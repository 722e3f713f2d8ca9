"""Blocks of whole records, and what becomes of them when partitions are shared out anew."""

from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.memory import MemorySource
from services.aggregate.take import Taking, count
from services.runtime.kafka import Record


def packed(offset: int, events: int, partition: int = 0) -> Record:
    return Record("events", partition, offset, 0, None, b"\n".join([b"{}"] * events))


def test_a_block_holds_whole_records_and_not_more_than_asked_for() -> None:
    source = MemorySource([packed(n, 400) for n in range(5)])
    taking = Taking(source, 1_000, ())
    blocks = [taking.take(0) for _ in range(4)]
    assert [[r.offset for r in each.records] for each in blocks] == [[0, 1], [2, 3], [4], []]
    assert [each.full for each in blocks] == [True, True, False, False]


def test_a_record_beyond_the_measure_is_a_block_of_its_own() -> None:
    taking = Taking(MemorySource([packed(0, 30), packed(1, 5)]), 10, ())
    assert [[r.offset for r in taking.take(0).records] for _ in range(2)] == [[0], [1]]


class Measured(MemorySource):
    """Remembers how much it was asked for."""

    def __init__(self, *records: Record) -> None:
        super().__init__(records)
        self.asked: list[int | None] = []

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        self.asked.append(max_records)
        return super().poll(timeout_ms, max_records)


def test_it_asks_for_as_many_records_as_will_fit() -> None:
    source = Measured(*(packed(n, 1) for n in range(1_500)))
    Taking(source, 1_000, ()).take(0)
    assert source.asked == [2, 998]


class Rebalanced(MemorySource):
    """The partitions are shared out anew at the second poll."""

    polls = 0

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        self.polls += 1
        if self.polls == 2:
            self.epoch += 1
            self.waiting = [packed(0, 2), packed(1, 2)]
            return []
        return super().poll(timeout_ms, max_records)


def test_what_was_gathered_before_the_partitions_moved_is_dropped() -> None:
    taking = Taking(Rebalanced([packed(0, 2), packed(1, 2)]), 2_000, ())
    assert taking.take(0).records == []
    again = taking.take(0)
    assert ([r.offset for r in again.records], again.epoch) == ([0, 1], 1)


def test_of_a_halted_partition_nothing_is_taken() -> None:
    source = MemorySource([packed(0, 1), packed(7, 1, partition=2), packed(1, 1)])
    assert [r.offset for r in Taking(source, 1_000, {2}).take(0).records] == [0, 1]
    assert source.paused == [2]


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(1, 60))
def test_no_record_is_lost_or_doubled_at_the_edges_of_blocks(sizes: list[int], most: int) -> None:
    records = [packed(n, size) for n, size in enumerate(sizes)]
    taking = Taking(MemorySource(records), most, ())
    taken: list[Record] = []
    while block := taking.take(0).records:
        assert sum(map(count, block)) <= most or len(block) == 1
        taken += block
    assert taken == records
