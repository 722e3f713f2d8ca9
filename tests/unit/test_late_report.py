"""A period's first figure is due a number of days after its end, on a working day."""

from datetime import timedelta

import pytest

from tests.unit.finding_told import FIRST, Told, found, short


def on(month: int, day: int, hour: float = 10) -> float:
    """Days from the first moment of the tests to a time of day in Shanghai in 2024."""
    moment = FIRST.replace(month=month, day=day) - timedelta(hours=8 - hour)
    return (moment - FIRST) / timedelta(days=1)


@pytest.mark.parametrize(
    ("month", "day", "hour", "late"),
    [(7, 20, 10, False), (7, 22, 23.9, False), (7, 23, 0.1, True), (8, 30, 9, True)],
)
def test_it_is_due_on_the_next_working_day_until_midnight_in_shanghai(
    month: int, day: int, hour: float, late: bool
) -> None:
    # 20 July 2024 was a Saturday.
    told = Told("2024-06", "41.5", "cumulative", on(month, day, hour))
    expected = [("late_report", "2024-06", "open")] if late else []
    assert short(told, due_days=20) == expected


def test_the_finding_says_when_it_was_due() -> None:
    (one,) = found(Told("2024-06", "41.5", "cumulative", on(7, 25)), due_days=20)
    assert "应于 2024-07-22 前报送，2024-07-25 才发布，迟 3 天" in one.detail_zh
    assert (one.at, one.event_ids) == (FIRST + timedelta(days=on(7, 25)), ["e-0"])


def test_of_several_figures_of_one_end_the_first_counts() -> None:
    told = [
        Told("2024-06", "41.5", "cumulative", on(7, 10)),
        Told("2024-Q2", "12", "period", on(8, 30)),
        Told("2024-06", "41.6", "cumulative", on(9, 30)),
    ]
    assert short(*told, due_days=20) == []
    assert short(*told[1:], due_days=20) == [("late_report", "2024-Q2", "open")]


def test_a_late_figure_taken_back_was_no_report() -> None:
    late = Told("2024-06", "41.5", "cumulative", on(7, 25))
    gone = Told("2024-06", None, "cumulative", on(7, 26))
    assert short(late, gone, due_days=20) == [("late_report", "2024-06", "corrected")]


def test_a_forecast_is_no_report_and_without_due_days_nothing_is_late() -> None:
    forecast = Told("2024-06", "40", "cumulative", on(5, 1), "F")
    late = Told("2024-06", "41.5", "cumulative", on(7, 25))
    assert short(forecast, due_days=20) == []
    assert short(late) == []
