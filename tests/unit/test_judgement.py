"""Goals × trajectories × schemes by hand: the same 100 days, seen by every rule.

The span is 23 March to 30 June 2024, 100 days in 4 months; the figure ends on 31 May:
  linear_days         70 / 100 days                                    0.70
  linear_months       March, April, May of 4 months                    0.75
  last_year_profile   30 of 50 by 31 May 2023                          0.60
  plan                65 planned at 31 May                             0.65
  steps               80 since 1 May                                   0.80
The way is 100 long for every amount: a flow from 0 to 100, a stock from 50 to 150 or from 150 to
50. One month is left. The reported growth is 8 %, the parent's 7 %.
"""

from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Assessment, Lamp
from schemas.records.dossier import Fact
from tests.unit.judging import at_least, comparand, fact, judged, target

SPAN = {"from": "2024-03-23", "to": "2024-06-30", "effective_from": "2024-03-01"}
TO_MAY, TO_JUNE = "2024-03-23/2024-05-31", "2024-03-23/2024-06-30"
SCHEMES = ("standard", "xuancheng", "points", "tianjin", "ouhai")
LAMPS = {"g": Lamp.GREEN, "y": Lamp.YELLOW, "r": Lamp.RED, "b": Lamp.BLUE}


def trajectory(kind: str, start: int, sign: int = 1) -> dict[str, Any]:
    """The five ways from a start value, upwards or downwards."""
    at = [str(start + sign * way) for way in (65, 80, 100)]
    return {
        "linear_days": {"kind": "linear_days"},
        "linear_months": {"kind": "linear_months"},
        "last_year_profile": {"kind": "last_year_profile"},
        "plan": {"kind": "plan", "values": {"2024-05": at[0], "2024-06": at[2]}},
        "steps": {
            "kind": "steps",
            "steps": [{"on": "2024-05-01", "value": at[1]}, {"on": "2024-06-30", "value": at[2]}],
        },
    }[kind]


GROWTH = [
    fact(TO_MAY, "8", measure="rate"),
    fact(TO_JUNE, "8", measure="rate"),
]
PARENT = comparand("jiangsu", fact(TO_MAY, "7", measure="rate"), fact(TO_JUNE, "7", measure="rate"))
BESIDE = {"parent": "jiangsu", "comparands": (PARENT,)}
FLOW_HISTORY = [
    fact("2023-03-23/2023-05-31", "30", measure="period"),
    fact("2023-06", "20", measure="period"),
]
STOCK_HISTORY = [
    fact(day, value, measure="stock")
    for day, value in (("2023-03-22", "10"), ("2023-05-31", "40"), ("2023-06", "60"))
]


def flow(value: str) -> list[Fact]:
    return [fact(TO_MAY, value, measure="period"), *FLOW_HISTORY, *GROWTH]


def stock(value: str, base: str) -> list[Fact]:
    levels = [fact("2024-03-22", base, measure="stock"), fact("2024-05", value, measure="stock")]
    return [*levels, *STOCK_HISTORY, *GROWTH]


