"""The write role: insert, then touched, then commit; nothing lost, nothing doubled."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas.records.touched import Touched
from services.aggregate.ids import id_of, packed
from services.aggregate.memory import MemorySource, MemoryStore
from services.aggregate.patience import StoppedError
from services.aggregate.tables import CHARGERS, Table
from services.aggregate.write import Writer
from services.runtime.errors import AwayError
from services.runtime.kafka import Record
from tests.builders import defined, observed, record, target
from tests.unit.writing_bench import NOW, Bench, figures

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"


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
