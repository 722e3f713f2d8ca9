"""Formulas of derived indicators as the contract writes them."""

import json
from typing import Any

import pytest

from schemas.data import IndicatorDefined, Measure
from schemas.events import parse_event
from schemas.rejects import RejectedError
from tests.builders import defined

MONEY = {"value": "10000000000", "currency": "CNY"}
FORMULAS: list[dict[str, Any]] = [
    {"kind": "share", "part": "i", "whole": {"indicator": "j", "entity": "jiangsu"}},
    {"kind": "contribution", "part": "i", "whole": {"indicator": "j", "entity": "parent"}},
    {"kind": "difference", "a": "i", "b": "j"},
    {"kind": "ratio", "a": "i", "b": "j"},
    {"kind": "sum_of_children", "indicator": "i"},
    {"kind": "yoy", "indicator": "i"},
    {"kind": "primacy", "indicator": "i", "among": ["suzhou", "wuxi"], "of": "rank"},
    {"kind": "primacy", "indicator": "i", "among": ["suzhou"], "of": "ratio"},
    {"kind": "count_projects", "where": {}},
    {
        "kind": "count_projects",
        "where": {
            "at_least": [MONEY, {"value": "1000000000", "currency": "USD"}],
            "below": [{"value": "50000000000", "currency": "CNY"}],
            "stage": "signed",
            "category": ["新能源"],
        },
    },
    {"kind": "investment_progress", "where": {"stage": "started"}},
    {"kind": "count_chargers", "use": ["public", "dedicated"], "since": "year"},
    {"kind": "count_chargers", "use": ["private"]},
    {"kind": "coverage", "radius_km": "1", "area": "边界-01", "use": ["public"]},
]


def definition(**changed: Any) -> IndicatorDefined:
    data = parse_event(defined(**changed)).data
    assert isinstance(data, IndicatorDefined)
    return data


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda each: each["kind"])
def test_every_formula_is_read_and_written_as_it_was_defined(formula):
    found = definition(formula=formula).formula
    assert found is not None
    assert json.loads(found.model_dump_json(exclude_unset=True)) == formula


@pytest.mark.parametrize(
    ("formula", "code", "field"),
    [
        ("share", "bad_value", ""),
        ({"kind": "sum"}, "bad_value", ".kind"),
        ({"part": "i"}, "missing_field", ".kind"),
        ({"kind": "share", "part": "i"}, "missing_field", ".whole"),
        ({"kind": "share", "part": "i", "whole": {"indicator": "j"}}, "missing_field",
         ".whole.entity"),
        ({"kind": "ratio", "a": "i", "b": "J"}, "bad_value", ".b"),
        ({"kind": "yoy", "indicator": "i", "years": 2}, "unknown_field", ".years"),
        ({"kind": "primacy", "indicator": "i", "among": [], "of": "rank"}, "bad_value", ".among"),
        ({"kind": "primacy", "indicator": "i", "among": ["a"], "of": "x"}, "bad_value", ".of"),
        ({"kind": "count_projects", "where": {"at_least": [MONEY | {"value": "0"}]}}, "bad_value",
         ".where.at_least.0.value"),
        ({"kind": "count_chargers", "use": ["taxi"]}, "bad_value", ".use.0"),
        ({"kind": "count_chargers", "use": []}, "bad_value", ".use"),
        ({"kind": "coverage", "radius_km": "-1", "area": "a", "use": ["public"]}, "bad_value",
         ".radius_km"),
    ],
)  # fmt: skip
def test_a_formula_that_is_none(formula, code, field):
    with pytest.raises(RejectedError) as caught:
        definition(formula=formula)
    assert (caught.value.code, caught.value.field) == (code, f"data.formula{field}")


@pytest.mark.parametrize(
    ("measure", "takes"),
    [
        ("period", {Measure.PERIOD, Measure.CUMULATIVE, Measure.RATE}),
        ("cumulative", {Measure.PERIOD, Measure.CUMULATIVE, Measure.RATE}),
        ("stock", {Measure.STOCK, Measure.RATE}),
        ("rate", {Measure.RATE}),
    ],
)
def test_which_observations_an_indicator_takes(measure, takes):
    indicator = definition(measure=measure)
    assert {each for each in Measure if indicator.takes(each)} == takes
    assert indicator.is_flow is (measure in ("period", "cumulative"))
