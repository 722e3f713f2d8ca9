"""What was touched is gathered as long as that costs less than deriving it twice."""

import threading
from collections.abc import Sequence

import pytest

from schemas.records.touched import Touched
from services.aggregate import gather
from services.aggregate.gather import REBUILD, Gathering, Round
from services.aggregate.ids import packed
from services.aggregate.memory import MemorySource
from services.runtime.kafka import Record


class Stream(MemorySource):
    """A source that answers each poll with the next of these, and a clock that waits with it."""

    def __init__(self, *answers: Sequence[Record], shared_out_at: int = -1) -> None:
        super().__init__()
        self.answers = list(answers)
        self.waits: list[int] = []
        self.time = 0.0
        self._shared_out_at = shared_out_at

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        self.waits.append(timeout_ms)
        self.time += timeout_ms / 1000
        if len(self.waits) == self._shared_out_at:
            self.epoch += 1
            return []
        return list(self.answers.pop(0)) if self.answers else []

    def now(self) -> float:
        return self.time


def told(offset: int, series: int, first: int = 0) -> Record:
    """A record that names so many series."""
    names = tuple(("i", f"e-{n}") for n in range(first, first + series))
    block = Touched(partition=offset % 4, offset=offset, series=names, ids=packed([offset]))
    return Record("touched", 0, offset, 0, b"0", block.model_dump_json().encode())


def gathering(source: Stream, stop: threading.Event | None = None) -> Gathering:
    return Gathering(source, stop or threading.Event(), source.now)


def test_a_few_series_are_derived_at_once() -> None:
    source = Stream([told(0, 3)], [told(1, 3)])
    assert len(gathering(source).take(200).records) == 1
    assert source.waits == [200]


def test_many_series_are_gathered_as_long_as_more_comes() -> None:
    source = Stream(*([told(n, 5_000)] for n in range(3)))
    found = gathering(source).take(200)
    assert [record.offset for record in found.records] == [0, 1, 2]
    assert len(found.series) == 5_000
    assert len(found.ids) == 3
    assert found.through == {0: 0, 1: 1, 2: 2}


def test_nothing_waits_much_longer_than_the_work_would_take() -> None:
    source = Stream(*([told(n, 5_000)] for n in range(1_000)))
    one = gathering(source)
    began = source.now()
    assert one.take(200).records
    assert source.now() - began <= 0.2 + 4 * 5


def test_nor_for_ever_however_much_work_there_is() -> None:
    source = Stream(*([told(n, 100)] for n in range(1_000)))
    one = gathering(source)
    one.worked(Round([told(0, 100)]), 1e6)
    assert one.take(200).records
    assert source.now() <= 32


def test_what_a_round_took_tells_how_long_the_next_one_will() -> None:
    source = Stream([told(0, 5_000)], [told(1, 5_000)])
    one = gathering(source)
    one.worked(Round([told(0, 100)]), 0.001)
    assert len(one.take(200).records) == 1


def test_a_round_of_a_few_series_tells_nothing() -> None:
    source = Stream([told(0, 500)], [told(1, 500)])
    one = gathering(source)
    one.worked(Round([told(0, 1)]), 10.0)
    assert len(one.take(200).records) == 1


def test_small_records_that_are_waiting_are_taken_without_waiting() -> None:
    source = Stream([told(n, 1) for n in range(1_000)], [told(1_000, 1)], [told(1_001, 1)])
    assert len(gathering(source).take(200).records) == 1_001
    assert source.waits == [200, 0]


def test_a_round_takes_no_more_memory_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_MOST_BYTES", 200_000)
    source = Stream(*([told(n, 5_000)] for n in range(10)))
    found = gathering(source).take(200)
    assert found.full
    assert 200_000 <= found.bytes < 400_000


def test_partitions_shared_out_anew_are_read_again() -> None:
    source = Stream([told(0, 5_000)], [told(1, 5_000)], shared_out_at=2)
    assert gathering(source).take(200).records == []


def test_who_is_told_to_stop_gathers_no_more() -> None:
    stop = threading.Event()
    stop.set()
    source = Stream([told(0, 5_000)], [told(1, 5_000)])
    assert len(gathering(source, stop).take(200).records) == 1


def test_a_record_that_cannot_be_read_is_passed_over_and_committed() -> None:
    bad = told(0, 1)._replace(value=b"?")
    gone = Record("touched", 0, 1, 0, REBUILD, None)
    found = Round([bad, gone, told(2, 1)])
    assert len(found.records) == 3
    assert found.series == {("i", "e-0")}
    assert found.rebuilds == []
