"""A time-series model takes the profile's place only where it was nearer a year ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal as D

import pytest

from schemas.records.assessment import Assessment
from schemas.records.dossier import Fact
from services.alerts.domain.assess import judge
from services.series.index import FactIndex
from services.series.measured import Family, published_history
from services.series.models import ABSENT, Model, monthly
from services.series.profile import History
from tests.unit.judging import at_least, dossier, fact, target


@dataclass(frozen=True)
class Mean:
    """Every month is like the mean of the last twelve; enough of a model to be told apart."""

    fewest: int = 12
    installed: bool = True

    def ahead(self, points: Sequence[D], months: int) -> D | None:
        if len(points) < self.fewest:
            return None
        return sum(points[-12:], D(0)) / 12 * months


def months(year: int, *values: str) -> list[Fact]:
    """Cumulative by month, from month values."""
    total, found = D(0), []
    for month, value in enumerate(values, 1):
        total += D(value)
        found.append(fact(f"{year}-{month:02d}", str(total)))
    return found


# 2022 was steep at the end, 2023 and 2024 are even: the mean knows better than the last profile.
STEEP, EVEN = ["4"] * 6 + ["6"] * 6, ["10"] * 12
HISTORY = months(2022, *STEEP) + months(2023, *EVEN)


def june(model: Model | None, facts: list[Fact], goal: str = "130") -> Assessment:
    given = dossier([*facts, *months(2024, *EVEN[:6])], target(at_least(goal)))
    (judged,) = judge(given, 0, model=model)
    return judged.opinions[-1].assessment


def test_where_it_was_nearer_last_year_the_model_forecasts() -> None:
    """Mid-2023: 60 done; by 2022's profile 24/60 that was 150, by the mean of 12 months
    (6·6 + 10·6) / 12 = 8 a month 60 + 48 = 108; 120 came: 12 against 30 off.

    Now 60 and six months like the last twelve: 120. Mid-2022 has six months before it, too few to
    fit anything to: one error tells nothing of the next.
    """
    row = june(Mean(), HISTORY)
    assert (row.forecast, row.method) == (D(120), "autoets")
    assert (row.forecast_low, row.forecast_high, row.p_meet) == (None, None, None)
    assert "按时间序列模型预计期末 120 万辆" in row.reason_zh
    assert "cumulative-2022-06" in row.basis


def test_the_interval_comes_from_the_same_model_at_the_same_day_of_past_years() -> None:
    """2021 was all 8s. Mid-2023: 108 said, 120 came, +1/9. Mid-2022: 24 done, the last twelve
    months were six 8s and six 4s, 6 a month: 24 + 36 = 60 said and 60 came, 0.

    s = √((1/81 + 0) / 2) = 0.0785674, of 120 that is 9.428090; t(0.9; 2) = 1.885618: ∓ 17.777778.
    The goal is 10 away: t = −1.060660; P = 1/2 − 1.060660 / (2 √(2 + 1.125)) = 0.2.
    """
    row = june(Mean(), months(2021, *["8"] * 12) + HISTORY)
    assert (row.forecast, row.method) == (D(120), "autoets")
    assert (row.forecast_low, row.forecast_high) == (D("102.2222"), D("137.7778"))
    assert row.p_meet == D("0.200000")


def test_a_forecast_of_nothing_has_no_relative_error() -> None:
    """A model that saw nothing coming. Mid-2023: 6 said, 6 came, 0; mid-2022: 24 said, 60 came,
    +1.5; mid-2021: 0 said, which nothing can be relative to. s = √(2.25 / 2) = 1.060660; with two
    errors, t(0.9; 2) · s = 1.885618 · 1.060660 = 2: of 120 that is 240.
    """

    @dataclass(frozen=True)
    class Nothing(Mean):
        def ahead(self, points: Sequence[D], months: int) -> D | None:
            return D(0) if len(points) < 50 else D(60)

    late = ["0"] * 6 + ["10"] * 6
    facts = [*months(2020, *late), *months(2021, *late), *months(2022, *STEEP)]
    row = june(Nothing(), [*facts, *months(2023, *["1"] * 6, *["0"] * 6)])
    assert (row.forecast, row.method) == (D(120), "autoets")
    assert (row.forecast_low, row.forecast_high) == (D(-120), D(360))


@pytest.mark.parametrize(("worst", "forecast"), [("0", "60"), ("-1", "55")])
def test_what_never_fell_does_not_fall_in_the_rest_of_the_year(worst: str, forecast: str) -> None:
    @dataclass(frozen=True)
    class Falling(Mean):
        def ahead(self, points: Sequence[D], months: int) -> D | None:
            return super().ahead(points, months) if len(points) < 20 else D(-5)

    facts = months(2022, worst, *STEEP[1:]) + months(2023, *EVEN)
    assert june(Falling(), facts).forecast == D(forecast)


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        (Mean(fewest=99), HISTORY),  # it cannot tell
        (Mean(fewest=25), HISTORY),  # nor could it a year ago
        (Mean(), months(2023, *EVEN)),  # 18 points
        (Mean(), [each for each in HISTORY if each.period != "2022-06"]),  # 18 without a gap
        (Mean(), months(2022, *EVEN) + months(2023, *EVEN)),  # the profile was exact
    ],
)
def test_else_the_profile_stands(model: Model, facts: list[Fact]) -> None:
    row = june(model, facts)
    assert (row.forecast, row.method) == (D(120), "profile")
    assert "AutoETS" not in row.reason_zh


def test_without_a_model_the_sentence_says_so() -> None:
    row = june(ABSENT, HISTORY)
    assert row.method == "profile"
    assert row.reason_zh.endswith("（未安装 AutoETS，未用时间序列模型预测）")
    assert row.reason_en.endswith("(AutoETS is not installed: no forecast by a time-series model)")
    assert "AutoETS" not in june(ABSENT, months(2023, *EVEN)).reason_zh


def test_at_the_end_there_is_nothing_to_forecast() -> None:
    given = dossier([*HISTORY, *months(2024, *EVEN)], target(at_least("130")))
    for model in (Mean(), ABSENT):
        (judged,) = judge(given, 0, model=model)
        row = judged.opinions[-1].assessment
        assert (row.period, row.method, row.forecast) == ("2024-12", "profile", D(120))
        assert "AutoETS" not in row.reason_zh


def test_a_model_that_fails_on_the_whole_series_is_left() -> None:
    @dataclass(frozen=True)
    class Tired(Mean):
        def ahead(self, points: Sequence[D], months: int) -> D | None:
            return super().ahead(points, months) if len(points) < 20 else None

    assert june(Tired(), HISTORY).method == "profile"


def test_a_year_without_growth_to_speak_of_has_no_profile_to_beat() -> None:
    """Nothing was done by mid-2022: its share is 0."""
    flat = months(2022, *["0"] * 6, *["10"] * 6) + months(2023, *EVEN)
    assert june(Mean(), flat).method == "profile"


def test_days_inside_a_month_have_no_monthly_points() -> None:
    history = History(FactIndex(HISTORY), Family.FLOW, "", published_history)
    assert monthly(history, HISTORY[-1].end.replace(day=15)) == []
    assert [month.value for month in monthly(history, HISTORY[-1].end)] == [*map(D, STEEP + EVEN)]
