"""Schemes of lamps at their limits."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.lamps import LampScheme
from schemas.records.assessment import Lamp
from schemas.records.dossier import Comparand, Fact
from services.alerts.domain.assess import judge
from services.alerts.domain.schemes import SCHEMES, Scheme, light_of, with_own
from services.alerts.domain.standing import Grey, Sort, Standing
from tests.unit.judging import at_least, comparand, dossier, fact, judged, target

STANDARD = SCHEMES["standard"]
NO_CASE: Any = None  # these schemes look at nothing but the standing


def lamp_of(scheme: Scheme, standing: Standing) -> Lamp:
    light = light_of(scheme, standing, NO_CASE)
    assert not isinstance(light, Grey)
    return light.lamp


def amount(actual: str, expected: str, *, goal: str = "1000", at_end: bool = False) -> Standing:
    return Standing(Sort.AMOUNT, True, D(actual), D(expected), D(goal), (), at_end)


@pytest.mark.parametrize(
    ("actual", "lamp"),
    [
        ("100", Lamp.GREEN),
        ("99.99999999999999999999", Lamp.YELLOW),  # lamps compare what was not rounded
        ("90", Lamp.YELLOW),
        ("89.99999999999999999999", Lamp.RED),
        ("0", Lamp.RED),
        ("-1", Lamp.RED),
    ],
)
def test_amounts_by_pace(actual: str, lamp: Lamp) -> None:
    assert lamp_of(STANDARD, amount(actual, "100")) is lamp


def test_where_nothing_is_due_yet_the_gap_decides() -> None:
    assert lamp_of(STANDARD, amount("0", "0")) is Lamp.GREEN
    assert lamp_of(STANDARD, amount("-1", "0")) is Lamp.RED


def test_a_scheme_may_show_no_blue() -> None:
    reached = Standing(Sort.AMOUNT, True, D(2), D(1), D(2), (), False, can_be_blue=True)
    assert lamp_of(STANDARD, reached) is Lamp.BLUE
    assert lamp_of(Scheme(STANDARD.rule, blue=False), reached) is Lamp.GREEN


def test_a_strict_red_stays_red() -> None:
    standing = Standing(Sort.AMOUNT, True, D(-5), D(-4), D(-5), (), True, strict=True)
    assert lamp_of(STANDARD, standing) is Lamp.RED


def test_an_unknown_scheme_is_grey_in_words() -> None:
    row = judged([fact("2024-06", "9")], target(at_least("100"), lamps="traffic"))["2024-06"]
    assert (row.lamp, row.reason, row.scheme) == (Lamp.GREY, "no_comparison", "traffic")
    assert "traffic" in row.reason_zh


_VALUES = st.decimals(-(10**6), 10**6, places=4)


@given(_VALUES, _VALUES, st.booleans())
def test_gap_and_lamp_agree(actual: D, expected: D, higher: bool) -> None:
    standing = Standing(Sort.AMOUNT, higher, actual, expected, D(10**9), (), False)
    assert (lamp_of(STANDARD, standing) is Lamp.GREEN) == (standing.gap >= 0)


# --- xuancheng: the share done against the share of the year elapsed, by months -----------------
XUANCHENG: dict[str, Any] = {"lamps": "xuancheng"}


@pytest.mark.parametrize(
    ("period", "value", "lamp"),
    [
        ("2024-11", "91.7", Lamp.GREEN),  # 11 of 12 months: 91.666… %
        ("2024-11", "91.6666", Lamp.RED),
        ("2024-06", "50", Lamp.GREEN),  # equal is green
        ("2024-06", "49.9999", Lamp.RED),
        ("2024-03", "25", Lamp.GREEN),
        ("2024-03", "24.9", Lamp.RED),
        ("2024-04-15", "25", Lamp.GREEN),  # April is not completed: still 3 of 12
        ("2024-06", "100", Lamp.GREEN),  # the scheme shows no blue
        ("2024-12", "99.9", Lamp.RED),
    ],
)
def test_xuancheng(period: str, value: str, lamp: Lamp) -> None:
    """By days 50 would be 50.27 % of the way on 30 June; by months it is exactly half."""
    assert judged([fact(period, value)], target(at_least("100"), **XUANCHENG))[period].lamp is lamp


def test_xuancheng_without_a_base_goes_by_the_goal_at_the_end() -> None:
    facts = [fact("2024-12", "1600", measure="stock")]
    goal = target(at_least("1600"), **XUANCHENG)
    assert judged(facts, goal, measure="stock")["2024-12"].lamp is Lamp.GREEN


@pytest.mark.parametrize(
    ("value", "growth", "direction", "lamp"),
    [
        ("60", "6", "higher", Lamp.GREEN),
        ("60", "5.9", "higher", Lamp.RED),  # enough done, but it grows too slowly
        ("40", "9", "higher", Lamp.RED),
        ("60", "-4", "lower", Lamp.GREEN),
        ("60", "6.1", "lower", Lamp.RED),
    ],
)
def test_growth_as_a_second_test(value: str, growth: str, direction: str, lamp: Lamp) -> None:
    facts = [fact("2024-06", value), fact("2024-H1", growth, measure="rate")]
    goal = target(at_least("100", and_growth="6"), **XUANCHENG)
    row = judged(facts, goal, direction=direction)["2024-06"]
    assert row.lamp is lamp
    assert ("rate-2024-H1" in row.basis) == (value == "60")


def test_a_second_test_without_its_growth_is_grey_and_shows_the_amount() -> None:
    goal = target(at_least("100", and_growth="6"), **XUANCHENG)
    row = judged([fact("2024-06", "60")], goal)["2024-06"]
    # 60 − 100 × 182 / 366 = 10.2732
    assert (row.lamp, row.reason, row.gap) == (Lamp.GREY, "no_comparison", D("10.2732"))
    assert "and_growth 2024-06-30" in row.reason_zh
    assert judged([fact("2024-06", "40")], goal)["2024-06"].lamp is Lamp.RED


def test_only_xuancheng_asks_for_the_second_test() -> None:
    goal = target(at_least("100", and_growth="6"))
    assert judged([fact("2024-06", "60")], goal)["2024-06"].lamp is Lamp.GREEN


# --- points --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "lamp"),
    [
        ("40.0001", Lamp.GREEN),
        ("40", Lamp.YELLOW),  # exactly 10 points behind
        ("20", Lamp.YELLOW),  # exactly 30
        ("19.9999", Lamp.RED),
        ("100", Lamp.BLUE),
    ],
)
def test_percentage_points_behind(value: str, lamp: Lamp) -> None:
    way = {"kind": "linear_months"}
    goal = target(at_least("100"), trajectory=way, lamps="points")
    assert judged([fact("2024-06", value)], goal)["2024-06"].lamp is lamp


def test_points_without_a_way_go_by_the_gap() -> None:
    """A stock that is to stay at 100, and one whose first level nobody knows."""
    goal = target({"kind": "at_most", "value": "100"}, lamps="points")
    known = [fact("2023-12", "100", measure="stock")]
    for facts in (known, []):
        for value, lamp in (("100", Lamp.GREEN), ("101", Lamp.RED)):
            end = fact("2024-12", value, measure="stock")
            assert judged([*facts, end], goal, measure="stock")["2024-12"].lamp is lamp


# --- tianjin -------------------------------------------------------------------------------------
TIANJIN: dict[str, Any] = {"lamps": "tianjin", "trajectory": {"kind": "linear_months"}}


def growth(value: str, period: str = "2024-H1", **changed: Any) -> Fact:
    return fact(period, value, measure="rate", **changed)


@pytest.mark.parametrize(
    ("value", "own", "parent", "direction", "lamp"),
    [
        ("50", "7", "6", "higher", Lamp.GREEN),
        ("50", "6", "6", "higher", Lamp.YELLOW),  # strictly above
        ("49", "7", "6", "higher", Lamp.YELLOW),
        ("49", "5", "6", "higher", Lamp.RED),
        ("50", "5", "6", "lower", Lamp.GREEN),
        ("100", "7", "6", "higher", Lamp.GREEN),  # no blue
    ],
)
def test_own_plan_and_growth_above_the_parents(
    value: str, own: str, parent: str, direction: str, lamp: Lamp
) -> None:
    province = comparand("jiangsu", growth(parent), growth("99", "2024-06"))
    beside = {"parent": "jiangsu", "comparands": (province,)}
    row = judged(
        [fact("2024-06", value), growth(own)],
        target(at_least("100"), **TIANJIN),
        beside=beside,
        direction=direction,
    )["2024-06"]
    assert row.lamp is lamp
    assert "rate-2024-H1" in row.basis


@pytest.mark.parametrize(
    ("own", "parent", "others", "reason", "missing"),
    [
        ([growth("7")], "", (), "no_parent", "parent"),
        ([growth("7")], "jiangsu", (), "no_parent", "jiangsu"),
        ([growth("7")], "jiangsu", (comparand("jiangsu"),), "no_parent", "江苏省整车产量"),
        ([], "jiangsu", (comparand("jiangsu", growth("6")),), "no_parent", "changzhou 2024-06-30"),
        (
            [growth("7")],
            "jiangsu",
            (comparand("jiangsu", growth("6", scope="小口径")),),
            "scope_differs",
            "小口径",
        ),
        (
            [growth("7", scope="含经开区")],
            "jiangsu",
            (comparand("jiangsu", growth("6")),),
            "scope_differs",
            "含经开区",
        ),
    ],
)
def test_without_both_rates_tianjin_is_grey(
    own: list[Fact], parent: str, others: tuple[Comparand, ...], reason: str, missing: str
) -> None:
    beside = {"parent": parent, "comparands": others}
    goal = target(at_least("100"), **TIANJIN)
    row = judged([fact("2024-06", "50"), *own], goal, beside=beside)["2024-06"]
    assert (row.lamp, row.reason, row.expected, row.gap) == (Lamp.GREY, reason, 50, 0)
    assert (row.pace, row.forecast, row.required_rate) == (None, None, None)
    assert missing in row.reason_zh


# --- an office's own -----------------------------------------------------------------------------
def own_scheme(measure: str, green: str, yellow: str, **more: Any) -> LampScheme:
    names = {"name": "own", "name_zh": "本区", "name_en": "Ours", "origin": "区政府办 2024"}
    limits = {"measure": measure, "green": green, "yellow": yellow}
    return LampScheme.model_validate(names | limits | more)


OWN = [
    # pace of 50 due: 0.95 → 47.5, 0.8 → 40
    ("pace", "0.95", "0.8", "47.5", Lamp.GREEN),
    ("pace", "0.95", "0.8", "47.4999", Lamp.YELLOW),
    ("pace", "0.95", "0.8", "40", Lamp.YELLOW),
    ("pace", "0.95", "0.8", "39.9999", Lamp.RED),
    # points: under 5 green, to 15 yellow
    ("points", "5", "15", "45.0001", Lamp.GREEN),
    ("points", "5", "15", "45", Lamp.YELLOW),
    ("points", "5", "15", "35", Lamp.YELLOW),
    ("points", "5", "15", "34.9999", Lamp.RED),
    # gap in the indicator's unit
    ("gap", "-1", "-3", "49", Lamp.GREEN),
    ("gap", "-1", "-3", "47", Lamp.YELLOW),
    ("gap", "-1", "-3", "46.9999", Lamp.RED),
]


@pytest.mark.parametrize(("measure", "green", "yellow", "value", "lamp"), OWN)
def test_an_offices_own_limits(
    measure: str, green: str, yellow: str, value: str, lamp: Lamp
) -> None:
    schemes = with_own([own_scheme(measure, green, yellow)])
    goal = target(at_least("100"), trajectory={"kind": "linear_months"}, lamps="own")
    given = dossier([fact("2024-06", value)], goal)
    ((opinion,),) = [each.opinions for each in judge(given, 0, schemes=schemes)]
    assert (opinion.assessment.lamp, opinion.assessment.scheme) == (lamp, "own")


def test_an_own_scheme_of_pace_judges_rates_like_the_standard_one() -> None:
    schemes = with_own([own_scheme("pace", "0.95", "0.8")])
    goal = target({"kind": "growth", "percent": "6"}, lamps="own")
    for value, lamp in (("6", Lamp.GREEN), ("5", Lamp.YELLOW), ("4.9", Lamp.RED)):
        given = dossier([growth(value)], goal)
        ((opinion,),) = [each.opinions for each in judge(given, 0, schemes=schemes)]
        assert opinion.assessment.lamp is lamp


# --- strict in schemes of two colours ------------------------------------------------------------
@pytest.mark.parametrize(
    ("scheme", "lamp"),
    [
        ("standard", Lamp.YELLOW),
        ("points", Lamp.YELLOW),
        ("xuancheng", Lamp.RED),
        ("ouhai", Lamp.RED),
    ],
)
def test_exactly_the_goal_is_one_step_worse(scheme: str, lamp: Lamp) -> None:
    goal = target(at_least("100", strict=True), lamps=scheme)
    row = judged([fact("2024-12", "100")], goal)["2024-12"]
    assert (row.lamp, row.reason) == (lamp, "missed")
    assert row.reason_zh.endswith("未完成（须超过目标，持平不算完成）")
