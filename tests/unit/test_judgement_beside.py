"""Comparisons of growth, milestones and the period before by hand, seen by every scheme."""

from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Lamp
from schemas.records.dossier import ProjectStage
from services.alerts.domain.assess import judge
from tests.unit.judging import comparand, dossier, fact, judged, moment, stage, target

SCHEMES = ("standard", "xuancheng", "points", "tianjin", "ouhai")
LAMPS = {"g": Lamp.GREEN, "y": Lamp.YELLOW, "r": Lamp.RED, "b": Lamp.BLUE, "-": Lamp.GREY}
EVERY_SCHEME = pytest.mark.parametrize("scheme", SCHEMES)

# The province, which is the parent too, grew by 6.8 % in the first half.
OTHER = {"indicator": "vehicle_output", "entity": "jiangsu"}
ABOVE = {"kind": "above", "other": OTHER, "of": "growth"}
SYNC = {"kind": "in_sync", "other": OTHER, "tolerance": "0.5", "of": "growth"}
# goal, own growth, expected, gap; lamps of standard (gap ≥ −tolerance green, a point more yellow),
# xuancheng and ouhai (gap ≥ −tolerance), points (under 10 behind green), tianjin (gap ≥ 0 and own
# growth above 6.8: both, one, neither).
GROWTH = [
    (ABOVE, "7.2", "6.8", "0.4", "ggggg"),  # 7.2 − 6.8
    (ABOVE, "6.8", "6.8", "0", "yryrr"),  # equal is not above: each one step worse
    (ABOVE | {"strict": False}, "6.8", "6.8", "0", "gggyg"),
    (ABOVE, "6.3", "6.8", "-0.5", "yrgrr"),
    (ABOVE, "5.8", "6.8", "-1", "yrgrr"),  # exactly a point
    (ABOVE, "5.7", "6.8", "-1.1", "rrgrr"),
    (ABOVE, "-3.2", "6.8", "-10", "rryrr"),  # exactly 10 points
    (ABOVE, "-23.3", "6.8", "-30.1", "rrrrr"),
    (ABOVE | {"by": "1"}, "7.8", "7.8", "0", "yryyr"),  # 6.8 + 1; tianjin: green, a step worse
    (ABOVE | {"by": "1"}, "7.2", "7.8", "-0.6", "yrgyr"),  # the plan is missed, the parent beaten
    (ABOVE | {"by": "1", "tolerance": "1"}, "7.2", "7.8", "-0.6", "gggyg"),
    (SYNC, "7.0", "6.8", "0.5", "ggggg"),  # the better one: the whole tolerance is left
    (SYNC, "6.5", "6.8", "0.2", "gggyg"),  # 0.5 − 0.3
    (SYNC, "6.3", "6.8", "0", "gggyg"),  # 0.5 − 0.5
    (SYNC, "6.2", "6.8", "-0.1", "yrgrr"),  # 0.5 − 0.6
    (SYNC, "5.3", "6.8", "-1", "yrgrr"),  # 0.5 − 1.5
    (SYNC, "5.2", "6.8", "-1.1", "rrgrr"),  # 0.5 − 1.6
]


@EVERY_SCHEME
@pytest.mark.parametrize(("goal", "own", "expected", "gap", "lamps"), GROWTH)
def test_a_growth_beside_anothers(
    goal: dict[str, Any], own: str, expected: str, gap: str, lamps: str, scheme: str
) -> None:
    province = comparand("jiangsu", fact("2024-H1", "6.8", measure="rate"))
    beside = {"parent": "jiangsu", "comparands": (province,)}
    rates = [fact("2024-H1", own, measure="rate")]
    row = judged(rates, target(goal, lamps=scheme), beside=beside)["2024-06"]
    assert (row.actual, row.expected, row.gap) == (D(own), D(expected), D(gap))
    assert (row.pace, row.required_rate, row.forecast) == (None, None, D(own))
    assert row.lamp is LAMPS[lamps[SCHEMES.index(scheme)]]


# May by itself against April by itself, 8.
UPWARDS = {"kind": "not_below_last", "versus": "previous"}
MONTHS = [
    (UPWARDS, "9", "1", "g"),  # 9 − 8
    (UPWARDS, "8", "0", "g"),
    (UPWARDS | {"strict": True}, "8", "0", "r"),  # 持续增长: equal is no growth
    (UPWARDS, "7", "-1", "r"),
]


@EVERY_SCHEME
@pytest.mark.parametrize(("goal", "may", "gap", "lamp"), MONTHS)
def test_a_month_beside_the_one_before(
    goal: dict[str, Any], may: str, gap: str, lamp: str, scheme: str
) -> None:
    facts = [fact("2024-04", "8", measure="period"), fact("2024-05", may, measure="period")]
    row = judged(facts, target(goal, lamps=scheme))["2024-05"]
    assert (row.actual, row.expected, row.gap) == (D(may), 8, D(gap))
    assert (row.lamp, row.pace) == (LAMPS[lamp], None)


MILESTONE = {"kind": "milestone", "name": "投产", "due": "2024-09-30", "project": "base"}
BUILDING = stage("building", "2024-03-01", "2024-03-02")
IN_TIME = stage("completed", "2024-09-30", "2024-10-08")
LATE = stage("completed", "2024-10-01", "2024-10-08")
DAYS = [
    # 30 September less 30 days is 31 August.
    ("2024-08-30", (), "-", "not_due"),
    ("2024-08-30", (BUILDING,), "-", "not_due"),
    ("2024-08-31", (BUILDING,), "y", "behind"),
    ("2024-09-30", (BUILDING,), "y", "behind"),
    ("2024-10-01", (BUILDING,), "r", "missed"),
    ("2024-10-01", (), "r", "missed"),  # past due is red, whether nobody spoke or somebody did
    ("2024-10-09", (BUILDING, IN_TIME), "b", "met"),  # the day it was reached counts, not told
    ("2024-10-09", (BUILDING, LATE), "r", "missed"),
]


@EVERY_SCHEME
@pytest.mark.parametrize(("day", "stages", "lamp", "reason"), DAYS)
def test_a_milestone_on_its_days(
    day: str, stages: tuple[ProjectStage, ...], lamp: str, reason: str, scheme: str
) -> None:
    given = dossier([], target(MILESTONE, lamps=scheme), beside={"projects": stages})
    ((opinion,),) = [each.opinions for each in judge(given, 0, now=moment(day))]
    row = opinion.assessment
    assert (row.lamp, row.reason, row.period) == (LAMPS[lamp], reason, "2024-09-30")
    decided = reason == "met" or LATE in stages
    assert row.as_of == (moment("2024-10-08") if decided else None)
