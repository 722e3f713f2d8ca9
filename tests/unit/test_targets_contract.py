"""Targets as they are set: every goal and trajectory of the contract, and what cannot be judged."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from schemas.data import TargetSet
from schemas.events import parse_event
from schemas.goals import LinearDays
from schemas.rejects import RejectedError
from tests.builders import raw_event, target

OTHER = {"indicator": "gdp", "entity": "jiangsu"}
MILESTONE = {"kind": "milestone", "name": "三期投产", "due": "2024-09-30"}
GOALS: list[dict[str, Any]] = [
    {"kind": "at_least", "value": "100"},
    {"kind": "at_least", "value": "100", "strict": True, "tolerance": "1", "and_growth": "-0.5"},
    {"kind": "at_most", "value": 3.5},
    {"kind": "increase", "value": "0"},
    {"kind": "growth", "percent": "6", "tolerance": "0.5", "strict": False},
    {"kind": "growth", "percent": "-2"},
    {"kind": "above", "other": OTHER},
    {
        "kind": "above",
        "other": OTHER,
        "by": "1.5",
        "strict": False,
        "tolerance": "0.1",
        "of": "growth",
    },
    {"kind": "in_sync", "other": OTHER, "tolerance": "0.5"},
    {"kind": "in_sync", "other": OTHER, "tolerance": "0.5", "of": "growth"},
    {"kind": "not_below_last", "versus": "previous"},
    {"kind": "not_below_last", "versus": "same_period_last_year", "strict": True},
    {"kind": "keep_falling"},
    {"kind": "rank", "at_most": 3},
    {"kind": "rank", "at_most": 3, "among": ["suzhou", "wuxi"]},
    MILESTONE | {"project": "battery-base-3"},
    MILESTONE | {"project": "battery-base-3", "stage": "producing"},
    MILESTONE | {"indicator": "vehicle_output", "value": "50"},
    {"kind": "assigned", "from": "jsfgw"},
    {"kind": "withdrawn"},
]
TRAJECTORIES: list[dict[str, Any]] = [
    {"kind": "linear_days"},
    {"kind": "linear_months"},
    {"kind": "last_year_profile"},
    {"kind": "last_year_profile", "years": 3},
    {"kind": "plan", "values": {"2024-03": "20", "2024-H1": "45", "2024": "100"}},
    {"kind": "plan", "values": {"2024": 100, "2024-03": "20"}},
    {"kind": "steps", "steps": [{"on": "2024-03-31", "value": "20"}]},
    {
        "kind": "steps",
        "steps": [{"on": "2024-03-31", "value": "20"}, {"on": "2024-04-01", "value": "100"}],
    },
]


def read(raw: bytes) -> TargetSet:
    data = parse_event(raw).data
    assert isinstance(data, TargetSet)
    return data


def refused(**changed: Any) -> tuple[str, str]:
    with pytest.raises(RejectedError) as caught:
        parse_event(target(**changed))
    assert caught.value.message.zh != caught.value.message.en
    return caught.value.code.value, caught.value.field


def spanned(**span: Any) -> bytes:
    """A target with only the given span."""
    event = json.loads(target())
    del event["data"]["year"]
    return raw_event("target.set", event["data"] | span)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal["kind"])
def test_every_goal_is_read_and_written_as_it_was_set(goal):
    written = json.loads(read(target(goal=goal)).goal.model_dump_json(exclude_unset=True))
    assert written == {name: str(v) if v == 3.5 else v for name, v in goal.items()}


@pytest.mark.parametrize("trajectory", TRAJECTORIES, ids=lambda each: each["kind"])
def test_every_trajectory_is_read_as_it_was_set(trajectory):
    read_back = read(target(trajectory=trajectory)).trajectory
    assert type(read_back).model_validate_json(read_back.model_dump_json()) == read_back


def test_without_a_trajectory_a_target_runs_by_days_under_standard_lamps():
    data = read(target())
    assert data.trajectory == LinearDays(kind="linear_days")
    assert (data.lamps, data.scope, data.responsible) == ("standard", "", ())


def test_above_defaults_to_strictly_more_than_nothing():
    goal = read(target(goal={"kind": "above", "other": OTHER})).goal
    assert (goal.by, goal.strict, goal.tolerance) == (Decimal(0), True, Decimal(0))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ({"year": 2024}, "2024-01-01", "2024-12-31"),
        ({"from": "2024-04-01", "to": "2025-03-31"}, "2024-04-01", "2025-03-31"),
        ({"from": "2024-04-01", "to": "2024-04-01"}, "2024-04-01", "2024-04-01"),
        ({"year": 2148}, "2148-01-01", "2148-12-31"),
    ],
)
def test_a_target_spans_its_year_or_its_days(span, start, end):
    assert read(spanned(**span)).span == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("span", "code", "field"),
    [
        ({}, "cannot_be_judged", "data.year"),
        ({"year": None}, "cannot_be_judged", "data.year"),
        ({"from": "2024-01-01"}, "cannot_be_judged", "data.year"),
        ({"to": "2024-01-01"}, "cannot_be_judged", "data.year"),
        (
            {"year": 2024, "from": "2024-01-01", "to": "2024-06-30"},
            "cannot_be_judged",
            "data.year",
        ),
        ({"year": 2024, "to": "2024-06-30"}, "cannot_be_judged", "data.year"),
        ({"from": "2024-06-30", "to": "2024-01-01"}, "cannot_be_judged", "data.to"),
        ({"from_": "2024-01-01", "to": "2024-06-30"}, "unknown_field", "data.from_"),
        ({"from": "2023-02-29", "to": "2024-06-30"}, "bad_value", "data.from"),
        ({"from": "2024-01-01", "to": "2149-01-01"}, "bad_value", "data.to"),
        ({"year": 1969}, "bad_value", "data.year"),
        ({"year": 2149}, "bad_value", "data.year"),
        ({"year": "2024"}, "bad_value", "data.year"),
        ({"year": 2024.5}, "bad_value", "data.year"),
        ({"year": True}, "bad_value", "data.year"),
    ],
)
def test_a_span_that_is_none(span, code, field):
    with pytest.raises(RejectedError) as caught:
        parse_event(spanned(**span))
    assert (caught.value.code, caught.value.field) == (code, field)


@pytest.mark.parametrize(
    ("goal", "code", "field"),
    [
        (None, "bad_value", "goal"),
        ("at_least 100", "bad_value", "goal"),
        ({}, "missing_field", "goal.kind"),
        ({"value": "1"}, "missing_field", "goal.kind"),
        ({"kind": "at_leest", "value": "1"}, "bad_value", "goal.kind"),
        ({"kind": 1}, "bad_value", "goal.kind"),
        ({"kind": "at_least"}, "missing_field", "goal.value"),
        ({"kind": "at_least", "value": None}, "bad_value", "goal.value"),
        ({"kind": "at_least", "value": "1", "percent": "1"}, "unknown_field", "goal.percent"),
        ({"kind": "at_least", "value": "1", "strict": "yes"}, "bad_value", "goal.strict"),
        ({"kind": "at_least", "value": "1", "tolerance": "-1"}, "bad_value", "goal.tolerance"),
        ({"kind": "at_least", "value": 1234567890123456}, "precision", "goal.value"),
        ({"kind": "growth", "value": "6"}, "unknown_field", "goal.value"),
        ({"kind": "growth", "percent": "6%"}, "bad_value", "goal.percent"),
        ({"kind": "above"}, "missing_field", "goal.other"),
        ({"kind": "above", "other": "gdp"}, "bad_value", "goal.other"),
        ({"kind": "above", "other": {"indicator": "gdp"}}, "missing_field", "goal.other.entity"),
        ({"kind": "above", "other": OTHER, "of": "level"}, "bad_value", "goal.of"),
        ({"kind": "in_sync", "other": OTHER}, "missing_field", "goal.tolerance"),
        ({"kind": "not_below_last"}, "missing_field", "goal.versus"),
        ({"kind": "not_below_last", "versus": "last"}, "bad_value", "goal.versus"),
        ({"kind": "rank", "at_most": 0}, "bad_value", "goal.at_most"),
        ({"kind": "rank", "at_most": "3"}, "bad_value", "goal.at_most"),
        ({"kind": "rank", "at_most": 3, "among": ["苏州"]}, "bad_value", "goal.among.0"),
        ({"kind": "assigned", "from_": "jsfgw"}, "unknown_field", "goal.from_"),
        ({"kind": "withdrawn", "why": "x"}, "unknown_field", "goal.why"),
        (MILESTONE, "cannot_be_judged", "goal"),
        (MILESTONE | {"stage": "completed"}, "cannot_be_judged", "goal"),
        (MILESTONE | {"indicator": "x"}, "cannot_be_judged", "goal"),
        (MILESTONE | {"value": "1"}, "cannot_be_judged", "goal"),
        (
            MILESTONE | {"indicator": "x", "value": "1", "stage": "started"},
            "cannot_be_judged",
            "goal",
        ),
        (
            MILESTONE | {"project": "p", "indicator": "x", "value": "1"},
            "cannot_be_judged",
            "goal",
        ),
        (MILESTONE | {"project": "p", "value": "1"}, "cannot_be_judged", "goal"),
        (MILESTONE | {"project": "p", "stage": "cancelled"}, "cannot_be_judged", "goal.stage"),
        (MILESTONE | {"project": "p", "due": "2024-09-31"}, "bad_value", "goal.due"),
    ],
)
def test_a_goal_that_is_none(goal, code, field):
    assert refused(goal=goal) == (code, f"data.{field}")


@pytest.mark.parametrize(
    ("trajectory", "code", "field"),
    [
        (None, "bad_value", ""),
        ({}, "missing_field", ".kind"),
        ({"kind": "linear"}, "bad_value", ".kind"),
        ({"kind": "linear_days", "years": 1}, "unknown_field", ".years"),
        ({"kind": "last_year_profile", "years": 0}, "bad_value", ".years"),
        ({"kind": "plan"}, "missing_field", ".values"),
        ({"kind": "plan", "values": {}}, "bad_value", ".values"),
        ({"kind": "plan", "values": []}, "bad_value", ".values"),
        ({"kind": "plan", "values": {"2024-13": "1"}}, "bad_period", ".values.2024-13"),
        ({"kind": "plan", "values": {"2024": "x"}}, "bad_value", ".values.2024"),
        ({"kind": "plan", "values": {"2024": "100", "2024-12": "100"}}, "bad_period", ".values"),
        (
            {"kind": "plan", "values": {"2024-H2": "100", "2024-10/2024-12": "100"}},
            "bad_period",
            ".values",
        ),
        ({"kind": "plan", "values": {"2024": "99"}}, "cannot_be_judged", ".values.2024"),
        (
            {"kind": "plan", "values": {"2024": "99", "2024-03": "100"}},
            "cannot_be_judged",
            ".values.2024",
        ),
        (
            {"kind": "plan", "values": {"2024": "90", "2025-03": "100"}},
            "cannot_be_judged",
            ".values.2025-03",
        ),
        (
            {
                "kind": "steps",
                "steps": [{"on": "2024-12-31", "value": "9"}, {"on": "2025-01-01", "value": "9"}],
            },
            "cannot_be_judged",
            ".steps.1.on",
        ),
        ({"kind": "steps", "steps": []}, "bad_value", ".steps"),
        ({"kind": "steps", "steps": [{"on": "2024-03-31"}]}, "missing_field", ".steps.0.value"),
        (
            {
                "kind": "steps",
                "steps": [{"on": "2024-06-30", "value": "2"}, {"on": "2024-03-31", "value": "1"}],
            },
            "bad_value",
            ".steps",
        ),
        (
            {
                "kind": "steps",
                "steps": [{"on": "2024-03-31", "value": "1"}, {"on": "2024-03-31", "value": "2"}],
            },
            "bad_value",
            ".steps",
        ),
    ],
)
def test_a_trajectory_that_is_none(trajectory, code, field):
    assert refused(trajectory=trajectory) == (code, f"data.trajectory{field}")


def test_a_goal_without_a_trajectory_does_not_mind_the_plan():
    plan = {"kind": "plan", "values": {"2024": "1"}}
    for goal in ({"kind": "keep_falling"}, MILESTONE | {"indicator": "x", "value": "5"}):
        assert read(target(goal=goal, trajectory=plan))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("version", 0, "bad_value"),
        ("version", "1", "bad_value"),
        ("effective_from", "2024-1-1", "bad_value"),
        ("effective_from", None, "bad_value"),
        ("lamps", "Standard", "bad_value"),
        ("approved_by", "a\nb", "bad_value"),
        ("responsible", None, "bad_value"),
        ("target", "2024 目标", "bad_value"),
    ],
)
def test_other_fields_of_a_target(field, value, code):
    assert refused(**{field: value}) == (code, f"data.{field}")


def test_a_target_is_written_with_the_names_of_the_contract():
    data = read(spanned(**{"from": "2024-04-01", "to": "2025-03-31"}))
    assert json.loads(data.model_dump_json())["from"] == "2024-04-01"
    assert TargetSet.model_validate_json(data.model_dump_json()) == data