STOCK = {"measure": "stock", "unit": "台"}
AT_MOST = {"kind": "at_most", "value": "100"}
# name: goal, facts, how the indicator is defined, where the way starts and whether up or down
AMOUNTS: dict[str, tuple[dict[str, Any], list[Fact], dict[str, Any], int, int]] = {
    "flow": (at_least("100"), flow("68"), {}, 0, 1),
    "stock": (at_least("150"), stock("118", "50"), STOCK, 50, 1),
    "increase_flow": ({"kind": "increase", "value": "100"}, flow("68"), {}, 0, 1),
    "increase_stock": ({"kind": "increase", "value": "100"}, stock("118", "50"), STOCK, 0, 1),
    "ceiling_flow": (AT_MOST, flow("72"), {}, 0, 1),
    "ceiling_stock": (AT_MOST | {"value": "150"}, stock("122", "50"), STOCK, 50, 1),
    "falling_stock": (AT_MOST | {"value": "50"}, stock("82", "150"), STOCK, 150, -1),
}
# 68 of the way (or 72 of a ceiling) against what is due: expected, gap, pace, then the lamps of
# standard (pace), xuancheng (share done against 3/4 of the months), points (due − done × 100),
# tianjin (gap ≥ 0; growth 8 > 7 always wins) and ouhai (gap ≥ 0).
ROWS = [
    # at_least 100 of a flow, 68 done: 68/70 = 0.971429, 68/75 = 0.906667, 68/60, 68/65, 68/80.
    ("flow", "linear_days", "70", "-2", "0.971429", "yrgyr"),
    ("flow", "linear_months", "75", "-7", "0.906667", "yrgyr"),
    ("flow", "last_year_profile", "60", "8", "1.133333", "grggg"),
    ("flow", "plan", "65", "3", "1.046154", "grggg"),
    ("flow", "steps", "80", "-12", "0.85", "rryyr"),  # 12 points behind
    # at_least 150 of a stock that began with 50: 118 are 68 of the 100; paces as above.
    ("stock", "linear_days", "120", "-2", "0.971429", "yrgyr"),
    ("stock", "linear_months", "125", "-7", "0.906667", "yrgyr"),
    ("stock", "last_year_profile", "110", "8", "1.133333", "grggg"),
    ("stock", "plan", "115", "3", "1.046154", "grggg"),
    ("stock", "steps", "130", "-12", "0.85", "rryyr"),
    # 100 newly added: of a flow the value to date, of a stock 118 − 50 = 68.
    ("increase_flow", "linear_days", "70", "-2", "0.971429", "yrgyr"),
    ("increase_flow", "linear_months", "75", "-7", "0.906667", "yrgyr"),
    ("increase_flow", "last_year_profile", "60", "8", "1.133333", "grggg"),
    ("increase_flow", "plan", "65", "3", "1.046154", "grggg"),
    ("increase_flow", "steps", "80", "-12", "0.85", "rryyr"),
    ("increase_stock", "linear_days", "70", "-2", "0.971429", "yrgyr"),
    ("increase_stock", "linear_months", "75", "-7", "0.906667", "yrgyr"),
    ("increase_stock", "last_year_profile", "60", "8", "1.133333", "grggg"),
    ("increase_stock", "plan", "65", "3", "1.046154", "grggg"),
    ("increase_stock", "steps", "80", "-12", "0.85", "rryyr"),
    # at most 100, 72 used: due / used = 70/72 = 0.972222, 75/72, 60/72 = 0.833333,
    # 65/72 = 0.902778, 80/72; xuancheng: 0.72 ≤ 0.75; points behind 2, −3, 12, 7, −8.
    ("ceiling_flow", "linear_days", "70", "-2", "0.972222", "yggyr"),
    ("ceiling_flow", "linear_months", "75", "3", "1.041667", "ggggg"),
    ("ceiling_flow", "last_year_profile", "60", "-12", "0.833333", "rgyyr"),
    ("ceiling_flow", "plan", "65", "-7", "0.902778", "yggyr"),
    ("ceiling_flow", "steps", "80", "8", "1.111111", "ggggg"),
    # at most 150 of a stock that began with 50: 122 are 72 of the 100.
    ("ceiling_stock", "linear_days", "120", "-2", "0.972222", "yggyr"),
    ("ceiling_stock", "linear_months", "125", "3", "1.041667", "ggggg"),
    ("ceiling_stock", "last_year_profile", "110", "-12", "0.833333", "rgyyr"),
    ("ceiling_stock", "plan", "115", "-7", "0.902778", "yggyr"),
    ("ceiling_stock", "steps", "130", "8", "1.111111", "ggggg"),
    # down from 150 to at most 50: 82 are 68 of the 100. Due / done would be −70 / −68: no pace, so
    # standard goes by the gap; the others by the way as above.
    ("falling_stock", "linear_days", "80", "-2", None, "rrgyr"),
    ("falling_stock", "linear_months", "75", "-7", None, "rrgyr"),
    ("falling_stock", "last_year_profile", "90", "8", None, "grggg"),
    ("falling_stock", "plan", "85", "3", None, "grggg"),
    ("falling_stock", "steps", "70", "-12", None, "rryyr"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("name", "way", "expected", "gap", "pace", "lamps"), ROWS)
def test_an_amount_on_its_way(
    name: str, way: str, expected: str, gap: str, pace: str | None, lamps: str, scheme: str
) -> None:
    goal, facts, defined, start, sign = AMOUNTS[name]
    version = target(goal, trajectory=trajectory(way, start, sign), lamps=scheme, **SPAN)
    row = judged(facts, version, beside=BESIDE, **defined)["2024-05"]
    assert (row.expected, row.gap) == (D(expected), D(gap))
    assert row.pace == (None if pace is None else D(pace))
    assert row.lamp is LAMPS[lamps[SCHEMES.index(scheme)]]
    assert (row.scheme, row.trajectory_used) == (scheme, way)
    assert row.reason == ("on_pace" if row.lamp is Lamp.GREEN else "behind")


# At the end of the span the way is done: value, strict, the lamps of the five schemes.
AT_THE_END = [
    ("flow", "100", False, "bgbgb"),  # met: blue where the scheme has it
    ("flow", "100", True, "yryyr"),  # exactly the goal is one step worse where it is to be exceeded
    ("flow", "101", True, "bgbgb"),
    ("flow", "91", False, "yrgyr"),  # 91 %: 9 points behind
    ("flow", "90", False, "yryyr"),  # exactly 0.9 and exactly 10 points: yellow
    ("flow", "70", False, "rryyr"),  # exactly 30 points: yellow
    ("flow", "69", False, "rrryr"),
    ("ceiling_flow", "100", False, "ggggg"),  # a ceiling kept is green, never blue
    ("ceiling_flow", "100", True, "yryyr"),
    ("ceiling_flow", "105", False, "yrgyr"),  # 100/105 = 0.952381
    ("ceiling_flow", "131", False, "rrryr"),  # 100/131 = 0.763359, 31 points over
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("name", "value", "strict", "lamps"), AT_THE_END)
def test_an_amount_at_the_end(name: str, value: str, strict: bool, lamps: str, scheme: str) -> None:
    goal = AMOUNTS[name][0] | {"strict": strict}
    facts = [fact(TO_JUNE, value, measure="period"), *GROWTH]
    row = judged(facts, target(goal, lamps=scheme, **SPAN), beside=BESIDE)["2024-06"]
    assert (row.expected, row.required_rate) == (100, None)
    assert row.lamp is LAMPS[lamps[SCHEMES.index(scheme)]]


# Rates: percent, tolerance, strict, the rate; the lamps. Parent 7, growth judged at 31 May.
ABOUT = {"kind": "growth", "percent": "6.5", "tolerance": "0.5"}
RATES = [
    # 6.5 左右, half a point allowed. tianjin: plan met is gap ≥ 0, growth above 7.
    (ABOUT, "6.5", "0", "ggg" + "y" + "g"),
    (ABOUT, "6", "-0.5", "ggg" + "r" + "g"),
    (ABOUT, "5.9", "-0.6", "yrg" + "r" + "r"),
    (ABOUT, "5", "-1.5", "yrg" + "r" + "r"),
    (ABOUT, "4.9", "-1.6", "rrg" + "r" + "r"),
    (ABOUT, "7.1", "0.6", "ggg" + "g" + "g"),
    (ABOUT | {"strict": True}, "6", "-0.5", "yry" + "r" + "r"),  # exactly the limit: a step worse
    (ABOUT, "-3.5", "-10", "rry" + "r" + "r"),  # exactly 10 points below: yellow
    (ABOUT, "-23.6", "-30.1", "rrr" + "r" + "r"),
    # 8 %, no tolerance; a rate of 8 is above the parent's 7.
    ({"kind": "growth", "percent": "8"}, "8", "0", "ggg" + "g" + "g"),
    ({"kind": "growth", "percent": "8"}, "7.5", "-0.5", "yrg" + "y" + "r"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("goal", "value", "gap", "lamps"), RATES)
def test_a_growth(goal: dict[str, Any], value: str, gap: str, lamps: str, scheme: str) -> None:
    facts = [fact(TO_MAY, value, measure="rate")]
    row = judged(facts, target(goal, lamps=scheme, **SPAN), beside=BESIDE)["2024-05"]
    assert (row.actual, row.gap, row.pace) == (D(value), D(gap), None)
    assert row.lamp is LAMPS[lamps[SCHEMES.index(scheme)]]


# Rates against another's: 37 % of the district, of the province as given; schemes as above but
# tianjin, which needs a growth to compare with the parent's.
SHARE = {"measure": "stock", "unit": "%"}
OTHER = {"indicator": "vehicle_output", "entity": "jiangsu"}
ABOVE = {"kind": "above", "other": OTHER}
SYNC = {"kind": "in_sync", "other": OTHER, "tolerance": "2"}
BESIDE_OTHERS = [
    (ABOVE, "36", "36", "1", "gggg"),
    (ABOVE, "37", "37", "0", "yryr"),  # strict unless told otherwise: equal is a step worse
    (ABOVE | {"strict": False}, "37", "37", "0", "gggg"),
    (ABOVE | {"by": "2"}, "36", "38", "-1", "yrgr"),
    (ABOVE | {"by": "2", "tolerance": "1.5"}, "36", "38", "-1", "gggg"),
    (ABOVE, "38.5", "38.5", "-1.5", "rrgr"),
    (SYNC, "36", "36", "2", "gggg"),  # the better one: the whole tolerance is left
    (SYNC, "38", "38", "1", "gggg"),  # 2 − 1
    (SYNC, "39", "39", "0", "gggg"),
    (SYNC, "40", "40", "-1", "yrgr"),
    (SYNC, "40.1", "40.1", "-1.1", "rrgr"),
]


@pytest.mark.parametrize("scheme", ["standard", "xuancheng", "points", "ouhai"])
@pytest.mark.parametrize(("goal", "other", "expected", "gap", "lamps"), BESIDE_OTHERS)
def test_a_share_beside_anothers(
    goal: dict[str, Any], other: str, expected: str, gap: str, lamps: str, scheme: str
) -> None:
    facts = [fact("2024-05", "37", measure="stock")]
    province = comparand("jiangsu", fact("2024-05", other, measure="stock"), **SHARE)
    beside = {"comparands": (province,)}
    row = judged(facts, target(goal, lamps=scheme, **SPAN), beside=beside, **SHARE)["2024-05"]
    assert (row.actual, row.expected, row.gap) == (37, D(expected), D(gap))
    assert (row.pace, row.forecast, row.p_meet) == (None, 37, None)
    assert row.lamp is LAMPS[lamps[("standard", "xuancheng", "points", "ouhai").index(scheme)]]


# A goal in % with every trajectory: only what an office wrote down is followed.
IN_PERCENT = [
    ("linear_days", "100", "-32", "r"),
    ("linear_months", "100", "-32", "r"),
    ("last_year_profile", "100", "-32", "r"),
    ("plan", "65", "3", "g"),
    ("steps", "80", "-12", "r"),
]


@pytest.mark.parametrize(("way", "expected", "gap", "lamp"), IN_PERCENT)
def test_a_goal_in_percent(way: str, expected: str, gap: str, lamp: str) -> None:
    facts = [fact("2024-05", "68", measure="stock"), fact("2024-03-22", "0", measure="stock")]
    version = target(at_least("100"), trajectory=trajectory(way, 0), **SPAN)
    row: Assessment = judged(facts, version, **SHARE)["2024-05"]
    assert (row.expected, row.gap, row.lamp) == (D(expected), D(gap), LAMPS[lamp])


YES_NO = [
    ({"kind": "keep_falling"}, "29", "g"),
    ({"kind": "keep_falling"}, "30", "y"),
    ({"kind": "keep_falling"}, "31", "r"),
    ({"kind": "not_below_last", "versus": "same_period_last_year"}, "30", "g"),
    ({"kind": "not_below_last", "versus": "same_period_last_year"}, "29", "r"),
    ({"kind": "not_below_last", "versus": "same_period_last_year", "strict": True}, "30", "r"),
    ({"kind": "rank", "at_most": 1, "among": ["jiangsu"]}, "25", "g"),
    ({"kind": "rank", "at_most": 1, "among": ["jiangsu"]}, "24", "r"),
    ({"kind": "above", "other": OTHER}, "26", "g"),
    ({"kind": "above", "other": OTHER}, "25", "r"),
    ({"kind": "in_sync", "other": OTHER, "tolerance": "1"}, "24", "g"),
    ({"kind": "in_sync", "other": OTHER, "tolerance": "1"}, "23", "r"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("goal", "value", "lamp"), YES_NO)
def test_yes_or_no_whatever_the_scheme(
    goal: dict[str, Any], value: str, lamp: str, scheme: str
) -> None:
    """Last year 30 by the same day, the province 25 this year."""
    facts = [fact(TO_MAY, value, measure="period"), *FLOW_HISTORY]
    beside = {"comparands": (comparand("jiangsu", fact(TO_MAY, "25", measure="period")),)}
    row = judged(facts, target(goal, lamps=scheme, **SPAN), beside=beside)["2024-05"]
    assert (row.lamp, row.pace, row.forecast, row.required_rate) == (LAMPS[lamp], None, None, None)
