"""The derive role: what follows is stored before the dossier speaks of it."""

import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from schemas.records.dossier import Dossier
from schemas.records.touched import Touched
from services.aggregate.catalogue import Catalogue
from services.aggregate.decode import RawRow, decode
from services.aggregate.derive import Deriver
from services.aggregate.ids import COUNTED, Ids, id_of, packed
from services.aggregate.memory import MemoryOutlet, MemorySource, MemoryStore
from services.aggregate.tables import RAW
from services.runtime.kafka import Record, partition_of
from tests.builders import RECEIVED, defined, line, observed, raw_event, record, target

SERIES = ("vehicle_output", "changzhou")
PARTITION = partition_of(b"changzhou", 4)


class Bench:
    """A deriver over a memory store, with the catalogue given."""

    def __init__(
        self, catalogue: Iterable[bytes] = (defined(),), store: MemoryStore | None = None
    ) -> None:
        self.source = MemorySource()
        self.store = store or MemoryStore()
        self.outlet = MemoryOutlet()
        self.catalogue = Catalogue()
        self.asked = 0
        self.late = 0
        self.known = 0
        for raw in catalogue:
            self.know(raw)
        self.deriver = Deriver(
            self.source, self.store, self.outlet, self.catalogue, self, threading.Event()
        )
        self.offset = 0

    def read_to_end(self, timeout: float) -> bool:
        self.asked += 1
        if self.late:
            self.late -= 1
            return False
        return True

    def take(self, *events: bytes, touch: tuple[str, str] = SERIES) -> list[Dossier]:
        """Store the events as one record, tell it, derive; the dossiers that came of it."""
        whole = record(*events, partition=PARTITION, offset=self.offset)
        found = decode(PARTITION, self.offset, whole.value or b"")
        rows = [row for row in found if isinstance(row, RawRow)]
        self.store.insert(RAW, rows)
        told = touched(self.offset + 1, PARTITION, self.offset, touch, rows)
        self.offset += 1
        before = len(self.outlet.published["indicators"])
        self.deriver.derive([told])
        published = self.outlet.published["indicators"][before:]
        dossiers = [Dossier.model_validate_json(value) for _, value in published]
        keys = [f"{each.indicator.indicator}|{each.entity}".encode() for each in dossiers]
        assert keys == [key for key, _ in published]
        return dossiers

    def know(self, raw: bytes) -> None:
        self.known += 1
        self.catalogue.apply(Record("catalogue", 0, self.known, 0, b"k", line(raw)))

    def shown(self) -> dict[tuple[str, str], str]:
        row = self.store.series[SERIES]
        names = zip(row.now_measure, row.now_period, strict=True)
        return dict(zip(names, map(str, row.now_value), strict=True))


def _row(found: object) -> bool:
    return isinstance(found, RawRow)


def test_a_catalogue_that_is_read_late_is_waited_for() -> None:
    """What was derived without a definition would not be touched again by it."""
    bench = Bench()
    bench.late = 2
    bench.take(defined(), touch=("vehicle_output", ""))
    assert bench.asked == 3


def test_a_figure_becomes_a_dossier_with_its_definition_and_targets() -> None:
    bench = Bench([defined(), target(), target(version=2)])
    (dossier,) = bench.take(observed())
    assert dossier.indicator.name_zh == "整车产量"
    assert [each.data.version for each in dossier.targets] == [1, 2]
    assert [(f.period, str(f.value), f.basis) for f in dossier.facts] == [
        ("2024-06", "41.5", ("e-1",))
    ]
    assert (dossier.partition, dossier.offset) == (PARTITION, 0)


def test_the_value_can_be_queried_before_the_dossier_speaks_of_it() -> None:
    bench = Bench()
    bench.outlet.away = 1
    bench.take(observed())
    assert bench.shown() == {("cumulative", "2024-06"): "41.5"}


def test_a_later_vintage_wins_over_arrival_order() -> None:
    bench = Bench()
    bench.take(observed("42", id="late", recordedtime="2024-09-01T00:00:00+08:00"))
    (dossier,) = bench.take(observed("40", id="early", recordedtime="2024-08-01T00:00:00+08:00"))
    (fact,) = dossier.facts
    assert (str(fact.value), fact.vintages, fact.basis) == ("42", 2, ("late",))
    assert fact.first_recorded_at == datetime(2024, 7, 31, 16, tzinfo=UTC)


def test_one_id_twice_is_one_vintage() -> None:
    bench = Bench()
    bench.take(observed())
    (dossier,) = bench.take(observed())
    assert dossier.facts[0].vintages == 1


