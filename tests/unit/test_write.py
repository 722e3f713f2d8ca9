"""The write role: insert, then touched, then commit; nothing lost, nothing doubled."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench.events import lines
from schemas.records.books import Rejected
from schemas.records.touched import Touched
from services.aggregate.halts import Halt
from services.aggregate.ids import id_of, packed
from services.aggregate.limits import IN_A_ROW, Limit
from services.aggregate.memory import MemoryOutlet, MemorySource, MemoryStore
from services.aggregate.patience import StoppedError
from services.aggregate.tables import CHARGERS, Table
from services.aggregate.write import Writer
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka import Record
from tests.builders import defined, observed, record, target

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
NOW = datetime(2026, 5, 6, tzinfo=UTC)


class Bench:
    """A writer with everything around it in memory."""

    def __init__(self, *records: Record, block_rows: int = 20_000, limited: bool = True) -> None:
        self.source = MemorySource(records)
        self.store = MemoryStore()
        self.outlet = MemoryOutlet()
        self.stop = threading.Event()
        self.writer = Writer(
            self.source,
            self.store,
            self.outlet,
            lambda: NOW,
            self.stop,
            block_rows=block_rows,
            limited=limited,
        )

    def run_until(self, done: Callable[[], bool]) -> None:
        """Let it run by itself until this is so."""
        thread = threading.Thread(target=self.writer.run)
        thread.start()
        until = threading.Event()
        for _ in range(1_000):
            if done():
                break
            until.wait(0.01)
        self.stop.set()
        thread.join(5)
        assert done()

    def write(self) -> None:
        self.writer.write(self.source.poll(0))

    def touched(self) -> list[Touched]:
        return [Touched.model_validate_json(value) for _, value in self.outlet.published["touched"]]

    def rejected(self) -> list[Rejected]:
        published = self.outlet.published["events.rejected"]
        return [Rejected.model_validate_json(value) for _, value in published]


def test_a_block_is_stored_told_and_committed() -> None:
    bench = Bench(record(observed(), offset=3), record(target(), partition=1, offset=7))
    bench.write()
    assert sorted(bench.store.raw) == [(0, 3, 0), (1, 7, 0)]
    series = (("vehicle_output", "changzhou"),)
    assert bench.touched() == [
        Touched(
            partition=0,
            offset=3,
            series=series,
            ids=packed([id_of("urn:pacekeeper:stats", "e-1")]),
        ),
        Touched(partition=1, offset=7, series=series),
    ]
    assert [each.offset for each in bench.source.committed] == [3, 7]


class HalfWay(MemoryStore):
    """Goes away once, between the two inserts of a block with chargers."""

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if table is CHARGERS and not self.tables["interrupted"]:
            self.tables["interrupted"].append(())
            raise AwayError("gone between the inserts")
        super().insert(table, rows)


def test_chargers_are_kept_on_their_own_too_and_an_interruption_costs_none() -> None:
    charger = (EXAMPLES / "pacekeeper.charger.updated.v1.json").read_bytes()
    bench = Bench(record(charger, observed(), offset=3))
    bench.store = HalfWay()
    bench.writer = Writer(
        bench.source, bench.store, bench.outlet, lambda: NOW, bench.stop, block_rows=20_000
    )
    bench.write()
    assert sorted(bench.store.raw) == [(0, 3, 0), (0, 3, 1)]
    ((entity, *at, _, event_id, _, _, data),) = bench.store.tables[CHARGERS.name]
    assert (entity, at) == ("tianning", [0, 3, 0])
    assert event_id == "CZ-0231-07-20240710T091500"
    assert '"wgs84":' in data
    assert [each.offset for each in bench.source.committed] == [3]


def test_a_definition_touches_its_indicator_everywhere() -> None:
    bench = Bench(record(defined()))
    bench.write()
    assert bench.touched()[0].series == (("vehicle_output", ""),)


def test_the_same_block_again_changes_nothing() -> None:
    packed = record(observed(), observed("42", id="e-2"))
    bench = Bench(packed, packed)
    bench.write()
    assert len(bench.store.raw) == 2


def test_a_store_that_is_away_is_no_reject() -> None:
    bench = Bench(record(observed()))
    bench.store.away = 2
    bench.write()
    assert len(bench.store.raw) == 1
    assert bench.rejected() == []


def test_nothing_is_committed_when_told_to_stop_while_the_store_is_away() -> None:
    bench = Bench(record(observed()))
    bench.store.away = 1000
    bench.stop.set()
    with pytest.raises(StoppedError):
        bench.write()
    assert bench.source.committed == []


def test_touched_is_tried_again_before_the_commit() -> None:
    bench = Bench(record(observed()))
    bench.outlet.away = 1
    bench.write()
    assert len(bench.touched()) == 1
    assert len(bench.source.committed) == 1


def test_a_refused_row_is_rejected_alone() -> None:
    events = [observed(id=f"e-{n}", scope=f"s{n}") for n in range(9)]
    bench = Bench(record(*events))
    bench.store.poison = "s4"
    bench.write()
    assert len(bench.store.raw) == 8
    assert [each.event_id for each in bench.rejected()] == ["e-4"]
    assert bench.rejected()[0].coordinates == "events/0/0/4"
    assert len(bench.source.committed) == 1


def test_a_line_that_never_came_through_the_door_is_rejected_with_its_text() -> None:
    packed = record(observed())
    broken = packed._replace(value=b'{"specversion":\xff\n' + (packed.value or b""))
    bench = Bench(broken)
    bench.write()
    assert len(bench.store.raw) == 1
    only = bench.rejected()[0]
    assert (only.code, only.coordinates, only.received_at) == ("malformed", "events/0/0/0", NOW)
    assert only.raw == '{"specversion":\\xff'


def test_a_commit_refused_by_a_rebalance_is_left_to_the_next_member() -> None:
    bench = Bench(record(observed()))
    bench.source.refuses_commits = True
    bench.write()
    assert len(bench.store.raw) == 1


def test_it_writes_what_arrives_until_it_is_told_to_stop() -> None:
    bench = Bench(*(record(observed(id=f"e-{n}"), offset=n) for n in range(30)))
    bench.run_until(lambda: len(bench.source.committed) == 30)
    assert len(bench.store.raw) == 30


@cache
def _figures() -> Sequence[bytes]:
    return list(lines(12_000, 5_000))


def figures(offset: int, partition: int = 0, first: int = 0, count: int = 300) -> Record:
    """A record of plain figures; `first` is the number of the first one."""
    some = _figures()[first : first + count]
    return Record("events", partition, offset, 0, None, b"\n".join(some))


def test_a_backlog_is_written_block_after_block_and_nothing_twice() -> None:
    bench = Bench(*(figures(n, first=300 * n) for n in range(12)), block_rows=700)
    bench.run_until(lambda: len(bench.source.committed) == 12)
    assert len(bench.store.raw) == 12 * 300
    assert [told.offset for told in bench.touched()] == list(range(1, 12, 2))


class MovedWhileReadAhead(MemorySource):
    """After the first block the partition is given away and comes back, read from the commit on."""

    def __init__(self, records: Sequence[Record]) -> None:
        super().__init__(records)
        self.every = list(records)

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        if self.epoch == 0 and len(self.waiting) <= len(self.every) - 4:
            self.epoch += 1
            done = {each.offset for each in self.committed}
            self.waiting = [each for each in self.every if each.offset not in done]
            return []
        return super().poll(timeout_ms, max_records)


def test_a_block_read_ahead_is_dropped_when_the_partitions_move_and_read_again() -> None:
    bench = Bench(block_rows=700)
    bench.source = MovedWhileReadAhead([figures(n, first=300 * n) for n in range(10)])
    bench.writer = Writer(
        bench.source, bench.store, bench.outlet, lambda: NOW, bench.stop, block_rows=700
    )
    bench.run_until(lambda: len(bench.store.raw) == 3_000)
    assert bench.source.epoch == 1
    assert sorted(each.offset for each in bench.source.committed) == list(range(10))


def test_one_refused_row_of_a_block_of_columns_is_rejected_alone() -> None:
    bench = Bench(figures(0), figures(1, first=300), figures(0, partition=1, first=600))
    bench.store.poison = "e-417"
    bench.write()
    assert len(bench.store.raw) == 899
    assert [(each.event_id, each.coordinates) for each in bench.rejected()] == [
        ("e-417", "events/0/1/117")
    ]
    assert len(bench.source.committed) == 3


def nonsense(offset: int, count: int, partition: int = 0) -> Record:
    return Record("events", partition, offset, 0, None, b"\n".join([b"nonsense"] * count))


def test_a_partition_of_nonsense_stops_and_the_others_go_on() -> None:
    bad = [nonsense(n, IN_A_ROW // 2) for n in range(4)]
    bench = Bench(
        figures(0, partition=1), figures(0), *[b._replace(offset=b.offset + 1) for b in bad]
    )
    bench.write()
    assert bench.writer.halted == {0: Halt(2, Limit.IN_A_ROW)}
    assert bench.source.paused == [0]
    assert [(r.partition, r.offset) for r in bench.source.committed] == [(1, 0), (0, 0), (0, 1)]
    assert len(bench.rejected()) == IN_A_ROW // 2
    assert {(t.partition, t.offset) for t in bench.touched()} == {(0, 1), (1, 0)}
    assert len(bench.store.raw) == 600
    bench.source.waiting = [figures(9, first=900), figures(1, partition=1, first=900)]
    bench.run_until(lambda: len(bench.source.committed) == 4)
    assert bench.source.committed[-1][:3] == ("events", 1, 1)
    assert bench.source.paused == [0, 0]


def test_a_block_of_nothing_but_a_halted_partition_commits_nothing() -> None:
    bench = Bench(nonsense(0, IN_A_ROW))
    bench.write()
    assert bench.writer.halted
    assert (bench.source.committed, bench.rejected(), bench.touched()) == ([], [], [])


def test_one_in_twenty_refused_stops_a_partition_too() -> None:
    bench = Bench()
    for n in range(40):
        good = figures(n, first=300 * n, count=285)
        mixed = [*(good.value or b"").split(b"\n"), *[b"nonsense"] * 15]
        bench.writer.write([good._replace(value=b"\n".join(mixed))])
    (halt,) = bench.writer.halted.values()
    assert halt == Halt(33, Limit.SHARE)


def test_without_limits_everything_is_rejected_and_goes_on() -> None:
    bench = Bench(nonsense(0, 2 * IN_A_ROW), figures(1), limited=False)
    bench.write()
    assert bench.writer.halted == {}
    assert len(bench.rejected()) == 2 * IN_A_ROW
    assert len(bench.source.committed) == 2


class TakesNothingOf(MemoryStore):
    """Refuses every row of one partition."""

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if any(row[7] == 2 for row in rows):
            raise RefusedError("no such column")
        super().insert(table, rows)


def test_a_store_that_refuses_everything_of_a_partition_stops_it_and_rejects_nothing() -> None:
    bench = Bench(figures(5, partition=2), figures(3, partition=1, first=300))
    bench.store = TakesNothingOf()
    bench.writer = Writer(
        bench.source, bench.store, bench.outlet, lambda: NOW, bench.stop, block_rows=20_000
    )
    bench.write()
    assert bench.writer.halted == {2: Halt(5, Limit.IN_A_ROW)}
    assert bench.rejected() == []
    assert [(r.partition, r.offset) for r in bench.source.committed] == [(1, 3)]
    assert len(bench.store.raw) == 300


def test_what_the_store_takes_between_begins_a_new_row() -> None:
    bench = Bench()
    bench.store.poison = "P"
    bench.writer.write([figures(0, count=IN_A_ROW - 1)])
    bench.store.poison = object()
    bench.writer.write([figures(1, first=300), figures(0, partition=1, first=900)])
    bench.store.poison = "P"
    bench.writer.write([figures(2, first=600, count=IN_A_ROW - 1)])
    assert bench.writer.halted == {}
    assert len(bench.rejected()) == 2 * (IN_A_ROW - 1)
