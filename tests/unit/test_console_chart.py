"""The chart's data: what is drawn, and what is left out."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.alerts.console.catalogue import Catalogue
from services.alerts.console.chart import chart
from services.alerts.console.language import Language
from services.alerts.console.memory import MemoryViews
from services.alerts.console.rows import ValueRow
from tests.console_demo import EXPECTED_2024, VEHICLES_2023, VEHICLES_2024, demo


def _ms(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000)


def _chart(views: MemoryViews, target: str = "vehicles-2024") -> dict[str, Any]:
    row = views.versions(target)[-1]
    names = Catalogue.of(views.snapshot(), Language("zh"))
    values = views.values(row.indicator, row.entity)
    return chart(row, views.assessments(target), values, names)


def test_the_actual_and_expected_lines_are_the_assessments_that_hold() -> None:
    drawn = _chart(demo())
    assert [point["value"] for point in drawn["actual"]] == [float(v) for v in VEHICLES_2024]
    assert [value for _, value in drawn["plan"]] == [float(v) for v in EXPECTED_2024]
    assert drawn["actual"][-1]["at"] == _ms(2024, 6, 30)


def test_last_year_is_laid_on_this_year_also_over_a_29th_of_february() -> None:
    drawn = _chart(demo())
    assert [value for _, value in drawn["last_year"]] == [float(v) for v in VEHICLES_2023]
    assert drawn["last_year"][1][0] == _ms(2024, 2, 29)
    assert drawn["last_year"][-1][0] == _ms(2024, 12, 31)


def test_simulated_points_are_marked_one_by_one() -> None:
    views = demo()
    views.value_rows = [
        replace(row, status="P") if row.period == "2024-03" else row for row in views.value_rows
    ]
    marks = [point["simulated"] for point in _chart(views)["actual"]]
    assert marks == [True, True, False, True, True, True]


def test_the_plan_ahead_has_last_years_shape_and_ends_at_the_goal() -> None:
    ahead = _chart(demo())["ahead"]
    assert ahead[0] == [_ms(2024, 6, 30), 42.31]
    assert ahead[-1] == [_ms(2024, 12, 31), 100.0]
    assert ahead[1] == [_ms(2024, 7, 31), float(Decimal("38.9") * 100 / 78)]


def test_the_plan_ahead_is_straight_where_last_year_is_not_known() -> None:
    views = demo()
    views.value_rows = [row for row in views.value_rows if row.period_end.year == 2024]
    assert [value for _, value in _chart(views)["ahead"]] == [42.31, 100.0]


def test_the_forecast_runs_from_the_last_figure_to_the_end_with_its_interval_if_there_is_one() -> (
    None
):
    views = demo()
    plain = _chart(views)["forecast"]
    assert (plain["from"], plain["low"]) == ([_ms(2024, 6, 30), 27.2], None)
    assert plain["to"][0] == _ms(2024, 12, 31)
    last = views.assessments("vehicles-2024")[-1]
    views.judge(replace(last, forecast_low=Decimal(58), forecast_high=Decimal(70)))
    fan = _chart(views)["forecast"]
    assert (fan["low"], fan["high"]) == (58.0, 70.0)


def test_a_growth_goal_has_no_start_at_nothing_and_no_plan_ahead() -> None:
    drawn = _chart(demo(), "budget-2024")
    assert (drawn["origin"], drawn["ahead"], drawn["unit"]) == (None, [], "%")
    assert drawn["goal"] == 6.0


def test_a_target_without_figures_is_an_empty_chart() -> None:
    drawn = _chart(demo(), "places-2024")
    assert (drawn["actual"], drawn["plan"], drawn["forecast"]) == ([], [], None)
    assert drawn["span"] == [_ms(2024, 1, 1), _ms(2024, 12, 31)]


def test_another_scope_and_another_measure_stay_out() -> None:
    views = demo()
    at = datetime(2024, 1, 10, tzinfo=UTC)
    for scope, measure in (("zone", "cumulative"), ("", "rate")):
        views.value_rows.append(
            ValueRow(
                "vehicle_output",
                "changzhou",
                "2023-06",
                date(2023, 1, 1),
                date(2023, 6, 30),
                measure,
                Decimal(999),
                "万辆",
                "P",
                at,
                scope,
            )
        )
    assert 999.0 not in [value for _, value in _chart(views)["last_year"]]


def test_a_period_value_from_new_year_stands_for_the_year_to_date() -> None:
    views = demo()
    views.value_rows = [
        replace(row, measure="period", period="2023") if row.period == "2023-12" else row
        for row in views.value_rows
    ]
    assert _chart(views)["last_year"][-1][1] == 78.0


def test_a_span_without_a_year_follows_what_was_judged() -> None:
    views = demo()
    views.target_rows = [replace(row, year=None) for row in views.target_rows]
    assert _chart(views)["span"] == [_ms(2024, 1, 1), _ms(2024, 12, 31)]
