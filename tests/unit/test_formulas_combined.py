"""Difference, ratio, sum of children and primacy."""

from typing import Any

import pytest

from schemas.data import Measure
from tests.unit.formula_world import World, indicator

SUM = {"kind": "sum_of_children", "indicator": "a"}
AMONG = ["x", "y", "z"]


def two(kind: str, a: dict[str, Any], b: dict[str, Any], **derived: Any) -> World:
    formula = {"kind": kind, "a": "a", "b": "b"}
    return World(indicator("a", **a), indicator("b", **b), indicator("d", formula, **derived))


@pytest.mark.parametrize(
    ("kind", "units", "found"),
    [
        ("ratio", ("亿元", "亿元", "%"), "25"),
        ("ratio", ("亿元", "亿元", "倍"), "0.25"),
        ("ratio", ("亿元", "万元", "倍"), "2500"),
        ("ratio", ("亿元", "亩", "亿元/亩"), "0.25"),
        ("ratio", ("亿元", "万亩", "元/亩"), "2500"),
        ("ratio", ("亿元", "万亩", "万元/亩"), "0.25"),
        ("ratio", ("亿元", "万人", "元每人"), "0.25"),
        ("difference", ("亿元", "亿元", "亿元"), "-3"),
        ("difference", ("亿元", "万元", "亿元"), "0.9996"),
        ("difference", ("亿元", "万元", "元"), "99960000"),
        ("difference", ("亿元", "亿美元", "亿元"), "unit_differs"),
        ("difference", ("亿美元", "亿元", "亿元"), "unit_differs"),
    ],
)
def test_units_convert_exactly_where_they_are_of_a_kind(
    kind: str, units: tuple[str, str, str], found: str
) -> None:
    a, b, wanted = units
    w = two(kind, {"unit": a}, {"unit": b}, unit=wanted)
    w.tell("a", "x", "2024-06", "1").tell("b", "x", "2024-06", "4")
    assert (w.said("d", "x") | w.lacks("d", "x"))["2024-H1"] == found


def test_of_two_names_recorded_at_one_moment_the_one_that_came_later_counts() -> None:
    for names in (("cumulative", "period"), ("period", "cumulative")):
        w = two("ratio", {}, {})
        w.tell("b", "x", "2024-06", "10")
        for value, name in zip("12", names, strict=True):
            w.tell("a", "x", "2024-H1", value, day=5, measure=Measure(name))
        assert w.said("d", "x")["2024-H1"] == "20"


def test_the_same_figure_under_its_other_name_is_no_other_vintage() -> None:
    w = two("ratio", {}, {})
    w.tell("b", "x", "2024-06", "10")
    w.tell("a", "x", "2024-06", "4", day=2)
    w.tell("a", "x", "2024-H1", "5", day=2, measure=Measure.PERIOD)
    assert w.history("d", "x") == [(2, "50", "P")]
    w.tell("a", "x", "2024-06", None, day=5)  # now the total follows from the half year
    assert w.history("d", "x") == [(2, "50", "P")]
    w.tell("a", "x", "2024-H1", "5", day=6, measure=Measure.PERIOD)
    assert w.history("d", "x") == [(2, "50", "P"), (6, "50", "P")]


def test_an_id_that_two_sources_used_is_another_vintage() -> None:
    whole = indicator("d", SUM, unit="亿元", measure="cumulative")
    w = World(indicator("a"), whole, below={"x": "city", "y": "city"})
    w.tell("a", "y", "2024-06", "2", day=1, at=9)
    w.tell("a", "x", "2024-06", "1", day=2, at=1, id="e")
    w.tell("a", "x", "2024-06", "1", day=3, at=2, id="e")
    assert w.history("d", "city") == [(1, "2", "P"), (2, "3", "P"), (3, "3", "P")]


def test_a_forecast_does_not_stand_before_what_follows_from_pieces() -> None:
    w = two("ratio", {}, {})
    w.tell("b", "x", "2024-06", "10")
    w.tell("a", "x", "2024-05", "4").tell("a", "x", "2024-06", "1", measure=Measure.PERIOD)
    assert w.said("d", "x") == {"2024-H1": "50"}
    w.tell("a", "x", "2024-06", "9", "F", day=10)
    assert w.said("d", "x") == {"2024-H1": "50"}
    w.tell("a", "x", "2024-06", None, day=11)
    assert w.said("d", "x") == {"2024-H1": "50"}
    assert w.history("d", "x") == [(3, "50", "P")]


