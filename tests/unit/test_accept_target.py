"""Targets: what they name is known, what they promise can be judged, what was set stays set."""

from dataclasses import replace
from typing import Any

import pytest
from test_accept import Shelf, indicator, kept, refused, shelf

from schemas.data import TargetSet
from schemas.events import parse_event
from schemas.lamps import SHIPPED
from services.ingest.accept import Canonical
from tests.builders import target


def known() -> Shelf:
    return shelf(
        indicator(),
        indicator(indicator="buses"),
        indicator(indicator="money", unit="亿元"),
        indicator(indicator="growth", unit="%", measure="rate"),
        places=("changzhou", "jiangsu"),
    )


def version(**changed: Any) -> TargetSet:
    data = parse_event(target(**changed)).data
    assert isinstance(data, TargetSet)
    return data


def other(name: str = "buses", entity: str = "jiangsu", **more: Any) -> dict[str, Any]:
    return {"kind": "above", "other": {"indicator": name, "entity": entity}} | more


OWN = {"indicator": "vehicle_output", "entity": "changzhou"}
MILESTONE = {"kind": "milestone", "name": "桥", "due": "2024-10-01"}
PLAN = {"kind": "plan", "values": {"2024": "100"}}
STEPS = {"kind": "steps", "steps": [{"on": "2024-03-31", "value": "20"}]}

GOOD: list[dict[str, Any]] = [
    {},
    {"goal": {"kind": "growth", "percent": "8"}},
    {"goal": {"kind": "increase", "value": "5"}},
    {"goal": other()},
    {"goal": other("money", of="growth")},
    {"goal": {"kind": "in_sync", "other": other()["other"], "tolerance": "1"}},
    {"goal": {"kind": "rank", "at_most": 3, "among": ["jiangsu"]}},
    {"goal": MILESTONE | {"project": "not-yet-known"}},
    {"goal": MILESTONE | {"indicator": "buses", "value": "5"}},
    {"goal": {"kind": "assigned", "from": "province"}},
    {"goal": {"kind": "withdrawn"}},
    {"trajectory": PLAN},
    {"trajectory": STEPS},
    {"goal": other() | {"other": OWN}, "scope": "with the zone"},
    {"goal": {"kind": "rank", "at_most": 1, "among": ["changzhou", "jiangsu"]}},
    {"lamps": "xuancheng"},
    {"year": None, "from": "2024-01-01", "to": "2025-12-31"},
]


@pytest.mark.parametrize("changed", GOOD)
def test_a_target_that_can_be_judged(changed):
    assert kept(without_nulls(changed), known()) == Canonical()


def without_nulls(changed: dict[str, Any]) -> bytes:
    raw = target(**changed)
    return raw.replace(b'"year":null,', b"").replace(b',"year":null', b"")


LONG = "0.12345678901"
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"indicator": "x"}, "unknown_indicator", "data.indicator"),
    ({"entity": "x"}, "unknown_entity", "data.entity"),
    ({"goal": {"kind": "at_least", "value": LONG}}, "precision", "data.goal.value"),
    ({"goal": {"kind": "growth", "percent": LONG}}, "precision", "data.goal.percent"),
    (
        {
            "goal": {"kind": "growth", "percent": "8"},
            "trajectory": PLAN | {"values": {"2024": LONG}},
        },
        "precision",
        "data.trajectory.values.2024",
    ),
    (
        {"trajectory": {"kind": "steps", "steps": [{"on": "2024-03-31", "value": LONG}]}},
        "precision",
        "data.trajectory.steps.0.value",
    ),
    (
        {"indicator": "growth", "goal": {"kind": "increase", "value": "1"}},
        "cannot_be_judged",
        "data.goal.kind",
    ),
    ({"goal": other("x")}, "unknown_indicator", "data.goal.other.indicator"),
    ({"goal": other("buses", "x")}, "unknown_entity", "data.goal.other.entity"),
    ({"goal": other("money")}, "cannot_be_judged", "data.goal.other.indicator"),
    (
        {"goal": {"kind": "rank", "at_most": 3, "among": ["jiangsu", "x"]}},
        "unknown_entity",
        "data.goal.among.1",
    ),
    (
        {"goal": MILESTONE | {"indicator": "x", "value": "5"}},
        "unknown_indicator",
        "data.goal.indicator",
    ),
    ({"goal": other() | {"other": OWN}}, "cannot_be_judged", "data.goal.other"),
    (
        {"goal": {"kind": "in_sync", "other": OWN, "tolerance": "1", "of": "growth"}},
        "cannot_be_judged",
        "data.goal.other",
    ),
    (
        {"goal": {"kind": "rank", "at_most": 1, "among": ["changzhou", "changzhou"]}},
        "cannot_be_judged",
        "data.goal.among",
    ),
    ({"lamps": "rainbow"}, "cannot_be_judged", "data.lamps"),
    ({"parent": "nobody"}, "cannot_be_judged", "data.parent"),
    ({"parent": "vehicles-2024"}, "cycle", "data.parent"),
]


@pytest.mark.parametrize(("changed", "code", "field"), BAD)
def test_a_target_that_cannot_be_judged(changed, code, field):
    assert refused(without_nulls(changed), known()) == (code, field)


def test_a_scheme_of_ones_own_is_named_once_it_is_known():
    raw = target(lamps="district-2024")
    assert refused(raw, known()) == ("cannot_be_judged", "data.lamps")
    assert kept(raw, replace(known(), lamps=SHIPPED | {"district-2024"})) == Canonical()


def with_targets(*versions: TargetSet) -> Shelf:
    found = known()
    found.targets = {(one.target, one.version): one for one in versions}
    return found


def test_a_parent_is_set_before_and_lies_above():
    city, district = version(target="city"), version(target="district", parent="city")
    found = with_targets(city, district)
    assert kept(target(target="town", parent="district"), found) == Canonical()
    circle = target(target="city", version=2, parent="district")
    assert refused(circle, found) == ("cycle", "data.parent")
    orphan = with_targets(version(target="district", parent="lost"))
    assert refused(target(parent="district"), orphan) == ("cannot_be_judged", "data.parent")


def test_a_circle_of_targets_that_is_there_already_does_not_hang():
    found = with_targets(version(target="a", parent="b"), version(target="b", parent="a"))
    assert kept(target(parent="a"), found) == Canonical()


def test_a_version_is_set_once():
    found = with_targets(version())
    assert kept(target(), found) == Canonical()
    changed = target(goal={"kind": "at_least", "value": "90"})
    assert refused(changed, found) == ("definition_conflict", "data.version")
    changed = target(version=2, goal={"kind": "at_least", "value": "90"})
    assert kept(changed, found) == Canonical()


@pytest.mark.parametrize(("field", "name"), [("indicator", "buses"), ("entity", "jiangsu")])
def test_every_version_is_about_the_same_series(field, name):
    moved = target(version=2, **{field: name})
    assert refused(moved, with_targets(version())) == ("definition_conflict", f"data.{field}")
