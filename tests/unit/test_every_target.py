"""Every goal on every measure, by every trajectory and scheme: refused at the door, or judged."""

import itertools
from typing import Any

import pytest
from test_accept import Shelf, kept, place, refused, shelf

from schemas.records.assessment import Assessment, Lamp
from schemas.records.dossier import Comparand, Fact
from services.alerts.domain.assess import assess
from tests.builders import target as target_event
from tests.unit.judging import dossier, fact, indicator, stage, target

MEASURES: dict[str, dict[str, Any]] = {
    "flow": {"measure": "cumulative"},
    "stock": {"measure": "stock"},
    "share": {"measure": "stock", "unit": "%"},
    "rate": {"measure": "rate", "unit": "%"},
}
OTHER = {"indicator": "vehicle_output", "entity": "jiangsu"}
BRIDGE = {"kind": "milestone", "name": "桥", "due": "2024-10-01"}
GOALS: dict[str, dict[str, Any]] = {
    "at_least": {"kind": "at_least", "value": "120", "and_growth": "5"},
    "at_least strict": {"kind": "at_least", "value": "120", "strict": True, "tolerance": "1"},
    "at_most": {"kind": "at_most", "value": "120"},
    "increase": {"kind": "increase", "value": "60"},
    "growth": {"kind": "growth", "percent": "6", "tolerance": "0.5"},
    "above": {"kind": "above", "other": OTHER},
    "above of growth": {"kind": "above", "other": OTHER, "of": "growth"},
    "in_sync": {"kind": "in_sync", "other": OTHER, "tolerance": "0.5"},
    "in_sync of growth": {"kind": "in_sync", "other": OTHER, "tolerance": "0.5", "of": "growth"},
    "previous": {"kind": "not_below_last", "versus": "previous"},
    "last year": {"kind": "not_below_last", "versus": "same_period_last_year", "strict": True},
    "keep_falling": {"kind": "keep_falling"},
    "rank": {"kind": "rank", "at_most": 1},
    "rank among": {"kind": "rank", "at_most": 1, "among": ["changzhou", "wuxi"]},
    "project": BRIDGE | {"project": "base"},
    "value": BRIDGE | {"indicator": "vehicle_output", "value": "1"},
    "assigned": {"kind": "assigned", "from": "jsfgw"},
    "withdrawn": {"kind": "withdrawn"},
}
VALUED = ("at_least", "at_least strict", "at_most", "increase")
TRAJECTORIES: dict[str, Any] = {
    "none": None,
    "linear_days": {"kind": "linear_days"},
    "linear_months": {"kind": "linear_months"},
    "last_year_profile": {"kind": "last_year_profile", "years": 2},
    "plan": {"kind": "plan", "values": {"2024-06": "40", "2024": "120"}},
    "steps": {"kind": "steps", "steps": [{"on": "2024-03-31", "value": "20"}]},
}
SCHEMES = ("standard", "xuancheng", "points", "tianjin", "ouhai")
# What the rules rule out; everything else must come to a lamp.
REFUSED = {("increase", "rate"): "data.goal.kind"}
# The placeholder is grey until its target comes, and what is withdrawn is not judged.
SILENT = ("assigned", "withdrawn")


def written(goal: str, trajectory: str, scheme: str) -> dict[str, Any]:
    found = {"goal": GOALS[goal], "lamps": scheme}
    if TRAJECTORIES[trajectory]:
        found["trajectory"] = TRAJECTORIES[trajectory]
    if goal == "increase" and trajectory == "plan":
        found["trajectory"] = {"kind": "plan", "values": {"2024": "60"}}
    return found


def world(measure: str) -> Shelf:
    own = indicator(**MEASURES[measure], owner="stats")
    found = shelf(own, places=("changzhou", "wuxi"))
    found.entities |= {"changzhou": place("changzhou", "jiangsu"), "jiangsu": place("jiangsu")}
    return found


def facts(measure: str) -> list[Fact]:
    """Month after month of three years, with the growth that is reported beside."""
    kind = MEASURES[measure]["measure"]
    found = []
    for year, month in itertools.product((2022, 2023, 2024), range(1, 13)):
        name = f"{year}-{month:02d}"
        if kind != "rate":
            amount = str((year - 2020) * 3 * month + (0 if kind == "cumulative" else 50))
            found.append(fact(name, amount, f"{year + 1}-01-20", measure=kind))
        found.append(fact(name, "6.6", f"{year + 1}-01-20", measure="rate"))
    return found


def judged(measure: str, target_of: dict[str, Any]) -> tuple[Assessment, ...]:
    beside = {
        "parent": "jiangsu",
        "peers": ("wuxi",),
        "comparands": tuple(
            Comparand(indicator=indicator(**MEASURES[measure]), entity=name, facts=facts(measure))
            for name in ("jiangsu", "wuxi")
        ),
        "projects": (stage("completed", "2024-09-01", "2024-09-02"),),
    }
    changed = dict(target_of)
    goal = changed.pop("goal")
    found = dossier(facts(measure), target(goal, **changed), beside=beside, **MEASURES[measure])
    return assess(found)


EVERY = [
    (goal, measure, trajectory, scheme)
    for goal, measure, trajectory, scheme in itertools.product(
        GOALS, MEASURES, TRAJECTORIES, SCHEMES
    )
    if goal in VALUED or (trajectory in ("none", "plan") and scheme in ("standard", "tianjin"))
]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("goal", GOALS)
def test_what_the_door_takes_comes_to_a_lamp(goal: str, measure: str) -> None:
    known = world(measure)
    for _, _, trajectory, scheme in (each for each in EVERY if each[:2] == (goal, measure)):
        said = written(goal, trajectory, scheme)
        event = target_event(**said)
        if (goal, measure) in REFUSED:
            assert refused(event, known) == ("cannot_be_judged", REFUSED[goal, measure])
            continue
        kept(event, known)
        rows = judged(measure, said)
        lamps = {row.lamp for row in rows}
        assert (lamps <= {Lamp.GREY}) == (goal in SILENT), (trajectory, scheme, rows[-1:])
