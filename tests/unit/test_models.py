"""A time-series model takes the profile's place only where it was nearer a year ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal as D

import pytest

from schemas.records import Assessment, Fact
from services.alerts.domain.assess import judge
from services.alerts.domain.index import FactIndex
from services.alerts.domain.measured import Family, published_history
from services.alerts.domain.models import ABSENT, Model, Prediction, monthly, normal
from services.alerts.domain.profile import History
from tests.unit.judging import at_least, dossier, fact, target


@dataclass(frozen=True)
class Mean:
    """Every month is like the mean of the last twelve; enough of a model to be told apart."""

    deviation: str = "4"
    fewest: int = 12
    installed: bool = True

    def ahead(self, points: Sequence[D], months: int) -> Prediction | None:
        if len(points) < self.fewest:
            return None
        return Prediction(sum(points[-12:], D(0)) / 12 * months, D(self.deviation))


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

    Now 60 and six months like the last twelve: 120. 130 is 10 away, with a deviation of 4:
    Φ(−2.5) = 0.00621; 120 ∓ 1.281552 · 4 = 5.126206.
    """
    row = june(Mean(), HISTORY)
    assert (row.forecast, row.method) == (D(120), "autoets")
    assert (row.forecast_low, row.forecast_high) == (D("114.8738"), D("125.1262"))
    assert row.p_meet == D("0.006210")
    assert "按时间序列模型预计期末 120 万辆" in row.reason_zh
    assert "cumulative-2022-06" in row.basis


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
        def ahead(self, points: Sequence[D], months: int) -> Prediction | None:
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


@pytest.mark.parametrize(
    ("deviation", "threshold", "higher", "odds"),
    [
        ("0", "100", True, D(1)),
        ("0", "101", True, D(0)),
        ("10", "100", False, D("0.5")),
        ("10", None, True, None),
    ],
)
def test_a_normal_distribution(
    deviation: str, threshold: str | None, higher: bool, odds: D | None
) -> None:
    limit = None if threshold is None else D(threshold)
    found = normal(D(100), D(deviation), limit, higher=higher)
    assert found.p_meet == odds
    assert found.low is not None
    assert found.low <= 100
