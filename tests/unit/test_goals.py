"""Each kind of goal, and when it is grey."""

from decimal import Decimal as D
from typing import Any, get_args

import pytest

from schemas.goals import Goal
from schemas.records.assessment import Lamp
from services.alerts.domain.goals import GOALS, ON_CLOCK
from tests.unit.judging import at_least, fact, judged, target

GROWTH = {"kind": "growth", "percent": "6.5"}
ABOUT = GROWTH | {"tolerance": "0.5"}


def rate(period: str, value: str, **changed: Any) -> Any:
    return fact(period, value, measure="rate", **changed)


def test_every_goal_of_the_contract_has_an_entry() -> None:
    kinds = {get_args(model.model_fields["kind"].annotation)[0] for model in _goal_models()}
    assert GOALS.keys() | ON_CLOCK.keys() == kinds


def _goal_models() -> Any:
    return get_args(get_args(Goal)[0])


@pytest.mark.parametrize(
    ("goal", "value", "gap", "lamp"),
    [
        (GROWTH, "6.5", "0", Lamp.GREEN),
        (GROWTH, "6.4", "-0.1", Lamp.YELLOW),
        (GROWTH, "5.5", "-1", Lamp.YELLOW),  # exactly a point is yellow
        (GROWTH, "5.4999", "-1.0001", Lamp.RED),
        (ABOUT, "6", "-0.5", Lamp.GREEN),  # 左右: half a point is allowed
        (ABOUT, "5.9", "-0.6", Lamp.YELLOW),
        (ABOUT, "5", "-1.5", Lamp.YELLOW),
        (ABOUT, "4.9", "-1.6", Lamp.RED),
        (GROWTH | {"strict": True}, "6.5", "0", Lamp.YELLOW),  # equal is one step worse
        (GROWTH | {"strict": True}, "6.6", "0.1", Lamp.GREEN),
    ],
)
def test_growth_of_about_six_and_a_half(
    goal: dict[str, Any], value: str, gap: str, lamp: Lamp
) -> None:
    row = judged([rate("2024-01/2024-06", value)], target(goal))["2024-06"]
    assert (row.actual, row.expected, row.gap) == (D(value), D("6.5"), D(gap))
    assert (row.pace, row.forecast, row.method) == (None, D(value), "last")
    assert row.lamp is lamp
    assert row.trajectory_used == ""


def test_a_growth_that_is_to_fall_follows_the_indicators_direction() -> None:
    """Energy per output by −3.5 %: −4 is half a point ahead."""
    goal = {"kind": "growth", "percent": "-3.5"}
    row = judged([rate("2024-H1", "-4")], target(goal), direction="lower")["2024-06"]
    assert (row.gap, row.lamp) == (D("0.5"), Lamp.GREEN)
    assert row.reason_zh.startswith(
        "常州市整车产量2024年1–6月 -4%，时序目标 -3.5%，领先 0.5 个百分点"
    )


def test_of_several_rates_the_one_to_date_is_judged_else_the_longest() -> None:
    both = [rate("2024-06", "9"), rate("2024-H1", "6.6")]
    assert judged(both, target(GROWTH))["2024-06"].actual == D("6.6")
    parts = [rate("2024-06", "9"), rate("2024-Q2", "7")]
    assert judged(parts, target(GROWTH))["2024-06"].actual == D("7")


def test_the_growth_still_needed_follows_from_levels() -> None:
    """(1.065 × 200 − 104) / (200 − 90) − 1 = −0.9090…: 109 of 110 is −0.9091 %."""
    facts = [rate("2024-H1", "15"), fact("2024-06", "104"), fact("2023-06", "90")]
    facts += [fact("2023-12", "200")]
    row = judged(facts, target(GROWTH))["2024-06"]
    assert row.required_rate == D("-0.9091")
    assert set(row.basis) == {fact.basis[0] for fact in facts}


def test_a_forecast_beside_the_level_does_not_hide_it() -> None:
    facts = [rate("2024-H1", "15"), fact("2024-H1", "104", measure="period")]
    facts += [fact("2023-06", "90"), fact("2023-12", "200")]
    newer = fact("2024-06", "120", recorded="2025-01-10", status="F")
    row = judged([*facts, newer], target(GROWTH))["2024-06"]
    assert row.required_rate == D("-0.9091")
    assert set(row.basis) == {fact.basis[0] for fact in facts}


@pytest.mark.parametrize(
    ("facts", "defined"),
    [
        ([fact("2023-06", "90"), fact("2023-12", "200")], {}),  # no level this year
        ([fact("2024-06", "104"), fact("2023-12", "200")], {}),
        ([fact("2024-06", "104"), fact("2023-06", "90")], {}),
        ([fact("2024-06", "104"), fact("2023-06", "90"), fact("2023-12", "90")], {}),
        (
            [fact("2024-06", "104", status="F"), fact("2023-06", "90"), fact("2023-12", "200")],
            {},
        ),
        (
            [fact("2024-06", "104"), fact("2023-06", "90"), fact("2023-12", "200")],
            {"levels_comparable": False},
        ),
    ],
)
def test_without_comparable_levels_no_growth_is_required(
    facts: list[Any], defined: dict[str, Any]
) -> None:
    row = judged([rate("2024-H1", "5"), *facts], target(GROWTH), **defined)["2024-06"]
    assert row.required_rate is None


def test_nothing_is_required_at_the_end() -> None:
    assert judged([rate("2024", "6")], target(GROWTH))["2024-12"].required_rate is None


# --- goals in % -----------------------------------------------------------------------------------
PERCENT = {"unit": "%", "measure": "stock"}


