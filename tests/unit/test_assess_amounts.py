"""Amounts against their trajectories, by hand."""

from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Lamp
from tests.unit.judging import PROFILE, at_least, fact, judged, target, year_to_date

# The largest car maker of Wujin: deliveries by quarter.
# 2023: 52 584 + 86 533 + 105 108 + 131 805 = 376 030; half a year 139 117.
CAR_MAKER_2023 = [
    fact("2023-03", "52584", "2023-04-01"),
    fact("2023-06", "139117", "2023-07-01"),
    fact("2023-09", "244225", "2023-10-01"),
    fact("2023-12", "376030", "2024-01-01"),
]
# 2024: 80 400 + 108 581 = 188 981.
CAR_MAKER_2024 = [fact("2024-03", "80400", "2024-04-01"), fact("2024-06", "188981", "2024-07-01")]


def test_half_year_deliveries_by_straight_line() -> None:
    """Without last year: 188 981 / (6/12) = 377 962; 182 of 366 days of 560 000 are due."""
    row = judged(CAR_MAKER_2024, target(at_least("560000")), frequency="quarter")["2024-06"]
    assert row.forecast == D("377962")
    assert row.method == "linear"
    # 560 000 × 182 / 366 = 278 469.9454; 188 981 − 278 469.9454 = −89 488.9454
    assert (row.expected, row.gap) == (D("278469.9454"), D("-89488.9454"))
    # 188 981 / 278 469.9454 = 0.678640…
    assert row.pace == D("0.678641")
    # (560 000 − 188 981) / 6 = 61 836.5
    assert row.required_rate == D("61836.5")
    assert (row.lamp, row.reason) == (Lamp.RED, "behind")


def test_half_year_deliveries_by_last_years_profile() -> None:
    """188 981 × 376 030 / 139 117 = 510 811.2…; expected 560 000 × 139 117 / 376 030."""
    row = judged(
        CAR_MAKER_2023 + CAR_MAKER_2024,
        target(at_least("560000"), trajectory=PROFILE),
        frequency="quarter",
    )["2024-06"]
    assert row.forecast is not None
    assert row.forecast.quantize(D(1)) == D("510811")
    assert row.method == "profile"
    # 560 000 × 139 117 / 376 030 = 207 179.0017
    assert row.expected == D("207179.0017")
    # 188 981 / 207 179.0017 = 0.912163: yellow
    assert (row.pace, row.lamp) == (D("0.912163"), Lamp.YELLOW)
    assert set(row.basis) == {"cumulative-2024-06", "cumulative-2023-06", "cumulative-2023-12"}
    assert row.trajectory_used == "last_year_profile"


def test_a_million_vehicles_by_last_years_profile() -> None:
    """Last year 30 of 80 by June: 37.5 % of 100 is 37.5; 27.2 is 72.5 % of it, 58 to be expected.

    27.2 / 0.375 = 72.5333; (100 − 27.2) / 6 = 12.1333.
    """
    facts = [fact("2023-06", "30", "2023-07-10"), fact("2023-12", "80", "2024-01-10")]
    facts += [fact("2024-06", "27.2", "2024-07-10")]
    row = judged(facts, target(at_least("100", strict=True), trajectory=PROFILE))["2024-06"]
    assert (row.expected, row.gap) == (D("37.5"), D("-10.3"))
    assert (row.pace, row.forecast) == (D("0.725333"), D("72.5333"))
    assert (row.required_rate, row.lamp) == (D("12.1333"), Lamp.RED)
    assert row.reason_zh == (
        "常州市整车产量2024年1–6月累计 27.2 万辆，时序目标 37.5 万辆，落后 10.3 万辆；"
        "按去年进度预计期末 72.53 万辆，剩余月份需月均 12.13 万辆"
    )
    assert row.reason_en == (
        "Vehicle output (Changzhou), 2024-01 to 2024-06, to date: 27.2 万辆 against 37.5 万辆 "
        "due by then, 10.3 万辆 behind; by last year's profile the span ends at 72.53 万辆, "
        "the months left need 12.13 万辆 each"
    )


def test_a_profile_without_history_is_spread_by_days_and_says_so() -> None:
    row = judged(
        [fact("2024-06", "60", "2024-07-10")], target(at_least("100"), trajectory=PROFILE)
    )["2024-06"]
    # 100 × 182 / 366 = 49.7268
    assert (row.expected, row.trajectory_used) == (D("49.7268"), "linear_days")
    assert row.reason_zh.endswith("（无可用的往年进度，按天数均摊）")
    assert row.reason_en.endswith("(no profile of past years: spread evenly by days)")