def test_a_figure_taken_back_is_as_if_never_reported() -> None:
    bench = Bench()
    bench.take(observed("1", "2024-01", measure="period", id="jan"))
    (dossier,) = bench.take(observed("2", "2024-02", measure="period", id="feb"))
    assert [str(f.value) for f in dossier.facts if f.derived] == ["1", "3"]
    gone = observed(None, "2024-01", measure="period", id="gone", time="2024-12-01T00:00:00+08:00")
    (dossier,) = bench.take(gone)
    assert [f.period for f in dossier.facts] == ["2024-02"]
    assert bench.shown() == {("period", "2024-02"): "2"}


def test_a_sum_has_one_vintage_per_recordedtime_of_its_pieces() -> None:
    bench = Bench()
    bench.take(observed("1", "2024-01", measure="period", id="a", time="2024-02-01T00:00:00Z"))
    bench.take(observed("2", "2024-02", measure="period", id="b", time="2024-03-01T00:00:00Z"))
    fixed = observed("1.5", "2024-01", measure="period", id="c", time="2024-04-01T00:00:00Z")
    (dossier,) = bench.take(fixed)
    by_period = {f.period: f for f in dossier.facts if f.derived}
    assert by_period["2024-02"].vintages == 2
    assert str(by_period["2024-02"].value) == "3.5"
    assert by_period["2024-02"].basis == ("c", "b")


def test_a_stock_is_never_summed() -> None:
    bench = Bench([defined(measure="stock")])
    (dossier,) = bench.take(observed(measure="stock"))
    assert [f.derived for f in dossier.facts] == [False]


def findings(bench: Bench, entity: str = "changzhou") -> list[tuple[str, str]]:
    row = bench.store.series["vehicle_output", entity]
    return list(zip(row.found_kind, row.found_state, strict=True))


def test_what_looks_wrong_is_stored_with_the_series_and_stays_when_corrected() -> None:
    bench = Bench([defined(due_days=None)])
    bench.take(observed("10", "2024-05", id="may"))
    (dossier,) = bench.take(observed("9", "2024-06", id="june"))
    assert findings(bench) == [("cumulative_fell", "open")]
    (told,) = dossier.findings
    assert (told.kind, told.period) == ("cumulative_fell", "2024-06")
    assert told.event_ids == ("june", "may")
    fixed = observed("11", "2024-06", id="fixed", time="2024-07-11T09:00:00+08:00")
    (dossier,) = bench.take(fixed)
    assert dossier.findings == ()
    assert findings(bench) == [("cumulative_fell", "corrected")]


def test_an_id_used_for_another_figure_counts_for_the_first_alone() -> None:
    bench = Bench([defined(due_days=None)])
    bench.take(observed("10", "2024-05"))
    (dossier,) = bench.take(observed("12", "2024-06"))
    assert [(f.period, str(f.value)) for f in dossier.facts] == [("2024-05", "10")]
    (conflict,) = bench.store.tables["pacekeeper.conflicts"]
    assert conflict[:4] == (PARTITION, 1, 0, True)
    bench.take(observed("12", "2024-06", id="e-2"))
    assert bench.shown()["cumulative", "2024-06"] == "12"


def test_a_first_arrival_that_comes_last_takes_the_figure_from_the_other_series() -> None:
    bench = Bench([defined(due_days=None)])
    bench.store.insert(RAW, _rows(observed("7", entity="a"), partition=9))
    bench.deriver.derive([touched(0, 9, 5, ("vehicle_output", "a"))])
    assert bench.store.series["vehicle_output", "a"].now_value
    late = _rows(observed(), partition=0)
    bench.store.insert(RAW, late)
    bench.deriver.derive([touched(1, 0, 5, SERIES, late)])
    assert bench.shown() == {("cumulative", "2024-06"): "41.5"}
    assert bench.store.series["vehicle_output", "a"].now_value == []


def touched(
    at: int,
    partition: int,
    offset: int,
    series: tuple[str, str],
    rows: Iterable[RawRow] = (),
) -> Record:
    ids = packed([id_of(row.source, row.event_id) for row in rows if row.type in COUNTED])
    told = Touched(partition=partition, offset=offset, series=(series,), ids=ids)
    return Record("touched", 0, at, 0, b"0", told.model_dump_json().encode())


class Asked(MemoryStore):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.loads, self.asked = 0, list[int]()

    def ids(self) -> Ids:
        self.loads += 1
        return super().ids()

    def repeats(self, ids: Sequence[int]) -> list[RawRow]:
        self.asked += ids
        return super().repeats(ids)


def asked_bench() -> tuple[Bench, Asked]:
    store = Asked()
    return Bench([defined(due_days=None)], store), store