def test_under_a_forecast_of_its_own_a_derived_figure_is_made_but_not_shown() -> None:
    w = two("ratio", {}, {})
    w.tell("a", "x", "2024-06", "1").tell("b", "x", "2024-06", "4")
    w.tell("d", "x", "2024-H1", "99", "F", measure=Measure.RATE)
    assert w.said("d", "x") == {"2024-H1": "99"}
    assert [(f.value, f.derived) for f in w.series("d", "x").facts()] == [(99, False), (25, True)]
    w.tell("b", "x", "2024-06", None)
    assert w.lacks("d", "x") == {}
    w.tell("d", "x", "2024-H1", None, measure=Measure.RATE)
    assert w.lacks("d", "x") == {"2024-H1": "no_comparison"}


@pytest.mark.parametrize(
    ("b", "found"),
    [
        (("2024-06", "0", "P", ""), "zero_divisor"),
        (("2024-06", "4", "G", ""), "status_differs"),
        (("2024-06", "4", "F", ""), "no_comparison"),
        (("2024-06", "4", "P", "s"), "scope_differs"),
        (("2024-05", "4", "P", ""), "no_comparison"),
        (("2024-06", "4", "E", ""), "25"),
    ],
)
def test_both_are_of_equal_days_and_scope(b: tuple[str, str, str, str], found: str) -> None:
    w = two("ratio", {}, {})
    name, value, status, scope = b
    w.tell("a", "x", "2024-06", "1").tell("b", "x", name, value, status, scope=scope)
    assert (w.said("d", "x") | w.lacks("d", "x"))["2024-H1"] == found


def test_a_forecast_is_no_argument() -> None:
    w = two("ratio", {}, {}).tell("a", "x", "2024-06", "1", "F").tell("b", "x", "2024-06", "4")
    assert w.said("d", "x") == w.lacks("d", "x") == {}


def test_of_two_newest_vintages_the_less_final_names_the_status() -> None:
    w = two("ratio", {}, {}).tell("a", "x", "2024-06", "1", "A").tell("b", "x", "2024-06", "4", "E")
    assert w.series("d", "x").facts()[0].status == "E"


def test_a_difference_of_flows_is_a_flow_by_month_and_to_date() -> None:
    w = two("difference", {}, {}, unit="亿元", measure="cumulative")
    for month in ("2024-01", "2024-02"):
        w.tell("a", "x", month, "3", measure=Measure.PERIOD)
        w.tell("b", "x", month, "1.00000001", measure=Measure.PERIOD)
    facts = {(f.measure.value, f.period): str(f.value) for f in w.series("d", "x").facts()}
    assert facts == {
        ("period", "2024-01"): "1.99999999",
        ("period", "2024-02"): "1.99999999",
        ("cumulative", "2024-01"): "1.99999999",
        ("cumulative", "2024-02"): "3.99999998",
    }
    # A sum is stored with every digit.
    assert w.said("d", "x")["2024-02"] in ("1.99999999", "3.99999998")


@pytest.mark.parametrize(
    ("a", "b", "measure", "found"),
    [
        ("cumulative", "stock", "cumulative", {"2024-06": "25"}),
        ("cumulative", "stock", "stock", {"2024-06": "25"}),
        ("cumulative", "stock", "rate", {"2024-H1": "25"}),
        ("stock", "cumulative", "rate", {"2024-06": "25"}),
        ("stock", "cumulative", "stock", {"2024-06": "25"}),
        ("stock", "cumulative", "cumulative", {"2024-06": "25"}),
        ("rate", "rate", "cumulative", {"2024-06": "25"}),
        ("rate", "rate", "stock", {}),
    ],
)
def test_a_stock_beside_a_flow_is_the_one_at_its_end(
    a: str, b: str, measure: str, found: dict[str, str]
) -> None:
    w = two("ratio", {"measure": a}, {"measure": b}, measure=measure)
    w.tell("a", "x", "2024-06", "1").tell("b", "x", "2024-06", "4")
    assert w.said("d", "x") == found


def test_a_rate_since_new_year_is_to_date() -> None:
    w = two("ratio", {"measure": "rate"}, {"measure": "rate"}, measure="cumulative")
    w.tell("a", "x", "2024-H1", "1").tell("b", "x", "2024-H1", "4")
    assert w.said("d", "x") == {"2024-06": "25"}


