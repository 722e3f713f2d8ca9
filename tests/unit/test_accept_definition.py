"""Definitions: who may define, what a formula may rest on, what stays once observed."""

from typing import Any

import pytest
from test_accept import ADMIN, STATS, Shelf, indicator, kept, place, refused, shelf

from services.ingest.accept import Canonical
from tests.builders import defined, raw_event


def city(name: str = "changzhou", **data: Any) -> bytes:
    return raw_event("entity.defined", {"entity": name, "kind": "city", "name_zh": name} | data)


def test_a_department_defines_what_it_owns():
    assert kept(defined(), Shelf()) == Canonical()
    assert refused(defined(owner="czgxj"), Shelf()) == ("not_owner", "data.owner")
    assert kept(defined(owner="czgxj"), Shelf(), ADMIN) == Canonical()


def test_nobody_takes_over_what_another_owns():
    known = shelf(indicator(owner="czgxj"))
    assert refused(defined(), known) == ("not_owner", "data.indicator")
    assert kept(defined(), known, ADMIN) == Canonical()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"unit": "吨"}, "data.unit"),
        ({"measure": "stock"}, "data.measure"),
        ({"measure": "period"}, "data.measure"),
        ({"unit": "辆"}, ""),
        ({"name_en": "Cars"}, ""),
    ],
)
def test_kind_of_unit_and_measure_stay_once_observed(changed, field):
    known = shelf()
    assert kept(defined(**changed), known) == Canonical()
    known.figures.add("vehicle_output")
    if field:
        assert refused(defined(**changed), known) == ("definition_conflict", field)
    else:
        assert kept(defined(**changed), known) == Canonical()


def test_a_tolerance_is_kept_exactly():
    assert refused(defined(tolerance="0.12345678901")) == ("precision", "data.tolerance")


SHARE = {"kind": "share", "part": "a", "whole": {"indicator": "b", "entity": "parent"}}
OF_CITY = {"kind": "share", "part": "a", "whole": {"indicator": "b", "entity": "changzhou"}}
RATIO = {"kind": "ratio", "a": "a", "b": "b"}
YOY = {"kind": "yoy", "indicator": "a"}
BEST = {"kind": "primacy", "indicator": "a", "among": ["changzhou"], "of": "rank"}
COUNT = {"kind": "count_projects", "where": {"stage": "signed"}}


@pytest.mark.parametrize("formula", [SHARE, OF_CITY, RATIO, YOY, BEST, COUNT])
def test_a_formula_rests_on_what_is_known(formula):
    known = shelf(indicator(indicator="a"), indicator(indicator="b"))
    assert kept(defined(indicator="c", formula=formula), known) == Canonical()


@pytest.mark.parametrize(
    ("formula", "code", "field"),
    [
        (SHARE | {"part": "x"}, "unknown_indicator", "data.formula.part"),
        (
            SHARE | {"whole": {"indicator": "x", "entity": "parent"}},
            "unknown_indicator",
            "data.formula.whole.indicator",
        ),
        (
            SHARE | {"whole": {"indicator": "b", "entity": "x"}},
            "unknown_entity",
            "data.formula.whole.entity",
        ),
        (RATIO | {"a": "x"}, "unknown_indicator", "data.formula.a"),
        (RATIO | {"b": "x"}, "unknown_indicator", "data.formula.b"),
        (YOY | {"indicator": "x"}, "unknown_indicator", "data.formula.indicator"),
        (BEST | {"among": ["changzhou", "x"]}, "unknown_entity", "data.formula.among.1"),
        (YOY | {"indicator": "c"}, "cycle", "data.formula.indicator"),
    ],
)
def test_a_formula_on_what_is_not_there(formula, code, field):
    known = shelf(indicator(indicator="a"), indicator(indicator="b"))
    assert refused(defined(indicator="c", formula=formula), known) == (code, field)


DIFFERENCE = {"kind": "difference", "a": "a", "b": "b"}
SUM = {"kind": "sum_of_children", "indicator": "a"}


@pytest.mark.parametrize(
    ("formula", "unit", "field"),
    [
        (SHARE, "%", "data.formula.whole.indicator"),
        (SHARE | {"kind": "contribution"}, "%", "data.formula.whole.indicator"),
        (DIFFERENCE, "亿元", "data.formula.b"),
        (DIFFERENCE | {"b": "a"}, "亿美元", "data.unit"),
        (SUM, "%", "data.unit"),
        (SUM, "元", ""),
        (RATIO, "%", ""),
        (YOY, "%", ""),
        (BEST, "位", ""),
        (COUNT, "个", ""),
    ],
)
def test_yuan_and_dollars_are_divided_but_never_added_or_set_against_each_other(
    formula, unit, field
):
    units = {"a": "亿元", "b": "亿美元"}
    known = shelf(*(indicator(indicator=n, unit=u) for n, u in units.items()))
    event = defined(indicator="c", formula=formula, unit=unit)
    if field:
        assert refused(event, known) == ("unit_mismatch", field)
    else:
        assert kept(event, known) == Canonical()


def test_a_formula_never_rests_on_itself_by_a_detour():
    known = shelf(
        indicator(indicator="a"),
        indicator(indicator="b", formula=RATIO | {"a": "d", "b": "a"}),
        indicator(indicator="d", formula=RATIO | {"a": "a", "b": "a"}),
    )
    assert kept(defined(indicator="e", formula=YOY | {"indicator": "b"}), known) == Canonical()
    circle = defined(indicator="d", formula=YOY | {"indicator": "b"})
    assert refused(circle, known) == ("cycle", "data.formula.indicator")


def test_an_indicator_that_rests_on_a_lost_one_ends_the_search():
    known = shelf(indicator(indicator="b", formula=RATIO | {"a": "gone", "b": "gone"}))
    assert kept(defined(indicator="e", formula=YOY | {"indicator": "b"}), known) == Canonical()


def test_a_parent_is_known_and_above():
    known = Shelf(entities={"jiangsu": place("jiangsu"), "wujin": place("wujin", "changzhou")})
    known.entities["changzhou"] = place("changzhou", "jiangsu")
    assert kept(city("xinbei", parent="changzhou"), known, STATS) == Canonical()
    assert kept(city("alone"), known) == Canonical()
    assert refused(city("xinbei", parent="nowhere"), known) == ("unknown_entity", "data.parent")
    assert refused(city("xinbei", parent="xinbei"), known) == ("cycle", "data.parent")
    assert refused(city("jiangsu", parent="wujin"), known) == ("cycle", "data.parent")


def test_a_circle_that_is_there_already_does_not_hang():
    known = Shelf(entities={"a": place("a", "b"), "b": place("b", "a")})
    assert kept(city("c", parent="a"), known) == Canonical()
