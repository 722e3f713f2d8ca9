"""Against one's own past: what keeps falling, what only rises; equal scope, equal status class."""

from decimal import Decimal as D
from typing import Any

import pytest

from schemas.records.assessment import Lamp
from schemas.records.dossier import Fact
from tests.unit.judging import fact, judged, target

LAST_YEAR = {"kind": "not_below_last", "versus": "same_period_last_year"}
PREVIOUS = {"kind": "not_below_last", "versus": "previous"}
SHARE = {"measure": "stock", "unit": "%"}


def month(period: str, value: str, **changed: Any) -> Fact:
    return fact(period, value, measure="period", **changed)


def level(period: str, value: str, **changed: Any) -> Fact:
    return fact(period, value, measure="stock", **changed)


# --- 只升不降 ------------------------------------------------------------------------------------
# Wujin's GDP of 2023: 3240 as an estimate and 3222.84 preliminary, both with the zone; 2239.58
# preliminary without it.
WITH_ZONE = {"scope": "含经开区"}
GDP = [
    fact("2023-12", "3222.84", "2024-03-01", **WITH_ZONE),
    fact("2023-12", "2239.58", "2024-03-01"),
]
GDP_BEFORE = (fact("2023-12", "3240", "2023-12-29", status="E", **WITH_ZONE),)


@pytest.mark.parametrize(
    ("scope", "now", "lamp", "last"),
    [
        ("含经开区", "3400", Lamp.GREEN, "3222.84"),
        ("含经开区", "3222.84", Lamp.GREEN, "3222.84"),
        ("含经开区", "3200", Lamp.RED, "3222.84"),
        ("", "2300", Lamp.GREEN, "2239.58"),  # no fall from 3222.84: that is another scope
    ],
)
def test_only_upwards_on_equal_scope(scope: str, now: str, lamp: Lamp, last: str) -> None:
    facts = [*GDP, fact("2024-12", now, "2025-03-01", scope=scope)]
    row = judged(facts, target(LAST_YEAR, scope=scope), beside={"earlier": GDP_BEFORE})["2024-12"]
    assert (row.lamp, row.expected) == (lamp, D(last))
    assert row.gap == D(now) - D(last)


def test_a_last_value_of_another_scope_only_is_grey() -> None:
    facts = [GDP[0], fact("2024-12", "2300", "2025-03-01")]
    row = judged(facts, target(LAST_YEAR))["2024-12"]
    assert (row.lamp, row.reason, row.actual) == (Lamp.GREY, "scope_differs", D(2300))
    assert "含经开区" in row.reason_zh


@pytest.mark.parametrize(
    ("now", "earlier_now", "last", "earlier_last", "compared"),
    [
        # An estimate beside an estimate, though last year's is final by now: 101 − 100.
        (("101", "E"), None, ("110", "A"), ("100", "E"), ("101", "100")),
        # Both are final: that goes first.
        (("109", "A"), ("101", "P"), ("110", "A"), ("100", "P"), ("109", "110")),
        # Preliminary and unchecked are one class.
        (("101", "V"), None, ("100", "P"), None, ("101", "100")),
        # After a break only what came after it; simulated beside simulated.
        (("101", "D"), None, ("100", "B"), None, ("101", "100")),
        (("101", "G"), None, ("100", "G"), None, ("101", "100")),
        # Nothing in common.
        (("101", "E"), None, ("110", "A"), None, None),
        (("101", "P"), ("100", "E"), ("110", "A"), None, None),
        (("101", "D"), None, ("110", "A"), None, None),
    ],
)
def test_the_newest_class_that_both_sides_have(
    now: tuple[str, str],
    earlier_now: tuple[str, str] | None,
    last: tuple[str, str],
    earlier_last: tuple[str, str] | None,
    compared: tuple[str, str] | None,
) -> None:
    facts = [fact("2024-06", now[0], status=now[1]), fact("2023-06", last[0], status=last[1])]
    pairs = [("2024-06", earlier_now), ("2023-06", earlier_last)]
    earlier = tuple(fact(name, one[0], status=one[1]) for name, one in pairs if one)
    row = judged(facts, target(LAST_YEAR), beside={"earlier": earlier})["2024-06"]
    if compared is None:
        assert (row.lamp, row.reason) == (Lamp.GREY, "status_differs")
        assert f"本期 {now[1]}，对比期 {last[1]}" in row.reason_zh
    else:
        assert (row.actual, row.expected) == (D(compared[0]), D(compared[1]))