def test_a_new_id_is_not_asked_for() -> None:
    bench, store = asked_bench()
    bench.take(observed())  # what was stored before the role began may have come before
    store.asked.clear()
    for n in range(20):
        bench.take(observed(id=f"new-{n}"))
    assert (store.loads, store.asked) == (1, [])
    bench.take(observed("7", id="new-3"))
    assert store.asked == [id_of("urn:pacekeeper:stats", "new-3")]


def test_records_that_another_read_meanwhile_make_it_load_the_ids_anew() -> None:
    bench, store = asked_bench()
    bench.take(observed())
    anothers = _rows(observed("5", id="x", entity="wujin"), partition=0)
    store.insert(RAW, anothers)
    bench.offset += 1
    bench.take(observed("7", id="x"))
    assert store.loads == 2
    (conflict,) = store.tables["pacekeeper.conflicts"]
    assert conflict[:4] == (PARTITION, 2, 0, True)


def test_a_record_that_is_read_again_is_harmless() -> None:
    bench, store = asked_bench()
    bench.take(observed())
    bench.take(observed("7", "2024-05"))
    before = dict(store.series)
    bench.deriver.derive([touched(1, PARTITION, 1, SERIES, _rows(observed()))])
    assert {row[:3] for row in store.tables["pacekeeper.conflicts"]} == {(PARTITION, 1, 0)}
    assert store.series.keys() == before.keys()
    assert bench.shown() == {("cumulative", "2024-06"): "41.5"}
    assert store.loads == 1


def entity(name: str, parent: str | None = None) -> bytes:
    data = {"entity": name, "kind": "district", "name_zh": name, "parent": parent}
    return raw_event("entity.defined", data, id=f"def-{name}")


def test_a_part_that_comes_later_shows_that_the_whole_differs() -> None:
    added_up = defined(
        indicator="sum", formula={"kind": "sum_of_children", "indicator": "vehicle_output"}
    )
    wujin = entity("wujin", "jiangsu"), entity("wujin", "changzhou")
    bench = Bench([defined(due_days=None), added_up, entity("changzhou"), *wujin])
    bench.take(observed("10"))
    assert findings(bench) == []
    bench.store.insert(RAW, _rows(observed("7", entity="wujin", id="w")))
    bench.deriver.derive([touched(9, 7, 5, ("vehicle_output", "wujin"))])
    assert findings(bench) == [("children_differ", "open")]
    assert findings(bench, "wujin") == []


def _rows(*events: bytes, partition: int = 7, offset: int = 5) -> list[RawRow]:
    value = record(*events).value or b""
    return [row for row in decode(partition, offset, value) if isinstance(row, RawRow)]


def test_a_definition_publishes_every_series_of_its_indicator_again() -> None:
    bench = Bench([defined(), target()])
    bench.take(observed())
    changed = defined(name_zh="汽车产量")
    bench.know(changed)
    (dossier,) = bench.take(changed, touch=("vehicle_output", ""))
    assert dossier.indicator.name_zh == "汽车产量"


def test_a_series_unknown_to_the_catalogue_makes_it_read_on() -> None:
    bench = Bench([])
    assert bench.take(observed()) == []
    assert bench.asked == 1


def test_it_starts_from_what_is_stored_already() -> None:
    bench = Bench()
    bench.store.insert(RAW, [r for r in decode(1, 55, record(observed()).value or b"") if _row(r)])
    (dossier,) = bench.take(observed(id="own"))
    assert dossier.through == {1: 55, PARTITION: 0}


def test_records_that_cannot_be_read_are_passed_over_and_committed() -> None:
    bench = Bench()
    bench.deriver.derive([Record("touched", 0, 1, 0, b"0", b"{}")])
    bench.catalogue.apply(Record("catalogue", 0, 1, 0, b"k", b"{}"))
    bench.catalogue.apply(Record("catalogue", 0, 2, 0, b"k", None))
    assert len(bench.source.committed) == 1


def test_a_commit_refused_by_a_rebalance_is_left_to_the_next_member() -> None:
    bench = Bench()
    bench.source.refuses_commits = True
    assert len(bench.take(observed())) == 1


SHARE = {
    "kind": "share",
    "part": "vehicle_output",
    "whole": {"indicator": "total", "entity": "parent"},
}
SUM = {"kind": "sum_of_children", "indicator": "vehicle_output"}


def place(name: str, parent: str | None = None) -> bytes:
    data = {"entity": name, "kind": "town", "name_zh": name}
    return raw_event("entity.defined", data | ({"parent": parent} if parent else {}))


def chain() -> Bench:
    """Two towns of one city, and the share of each in their sum."""
    return Bench(
        [
            place("city"),
            place("x", "city"),
            place("y", "city"),
            defined(),
            defined(indicator="total", formula=SUM),
            defined(indicator="share", formula=SHARE, unit="%", measure="rate"),
            target(target="share-x", indicator="share", entity="x"),
        ]
    )


