"""What rests on other series: derived with them, published with them, and as new as they are."""

from datetime import timedelta

from schemas.records.dossier import Dossier
from services.aggregate.tables import RAW
from tests.builders import RECEIVED, defined, observed, raw_event, target
from tests.unit.deriving_bench import SERIES, Bench, findings, rows_of, touched

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
    (row,) = rows_of(observed("7", entity="x"), partition=9)
    bench.store.insert(RAW, [row._replace(received_at=later)])
    bench.deriver.derive([touched(1, 9, 5, ("vehicle_output", "x"))])
    assert said(bench, "total", "city") == ["7.0000000000"]
    first = rows_of(observed(), partition=0)
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