def test_8800_from_7600() -> None:
    """New-energy output 2023: 7600, of it 3420 by June (45 %): 3960 of 8800 are due then."""
    facts = [fact("2023-06", "3420", "2023-07-15"), fact("2023-12", "7600", "2024-01-15")]
    facts += [fact("2024-06", "3900", "2024-07-15")]
    row = judged(facts, target(at_least("8800"), trajectory=PROFILE), unit="亿元")["2024-06"]
    assert (row.expected, row.gap, row.pace) == (D("3960"), D("-60"), D("0.984848"))
    # 3900 / 0.45 = 8666.6667; (8800 − 3900) / 6 = 816.6667
    assert (row.forecast, row.required_rate) == (D("8666.6667"), D("816.6667"))
    assert row.lamp is Lamp.YELLOW


def test_3500_new_chargers_after_4600_is_no_mistake() -> None:
    """A target below last year: 3500 × 91 / 366 = 870.2186 due by March; 1000 are ahead."""
    facts = [fact("2023-12", "4600", "2024-01-10"), fact("2024-03", "1000", "2024-04-10")]
    row = judged(facts, target({"kind": "increase", "value": "3500"}), unit="台", measure="period")[
        "2024-03"
    ]
    assert (row.expected, row.gap) == (D("870.2186"), D("129.7814"))
    assert (row.lamp, row.reason) == (Lamp.GREEN, "on_pace")
    # (3500 − 1000) / 9 = 277.7778; 1000 / (3/12) = 4000
    assert (row.required_rate, row.forecast) == (D("277.7778"), D("4000"))


def test_a_goal_reached_early_is_blue_and_nothing_more_is_required() -> None:
    row = judged([fact("2024-09", "100")], target(at_least("100")))["2024-09"]
    assert (row.lamp, row.reason, row.required_rate) == (Lamp.BLUE, "met", 0)


@pytest.mark.parametrize(
    ("value", "strict", "lamp", "reason"),
    [
        ("100", False, Lamp.BLUE, "met"),
        ("100", True, Lamp.YELLOW, "missed"),  # 突破 100: equal is one step worse
        ("100.0001", True, Lamp.BLUE, "met"),
        ("95", True, Lamp.YELLOW, "missed"),
        ("89.9999", True, Lamp.RED, "missed"),
    ],
)
def test_the_end_of_the_span(value: str, strict: bool, lamp: Lamp, reason: str) -> None:
    row = judged([fact("2024-12", value)], target(at_least("100", strict=strict)))["2024-12"]
    assert (row.lamp, row.reason) == (lamp, reason)
    assert row.required_rate is None
    assert row.expected == 100
    assert row.forecast == D(value)


@pytest.mark.parametrize(
    ("value", "lamp", "left"),
    [
        # At most 60: 60 × 182 / 366 = 29.8361 may be used by June.
        ("29", Lamp.GREEN, "5.1667"),  # pace 29.8361 / 29; (60 − 29) / 6
        ("31", Lamp.YELLOW, "4.8333"),  # 29.8361 / 31 = 0.962455
        ("40", Lamp.RED, "3.3333"),  # 0.745902
        ("66", Lamp.RED, "0"),  # nothing more may be added
        ("0", Lamp.GREEN, "10"),  # divisor 0: by the gap
    ],
)
def test_at_most_reads_lower_whatever_the_indicator_says(value: str, lamp: Lamp, left: str) -> None:
    row = judged([fact("2024-06", value)], target({"kind": "at_most", "value": "60"}))["2024-06"]
    assert row.gap == D("29.8361") - D(value)
    assert (row.lamp, row.required_rate) == (lamp, D(left))
    assert (row.pace is None) == (value == "0")


def test_at_most_met_at_the_end_is_green() -> None:
    row = judged([fact("2024-12", "60")], target({"kind": "at_most", "value": "60"}))["2024-12"]
    assert (row.lamp, row.reason) == (Lamp.GREEN, "on_pace")


def test_a_strict_ceiling_that_is_exactly_used_up_is_missed() -> None:
    goal = {"kind": "at_most", "value": "60", "strict": True}
    row = judged([fact("2024-12", "60")], target(goal))["2024-12"]
    assert (row.lamp, row.reason) == (Lamp.YELLOW, "missed")