@pytest.mark.parametrize(
    ("direction", "now", "strict", "lamp"),
    [
        ("higher", "10", False, Lamp.GREEN),
        ("higher", "10", True, Lamp.RED),  # equal is no rise
        ("higher", "10.1", True, Lamp.GREEN),
        ("lower", "9", False, Lamp.GREEN),  # of what should be low, not above the last
        ("lower", "11", False, Lamp.RED),
    ],
)
def test_not_worse_than_last_follows_the_direction(
    direction: str, now: str, strict: bool, lamp: Lamp
) -> None:
    facts = [fact("2023-06", "10"), fact("2024-06", now)]
    row = judged(facts, target(LAST_YEAR | {"strict": strict}), direction=direction)["2024-06"]
    assert row.lamp is lamp


# --- against the period before -------------------------------------------------------------------
def test_of_a_flow_the_value_of_the_period_is_compared() -> None:
    """May 7 after April 8, though to date it rose; June 23 − 15 = 8 from years-to-date."""
    facts = [month("2024-04", "8"), month("2024-05", "7"), fact("2024-05", "15")]
    rows = judged([*facts, fact("2024-06", "23")], target(PREVIOUS))
    may, june = rows["2024-05"], rows["2024-06"]
    assert (may.actual, may.expected, may.lamp) == (D(7), D(8), Lamp.RED)
    assert (june.actual, june.expected, june.lamp) == (D(8), D(7), Lamp.GREEN)
    assert "2024年6月 8 万辆，上期 7 万辆" in june.reason_zh
    assert set(june.basis) == {"cumulative-2024-06", "cumulative-2024-05", "period-2024-05"}


def test_quarters_follow_from_years_to_date() -> None:
    """First 20; second 45 − 20 = 25; third 60 − 45 = 15."""
    facts = [fact("2024-03", "20"), fact("2024-06", "45"), fact("2024-09", "60")]
    rows = judged(facts, target(PREVIOUS), frequency="quarter")
    assert [(row.actual, row.lamp) for row in rows.values()] == [
        (D(20), Lamp.GREY),
        (D(25), Lamp.GREEN),
        (D(15), Lamp.RED),
    ]
    assert rows["2024-03"].reason == "no_comparison"
    assert "2023-12-31" in rows["2024-03"].reason_zh


def test_a_period_of_no_regular_length_is_held_against_as_many_months_before() -> None:
    """January and February jointly 30, November and December 28."""
    facts = [month("2023-11/2023-12", "28"), month("2024-01/2024-02", "30")]
    row = judged(facts, target(PREVIOUS))["2024-02"]
    assert (row.actual, row.expected, row.lamp) == (D(30), D(28), Lamp.GREEN)


def test_days_that_make_no_months_are_held_against_as_many_days_before() -> None:
    facts = [month("2024-03-04/2024-03-10", "5"), month("2024-03-11/2024-03-17", "6")]
    row = judged(facts, target(PREVIOUS), frequency="week")["2024-03-17"]
    assert (row.actual, row.expected) == (D(6), D(5))


def test_a_month_that_cannot_be_told_from_its_year_to_date_is_incomplete() -> None:
    rows = judged([fact("2024-03", "20"), fact("2024-05-15", "28")], target(PREVIOUS))
    assert rows["2024-03"].reason == "incomplete"
    assert "缺 2024-03" in rows["2024-03"].reason_zh
    assert rows["2024-05-15"].reason == "incomplete"


def test_january_alone_is_grey_and_february_is_held_against_it() -> None:
    facts = [month("2023-12", "9"), month("2024-01", "8"), month("2024-02", "7")]
    rows = judged(facts, target(PREVIOUS))
    assert (rows["2024-01"].reason, rows["2024-01"].gap) == ("jan_feb", D(-1))
    assert rows["2024-02"].lamp is Lamp.RED


@pytest.mark.parametrize(("value", "lamp"), [("41", Lamp.GREEN), ("39", Lamp.RED)])
def test_of_a_level_the_last_one_there_is(value: str, lamp: Lamp) -> None:
    """Nothing was published for April."""
    row = judged([level("2024-03", "40"), level("2024-05", value)], target(PREVIOUS), **SHARE)
    assert (row["2024-05"].lamp, row["2024-05"].expected) == (lamp, D(40))
    assert row["2024-03"].reason == "no_comparison"


def test_a_level_of_last_year_counts_in_january() -> None:
    facts = [level("2023-12", "40"), level("2024-01", "41")]
    assert judged(facts, target(PREVIOUS), **SHARE)["2024-01"].lamp is Lamp.GREEN


# --- 持续下降 ------------------------------------------------------------------------------------
def test_what_is_to_keep_falling_is_compared_to_date() -> None:
    """12 accidents in the first half after 14: fewer, though June alone had more."""
    facts = [fact("2023-06", "14"), fact("2024-06", "12"), month("2024-06", "5")]
    row = judged([*facts, month("2023-06", "2")], target({"kind": "keep_falling"}), unit="起")
    assert row["2024-06"].lamp is Lamp.GREEN
    assert row["2024-06"].reason_zh == (
        "常州市整车产量2024年1–6月累计 12 起，去年同期 14 起，领先 2 起"
    )