def below(**derived: Any) -> World:
    of_kind = {"unit": "亿元", "measure": "cumulative"} | derived
    return World(
        indicator("a"),
        indicator("d", SUM, **of_kind),
        below={"x": "city", "y": "city", "bureau": "city", "city": "province"},
    )


def test_the_sum_of_children_takes_those_that_report() -> None:
    w = below().tell("a", "x", "2024-06", "1.1").tell("a", "y", "2024-06", "2.22", "E")
    assert w.said("d", "city") == {"2024-06": "3.32"}
    (fact,) = w.series("d", "city").facts()
    assert (fact.status, fact.basis) == ("E", ("e-1", "e-2"))
    assert w.said("d", "x") == w.lacks("d", "x") == {}


def test_a_child_that_reports_but_not_this_leaves_the_sum_undefined() -> None:
    w = below().tell("a", "x", "2024-06", "1").tell("a", "y", "2024-05", "2")
    w.tell("a", "x", "2024-05", "2")
    assert w.said("d", "city") == {"2024-05": "4"}
    assert w.lacks("d", "city") == {"2024-06": "incomplete"}
    # When x alone was known to report, its figure was the sum.
    history = w.history("d", "city")
    assert sorted(history, key=lambda v: v[0]) == [(1, "1", "P"), (2, None, "P"), (3, "4", "P")]


def test_a_child_whose_only_figure_was_a_mistake_is_not_waited_for() -> None:
    w = below().tell("a", "x", "2024-06", "1").tell("a", "y", "2024-05", "2")
    w.tell("a", "y", "2024-05", None)
    assert w.said("d", "city") == {"2024-06": "1"}
    assert w.history("d", "city") == [(1, "1", "P"), (2, None, "P"), (3, "1", "P")]


def test_a_sum_keeps_to_one_kind_of_figure() -> None:
    w = below().tell("a", "x", "2024-06", "1", "G").tell("a", "y", "2024-06", "2")
    assert w.lacks("d", "city") == {"2024-06": "status_differs"}
    w = below(unit="亿美元").tell("a", "x", "2024-06", "1")
    assert w.lacks("d", "city") == {"2024-06": "unit_differs"}


def ranked(of: str, direction: str = "higher", among: list[str] | None = None) -> World:
    formula = {"kind": "primacy", "indicator": "a", "among": among or AMONG, "of": of}
    unit = "位" if of == "rank" else "%"
    return World(indicator("a", direction=direction), indicator("d", formula, unit=unit))


@pytest.mark.parametrize(
    ("of", "direction", "found"),
    [
        ("rank", "higher", "2"),
        ("rank", "lower", "2"),
        ("ratio", "higher", "75"),
        ("ratio", "lower", "300"),
    ],
)
def test_primacy_is_the_rank_or_the_ratio_to_the_best_other(
    of: str, direction: str, found: str
) -> None:
    w = ranked(of, direction)
    for entity, value in zip(AMONG, ("3", "4", "1"), strict=True):
        w.tell("a", entity, "2024-06", value)
    assert w.said("d", "x") == {"2024-H1": found}


def test_equals_share_a_rank_to_the_last_digit() -> None:
    w = ranked("rank")
    long = "1234567890123456789012345678.000000000"
    for entity, digit in zip(AMONG, "121", strict=True):
        w.tell("a", entity, "2024-06", long + digit)
    assert [w.said("d", each)["2024-H1"] for each in AMONG] == ["2", "1", "2"]


def test_a_missing_peer_leaves_no_comparison() -> None:
    w = ranked("rank").tell("a", "x", "2024-06", "1").tell("a", "y", "2024-06", "1")
    w.tell("a", "y", "2024-05", "1")
    assert w.lacks("d", "x") == {"2024-H1": "no_comparison"}
    w.tell("a", "z", "2024-06", "1", "G")
    assert w.lacks("d", "x") == {"2024-H1": "status_differs"}
    assert w.said("d", "outsider") == {}


def test_alone_one_is_the_first_and_compares_with_nobody() -> None:
    assert ranked("rank", among=["x"]).tell("a", "x", "2024", "1").said("d", "x") == {"2024": "1"}
    alone = ranked("ratio", among=["x"]).tell("a", "x", "2024", "1")
    assert alone.lacks("d", "x") == {"2024": "no_comparison"}
    nothing = ranked("ratio", among=["x", "y"]).tell("a", "x", "2024", "1")
    assert nothing.tell("a", "y", "2024", "0").lacks("d", "x") == {"2024": "zero_divisor"}
