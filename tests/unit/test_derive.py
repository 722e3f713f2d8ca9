"""The derive role: what follows is stored before the dossier speaks of it."""

from datetime import UTC, datetime

from services.aggregate.tables import RAW
from services.runtime.kafka import Record
from tests.builders import defined, observed, target
from tests.unit.deriving_bench import PARTITION, Bench, entity, findings, rows_of, touched


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


def test_a_part_that_comes_later_shows_that_the_whole_differs() -> None:
    added_up = defined(
        indicator="sum", formula={"kind": "sum_of_children", "indicator": "vehicle_output"}
    )
    wujin = entity("wujin", "jiangsu"), entity("wujin", "changzhou")
    bench = Bench([defined(due_days=None), added_up, entity("changzhou"), *wujin])
    bench.take(observed("10"))
    assert findings(bench) == []
    bench.store.insert(RAW, rows_of(observed("7", entity="wujin", id="w")))
    bench.deriver.derive([touched(9, 7, 5, ("vehicle_output", "wujin"))])
    assert findings(bench) == [("children_differ", "open")]
    assert findings(bench, "wujin") == []


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
    bench.store.insert(RAW, rows_of(observed(), partition=1, offset=55))
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
