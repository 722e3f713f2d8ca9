"""Intervals and odds from what the same method was off by in past years."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import period
from schemas.records.assessment import Assessment
from schemas.records.dossier import Fact
from services.series.index import FactIndex
from services.series.measured import Family, published_history
from services.series.profile import History
from services.series.spread import past_years, spread
from tests.unit.judging import PROFILE, at_least, fact, judged, target


def years(*pairs: tuple[str, str], **changed: Any) -> list[Fact]:
    """To June and the whole year, of 2023 and the years before."""
    return [
        each
        for back, (half, whole) in enumerate(pairs)
        for each in (
            fact(f"{2023 - back}-06", half, **changed),
            fact(f"{2023 - back}-12", whole, **changed),
        )
    ]


def june(history: list[Fact], value: str = "50", goal: str = "100", **more: Any) -> Assessment:
    version = target(at_least(goal), trajectory=more.pop("way", PROFILE))
    return judged([fact("2024-06", value), *history], version, **more)["2024-06"]


def certainty(row: Assessment) -> tuple[D | None, D | None, D | None]:
    return row.forecast_low, row.forecast_high, row.p_meet


@pytest.mark.parametrize("history", [[], years(("40", "80"))])
def test_fewer_than_two_past_years_say_nothing(history: list[Fact]) -> None:
    row = june(history)
    assert row.forecast is not None
    assert certainty(row) == (None, None, None)


def test_two_past_years_by_the_profile() -> None:
    """2023: 40 of 100, share 0.4; 2022: 45 of 100, share 0.45. Forecast 50 / 0.4 = 125.

    2023 by 2022's profile: 40 / 0.45 = 88.8889 and 100 came, +0.125; 2022 by the only other year,
    2023: 45 / 0.4 = 112.5, 100 / 112.5 − 1 = −1/9. s = √((0.0156250 + 0.0123457) / 2) =
    0.1182596; of 125 that is 14.78245; t(0.9; 2) = 1.885618: ∓ 27.87406.
    25 / 14.78245 = 1.691194, P = 1/2 + 1.691194 / (2 √(2 + 2.860137)) = 0.883565.
    """
    row = june(years(("40", "100"), ("45", "100")))
    assert (row.forecast, row.method) == (D(125), "profile")
    assert certainty(row) == (D("97.1259"), D("152.8741"), D("0.883565"))
    assert row.reason_zh.endswith(
        "按去年进度预计期末 125 万辆（八成在 97.13 万辆 至 152.87 万辆 之间，达标概率 88%），"
        "剩余月份需月均 8.33 万辆"
    )
    assert "(80 % between 97.13 万辆 and 152.87 万辆, the goal is met with 88%)" in row.reason_en


def test_the_years_behind_the_odds_are_no_basis_of_the_verdict() -> None:
    row = june(years(("40", "100"), ("45", "100")))
    assert set(row.basis) == {"cumulative-2024-06", "cumulative-2023-06", "cumulative-2023-12"}


def test_each_year_is_forecast_from_the_ones_before_it() -> None:
    """Shares of June 0.5, 0.4 and 0.5, the error is total · share / done − 1.

    2023 by 2022: 100 · 0.4 / 50 − 1 = −0.2; 2022 by 2021: 100 · 0.5 / 40 − 1 = 0.25; 2021, the
    oldest, by 2022: 100 · 0.4 / 50 − 1 = −0.2. s² = (0.04 + 0.0625 + 0.04) / 3 = 0.0475,
    s = 0.217945 of 100: 21.7945; t(0.9; 3) = 1.637744: ∓ 35.6938. At the goal: 0.5.
    """
    row = june(years(("50", "100"), ("40", "100"), ("50", "100")))
    assert certainty(row) == (D("64.3062"), D("135.6938"), D("0.5"))


def test_years_that_went_alike_leave_no_doubt() -> None:
    history = years(("40", "80"), ("40", "80"))
    assert certainty(june(history)) == (D(100), D(100), D(1))
    assert certainty(june(history, "49")) == (D(98), D(98), D(0))


def test_of_a_ceiling_the_odds_are_those_of_staying_below() -> None:
    """As two past years above, forecast 125 against at most 100: 1 − 0.883565."""
    version = target({"kind": "at_most", "value": "100"}, trajectory=PROFILE)
    facts = [fact("2024-06", "50"), *years(("40", "100"), ("45", "100"))]
    assert judged(facts, version)["2024-06"].p_meet == D("0.116435")


def test_by_months_where_last_year_is_not_known() -> None:
    """2023 has no total. 2022: 45 / (6/12) = 90, 100 came: 1/9; 2021: 50 → 100, 95 came: −0.05.

    s = √((0.0123457 + 0.0025) / 2) = 0.0861559 of 100: 8.61559 · 1.885618 = 16.24571.
    """
    history = years(("40", "1"), ("45", "100"), ("50", "95"))
    row = june([each for each in history if each.period != "2023-12"])
    assert row.method == "linear"
    assert certainty(row) == (D("83.7543"), D("116.2457"), D("0.5"))


def test_nothing_done_and_no_total_are_no_past_years() -> None:
    history = years(("40", "80"), ("0", "80"), ("-1", "80"))
    assert june(history).p_meet is None
    assert june(years(("40", "80"), ("40", "0"))).p_meet is None


def test_a_forecast_without_value_has_no_odds() -> None:
    row = judged([fact("2024-01-15", "9")], target(at_least("100")), frequency="day")["2024-01-15"]
    assert certainty(row) == (None, None, None)


def test_levels_by_the_difference() -> None:
    """The mean addition of 12 months, six of them to come.

    2023: level June 1060, a year before 1000: 5 a month, 30 by December = 1090; 1120 came: +30.
    2022: June 1000, a year before 940: 5 a month, 1030; 1020 came: −10. s = √(1000 / 2) =
    22.3607 · 1.885618 = 42.1637. Now June 1120, 60 in a year: 1150.
    """
    levels = [
        ("2021-06", "940"),
        ("2022-06", "1000"),
        ("2022-12", "1020"),
        ("2023-06", "1060"),
        ("2023-12", "1120"),
        ("2024-06", "1120"),
    ]
    facts = [fact(day, value, measure="stock") for day, value in levels]
    row = judged(facts, target(at_least("1150")), measure="stock")["2024-06"]
    assert (row.forecast, row.method) == (D(1150), "stock")
    assert certainty(row) == (D("1107.8363"), D("1192.1637"), D("0.5"))


def test_rates_by_how_far_the_year_ended_from_them() -> None:
    """2023: 6 at mid-year, 7 at the end: +1; 2022: 5 and 4: −1. s = 1, t = 1.885618."""
    values = [("2023-H1", "6"), ("2023", "7"), ("2022-H1", "5"), ("2022", "4"), ("2024-H1", "6.5")]
    facts = [fact(period, value, measure="rate") for period, value in values]
    goal = {"kind": "growth", "percent": "6.5", "tolerance": "0.5"}
    row = judged(facts, target(goal))["2024-06"]
    # The goal less its tolerance is half an s away: 1/2 + 0.5 / (2 √2.25) = 2/3.
    assert certainty(row) == (D("4.6144"), D("8.3856"), D("0.666667"))


def test_ten_years_are_enough() -> None:
    facts = [fact(str(year), "1", measure="period") for year in range(2010, 2024)]
    history = History(FactIndex(facts), Family.FLOW, "", published_history)
    span = period.year_span(2024)
    found = list(past_years(history, span, span.end))
    assert [back for back, _, _ in found] == list(range(1, 11))
    assert found[0][1:] == (period.year_span(2023), period.year_span(2023).end)


_ERRORS = st.lists(st.decimals(-5, 5, places=3), min_size=2, max_size=10)


@given(_ERRORS, st.decimals(-100, 100, places=2), st.decimals(-100, 100, places=2), st.booleans())
def test_odds_and_forecast_agree(errors: list[D], value: D, goal: D, higher: bool) -> None:
    """Below a half exactly where the forecast falls short; the interval holds the forecast."""
    found = spread(value, errors, goal, higher=higher)
    assert found.low is not None
    assert found.high is not None
    assert found.p_meet is not None
    assert found.low <= value <= found.high
    assert 0 <= found.p_meet <= 1
    ahead = value - goal if higher else goal - value
    if abs(ahead) > D("1e-6"):
        assert (found.p_meet > D("0.5")) == (ahead > 0)


def test_a_goal_that_moves_has_an_interval_but_no_odds() -> None:
    assert spread(D(5), [D(1), D(-1)], None, higher=True).p_meet is None