def said(bench: Bench, indicator: str, entity: str) -> list[str]:
    return [str(value) for value in bench.store.series[indicator, entity].now_value]


def test_a_figure_derives_all_that_rests_on_it() -> None:
    bench = chain()
    bench.take(observed("1", entity="x", id="x"), touch=("vehicle_output", "x"))
    dossiers = bench.take(observed("3", entity="y", id="y"), touch=("vehicle_output", "y"))
    assert [(each.indicator.indicator, each.entity) for each in dossiers] == [
        ("share", "x"),
        ("share", "y"),
        ("total", "city"),
        ("vehicle_output", "y"),
    ]
    assert said(bench, "total", "city") == ["4.0000000000"]
    assert (said(bench, "share", "x"), said(bench, "share", "y")) == (["25.0000"], ["75.0000"])
    assert [each.data.target for each in dossiers[0].targets] == ["share-x"]
    assert {each.at for each in dossiers} == {RECEIVED}


def test_a_derived_series_without_anything_is_not_published() -> None:
    bench = chain()
    dossiers = bench.take(observed("1", entity="city"), touch=("vehicle_output", "city"))
    assert ("total", "city") not in bench.store.series
    # Its share lies below nothing: that is said.
    assert bench.store.series["share", "city"].lack_reason == ["no_parent"]
    assert len(dossiers) == 2


def test_a_target_on_a_derived_indicator_has_a_dossier_before_any_figure() -> None:
    bench = chain()
    goal = target(target="share-x", indicator="share", entity="x")
    (dossier,) = bench.take(goal, touch=("share", "x"))
    assert (dossier.facts, dossier.at) == ((), RECEIVED)


def test_a_formula_that_is_defined_later_derives_what_is_there() -> None:
    bench = Bench([place("city"), place("x", "city"), defined()])
    bench.take(observed("2", entity="x"), touch=("vehicle_output", "x"))
    total = defined(indicator="total", formula=SUM)
    bench.know(total)
    (dossier,) = bench.take(total, touch=("total", ""))
    assert (dossier.entity, [str(fact.value) for fact in dossier.facts]) == ("city", ["2"])
    assert bench.asked == 1


def test_an_entity_that_moves_takes_its_figures_along() -> None:
    bench = chain()
    bench.take(observed("1", entity="x", id="x"), touch=("vehicle_output", "x"))
    moved = place("x", "town")
    bench.know(moved)
    dossiers = bench.take(moved, touch=("", "x"))
    assert [(each.indicator.indicator, each.entity) for each in dossiers] == [
        ("share", "x"),
        ("total", "city"),
        ("total", "town"),
    ]
    assert (said(bench, "total", "city"), said(bench, "total", "town")) == ([], ["1.0000000000"])
    # What was derived there is taken back, at the time of its definition: no figure is left.
    assert dossiers[1].at == RECEIVED


def test_a_part_that_moves_away_is_no_longer_compared_with_the_whole() -> None:
    bench = chain()
    bench.take(observed("1", entity="x", id="x"), touch=("vehicle_output", "x"))
    bench.take(observed("9", entity="city", id="city"), touch=("vehicle_output", "city"))
    differ = ("children_differ", "open")
    assert differ in findings(bench, "city")
    moved = place("x", "town")
    bench.know(moved)
    bench.take(moved, touch=("", "x"))
    assert differ not in findings(bench, "city")


def test_what_rested_on_a_refused_figure_is_as_new_as_that_was() -> None:
    bench = chain()
    later = RECEIVED + timedelta(hours=1)
    (row,) = _rows(observed("7", entity="x"), partition=9)
    bench.store.insert(RAW, [row._replace(received_at=later)])
    bench.deriver.derive([touched(1, 9, 5, ("vehicle_output", "x"))])
    assert said(bench, "total", "city") == ["7.0000000000"]
    first = _rows(observed(), partition=0)
    bench.store.insert(RAW, first)
    bench.deriver.derive([touched(2, 0, 5, SERIES, first)])
    assert said(bench, "total", "city") == []
    published = bench.outlet.published["indicators"]
    at = {key: Dossier.model_validate_json(value).at for key, value in published}
    assert at[b"total|city"] == later


def test_what_a_formula_gives_is_not_suspected() -> None:
    bench = chain()
    bench.take(observed("10", "2024-05", entity="x", id="may"), touch=("vehicle_output", "x"))
    own = observed("9", "2024-06", entity="city", indicator="total", id="own")
    bench.take(own, touch=("total", "city"))
    row = bench.store.series["total", "city"]
    assert [str(value) for value in row.now_value] == ["9", "10.0000000000"]
    assert "cumulative_fell" not in row.found_kind