def share(period: str, value: str) -> Any:
    return fact(period, value, measure="stock")


@pytest.mark.parametrize(
    ("value", "lamp"), [("40", Lamp.GREEN), ("39", Lamp.YELLOW), ("38.9", Lamp.RED)]
)
def test_a_goal_in_percent_is_expected_at_every_period(value: str, lamp: Lamp) -> None:
    row = judged([share("2024-03", value)], target(at_least("40")), **PERCENT)["2024-03"]
    assert (row.expected, row.lamp, row.pace) == (D(40), lamp, None)
    assert (row.forecast, row.required_rate, row.trajectory_used) == (D(value), None, "")
    assert ("持平" if row.gap == 0 else "个百分点") in row.reason_zh


def test_a_ceiling_in_percent() -> None:
    goal = {"kind": "at_most", "value": "5", "strict": True}
    rows = judged([share("2024-03", "5"), share("2024-06", "4.9")], target(goal), **PERCENT)
    assert [row.lamp for row in rows.values()] == [Lamp.YELLOW, Lamp.GREEN]


PLAN = {"kind": "plan", "values": {"2024-06": "30", "2024-12": "40"}}


def test_a_goal_in_percent_with_a_plan_follows_it() -> None:
    """30 by June; by March 10 + 20 × 91/182 = 20, from last year's 10."""
    facts = [share("2023-12", "10"), share("2024-03", "19.5"), share("2024-06", "30")]
    rows = judged(facts, target(at_least("40"), trajectory=PLAN), **PERCENT)
    march, june = rows["2024-03"], rows["2024-06"]
    assert (march.expected, march.lamp, march.trajectory_used) == (D(20), Lamp.YELLOW, "plan")
    assert (june.expected, june.lamp) == (D(30), Lamp.GREEN)


def test_a_plan_in_percent_before_its_first_point_needs_a_base() -> None:
    rows = judged([share("2024-03", "19")], target(at_least("40"), trajectory=PLAN), **PERCENT)
    assert rows["2024-03"].reason == "no_baseline"


def test_an_indicator_that_is_a_rate_reads_its_rates() -> None:
    defined = {"unit": "%", "measure": "rate"}
    facts = [rate("2023-12", "10"), rate("2024-03", "20")]
    rows = judged(facts, target(at_least("40"), trajectory=PLAN), **defined)
    assert (rows["2024-03"].expected, rows["2024-03"].lamp) == (D(20), Lamp.GREEN)


def test_an_increase_in_percent_is_an_amount() -> None:
    """From 10 % to 14 % are 4 points of 8 × 182/366 = 3.9781."""
    facts = [share("2023-12", "10"), share("2024-06", "14")]
    row = judged(facts, target({"kind": "increase", "value": "8"}), **PERCENT)["2024-06"]
    assert (row.actual, row.expected, row.pace) == (D(4), D("3.9781"), D("1.005495"))


# --- yes or no ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("last", "now", "lamp", "reason"),
    [
        ("10", "9", Lamp.GREEN, "on_pace"),
        ("10", "10", Lamp.YELLOW, "behind"),
        ("0", "0", Lamp.GREEN, "on_pace"),
        ("10", "11", Lamp.RED, "behind"),
    ],
)
def test_what_is_to_keep_falling(last: str, now: str, lamp: Lamp, reason: str) -> None:
    facts = [fact("2023-06", last), fact("2024-06", now)]
    row = judged(facts, target({"kind": "keep_falling"}))["2024-06"]
    assert (row.lamp, row.reason, row.gap) == (lamp, reason, D(last) - D(now))
    assert (row.pace, row.forecast, row.required_rate) == (None, None, None)


@pytest.mark.parametrize("measure", ["stock", "rate"])
def test_keep_falling_reads_the_indicators_own_figures(measure: str) -> None:
    facts = [fact("2023-06", "10", measure=measure), fact("2024-06", "9", measure=measure)]
    row = judged(facts, target({"kind": "keep_falling"}), measure=measure)["2024-06"]
    assert row.lamp is Lamp.GREEN


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ([], "no_comparison"),
        ([fact("2023-06", "10", status="G")], "no_comparison"),
        ([fact("2023-06", "10", scope="with_zone")], "scope_differs"),
    ],
)
def test_nothing_to_compare_with(other: list[Any], reason: str) -> None:
    row = judged([fact("2024-06", "9"), *other], target({"kind": "keep_falling"}))["2024-06"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, reason, D(9))


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        (at_least("100"), "no_data"),
        (GROWTH, "no_data"),
        ({"kind": "assigned", "from": "jiangsu"}, "awaiting_target"),
    ],
)
def test_a_target_without_any_figure_is_shown_from_the_day_it_is_set(
    goal: dict[str, Any], reason: str
) -> None:
    rows = judged([fact("2023-06", "9"), fact("2025-06", "9")], target(goal))
    (row,) = rows.values()
    assert (row.period, row.period_end, row.as_of) == ("", None, None)
    assert (row.lamp, row.reason, row.basis) == (Lamp.GREY, reason, ())


def test_a_figure_of_another_kind_is_no_figure() -> None:
    assert judged([fact("2024-06", "9")], target(GROWTH))[""].reason == "no_data"
    assert judged([rate("2024-H1", "9")], target(at_least("9")))[""].reason == "no_data"


def test_a_placeholder_shows_the_figure_and_waits() -> None:
    row = judged([fact("2024-06", "9")], target({"kind": "assigned", "from": "js"}))["2024-06"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, "awaiting_target", D(9))