@pytest.mark.parametrize(
    ("goal", "value", "expected"),
    [
        # 约 100 with 2 taken off: 98 × 182 / 366 = 48.7322
        (at_least("100", tolerance="2"), "48.7322", "48.7322"),
        # Of a ceiling the tolerance is added: 102 × 182 / 366 = 50.7213
        ({"kind": "at_most", "value": "100", "tolerance": "2"}, "50.7213", "50.7213"),
    ],
)
def test_a_tolerance_on_an_amount_moves_the_goal(
    goal: dict[str, Any], value: str, expected: str
) -> None:
    row = judged([fact("2024-06", value)], target(goal))["2024-06"]
    assert row.expected == D(expected)


def test_the_indicators_tolerance_serves_where_the_goal_has_none() -> None:
    row = judged([fact("2024-12", "98")], target(at_least("100")), tolerance=D(2))["2024-12"]
    assert row.lamp is Lamp.BLUE


def test_a_fall_below_zero_has_no_pace_and_is_red() -> None:
    row = judged([fact("2024-06", "-5")], target(at_least("100")))["2024-06"]
    assert (row.pace, row.lamp) == (None, Lamp.RED)


# --- spans that are no calendar year ------------------------------------------------------------
def test_a_span_across_the_year_is_tiled_by_its_pieces() -> None:
    """July to December 2023 as two quarters, then the year-to-date of March: 20 + 25 + 30 = 75.

    275 of 366 days from 2023-07-01 to 2024-06-30: 100 × 275 / 366 = 75.1366; 9 of 12 months.
    """
    facts = [
        fact("2023-Q3", "20", measure="period"),
        fact("2023-Q4", "25", measure="period"),
        fact("2024-03", "30"),
    ]
    span = {"from": "2023-07-01", "to": "2024-06-30", "effective_from": "2023-07-01"}
    rows = judged(facts, target(at_least("100"), **span))
    assert list(rows) == ["2023-09", "2023-12", "2024-03"]
    row = rows["2024-03"]
    assert (row.actual, row.expected, row.forecast) == (D("75"), D("75.1366"), D("100"))
    assert "2023年7月至2024年3月累计" in row.reason_zh


def test_fewer_pieces_win_and_a_hole_is_named() -> None:
    """A half-year beside its quarters; then October without the third quarter."""
    facts = [
        fact("2023-Q3", "20", measure="period"),
        fact("2023-Q4", "25", measure="period"),
        fact("2023-H2", "46", measure="period"),
        fact("2024-05", "7", measure="period"),
    ]
    span = {"from": "2023-07-01", "to": "2024-06-30", "effective_from": "2023-07-01"}
    rows = judged(facts, target(at_least("100"), **span))
    assert rows["2023-12"].actual == D("46")
    may = rows["2024-05"]
    assert (may.lamp, may.reason) == (Lamp.GREY, "incomplete")
    assert "缺 2024-01/2024-04" in may.reason_zh


def test_years_in_a_row_of_one_long_span() -> None:
    """Three years, 1096 days: 40 in 2023, 20 by June; 60 of 90 × 547 / 1096 = 44.9179 due."""
    facts = [fact("2023-12", "40"), fact("2024-06", "20")]
    span = {"from": "2023-01-01", "to": "2025-12-31", "effective_from": "2023-01-01"}
    row = judged(facts, target(at_least("90"), **span))["2024-06"]
    assert (row.actual, row.expected) == (D("60"), D("44.9179"))


def test_days_that_end_no_month() -> None:
    row = judged([fact("2024-02-15", "9")], target(at_least("100")), frequency="day")["2024-02-15"]
    # 46 of 366 days: 12.5683; one month completed: 9 / (1/12)
    assert (row.expected, row.forecast) == (D("12.5683"), D("108"))
    assert "2024年1月1日至2024年2月15日累计" in row.reason_zh


def test_before_the_first_month_is_over_nothing_is_forecast() -> None:
    row = judged([fact("2024-01-15", "9")], target(at_least("100")), frequency="day")["2024-01-15"]
    assert (row.forecast, row.method, row.required_rate) == (None, "none", D("8.2727"))


def test_every_month_of_a_year_in_order() -> None:
    rows = judged(year_to_date(2024, "8", "17", "25", "34"), target(at_least("100")))
    assert list(rows) == ["2024-01", "2024-02", "2024-03", "2024-04"]
