"""The trajectory chart of a target as data: plan, last year, actual, forecast. Pure.

A point is [milliseconds since 1970 of the day, value]; the page draws, this module decides.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.alerts.console.catalogue import Catalogue, judges_rate
from services.alerts.console.rows import AssessmentRow, TargetRow, ValueRow

Point = list[float]
SIMULATED = "G"


def span_of(target: TargetRow, rows: Iterable[AssessmentRow]) -> tuple[date, date]:
    """First and last day of the target: its year, else the years that were judged."""
    if target.year is not None:
        return date(target.year, 1, 1), date(target.year, 12, 31)
    ends = [row.period_end for row in rows if row.period_end] or [target.effective_from]
    return date(min(ends).year, 1, 1), date(max(ends).year, 12, 31)


def measure_of(target: TargetRow, names: Catalogue) -> str:
    """The measure that the target judges: a rate, a level, or the year to date."""
    if judges_rate(target):
        return "rate"
    row = names.indicators.get(target.indicator)
    measure = row.measure if row else "cumulative"
    return measure if measure in {"rate", "stock"} else "cumulative"


def level_at(values: Iterable[ValueRow], target: TargetRow, measure: str) -> dict[date, ValueRow]:
    """The series' value at each end, under the target's scope.

    A period value that begins on 1 January is also the year-to-date at its end.
    """
    found: dict[date, ValueRow] = {}
    for row in values:
        if row.scope != target.scope or row.value is None:
            continue
        whole = row.measure == "period" and (row.period_start.month, row.period_start.day) == (1, 1)
        if row.measure == measure or (whole and measure == "cumulative"):
            kept = found.get(row.period_end)
            if kept is None or kept.measure != measure:
                found[row.period_end] = row
    return found


def chart(
    target: TargetRow, rows: list[AssessmentRow], values: list[ValueRow], names: Catalogue
) -> dict[str, Any]:
    """All that the page needs to draw."""
    language = names.language
    held = [row for row in rows if not row.superseded and row.period_end]
    start, end = span_of(target, held)
    measure = measure_of(target, names)
    levels = level_at(values, target, measure)
    last_year = {_a_year_on(day): row for day, row in levels.items() if day.year == start.year - 1}
    plan = [(row.period_end, row.expected) for row in held if row.period_end and row.expected]
    ahead = _ahead(target, held, plan, last_year, end, measure)
    actual = [
        {
            "at": _ms(row.period_end),
            "value": float(row.actual),
            "lamp": row.lamp,
            "simulated": _is_simulated(levels.get(row.period_end)),
        }
        for row in held
        if row.period_end and row.actual is not None
    ]
    return {
        "title": names.indicator(target.indicator),
        "entity": names.entity(target.entity),
        "unit": names.unit_of(target),
        "span": [_ms(start), _ms(end)],
        # A flow begins the span at nothing; a level or a rate has no such point.
        "origin": [_ms(start), 0.0] if measure == "cumulative" else None,
        "plan": _points(plan),
        "ahead": _points(ahead),
        "last_year": _points((day, row.value) for day, row in sorted(last_year.items())),
        "last_year_simulated": any(_is_simulated(row) for row in last_year.values()),
        "actual": actual,
        "actual_simulated": any(point["simulated"] for point in actual),
        "forecast": _forecast(held, end),
        "goal": None if target.goal_value is None else float(target.goal_value),
        "words": {
            "plan": language("chart.plan"),
            "ahead": language("chart.plan_ahead"),
            "last_year": language("chart.last_year"),
            "actual": language("chart.actual"),
            "forecast": language("chart.forecast"),
            "band": language("chart.band"),
            "goal": language("chart.goal", goal=names.goal(target)),
            "simulated": language("chart.simulated"),
            "none": language("chart.none"),
            "month": language.code,
        },
    }


def _ahead(
    target: TargetRow,
    held: list[AssessmentRow],
    plan: list[tuple[date, Decimal]],
    last_year: dict[date, ValueRow],
    end: date,
    measure: str,
) -> list[tuple[date, Decimal]]:
    """The plan from the last judged end to the goal: last year's shape where that was the
    trajectory, else straight. Drawn for the eye; what counts is judged by the worker."""
    goal = target.goal_value
    if goal is None or measure == "rate" or not plan or plan[-1][0] >= end:
        return []
    whole = last_year.get(end)
    line = [plan[-1]]
    if held[-1].trajectory_used == "last_year_profile" and whole is not None and whole.value:
        line += [
            (day, goal * row.value / whole.value)
            for day, row in sorted(last_year.items())
            if plan[-1][0] < day < end and row.value is not None
        ]
    return [*line, (end, goal)]


def _forecast(held: list[AssessmentRow], end: date) -> dict[str, Any] | None:
    last = next((row for row in reversed(held) if row.actual is not None), None)
    if last is None or last.forecast is None or last.actual is None or last.period_end is None:
        return None
    if last.period_end >= end:
        return None
    both = last.forecast_low is not None and last.forecast_high is not None
    return {
        "from": [_ms(last.period_end), float(last.actual)],
        "to": [_ms(end), float(last.forecast)],
        "low": float(last.forecast_low) if both and last.forecast_low is not None else None,
        "high": float(last.forecast_high) if both and last.forecast_high is not None else None,
    }


def _is_simulated(row: ValueRow | None) -> bool:
    return row is not None and row.status == SIMULATED


def _points(pairs: Iterable[tuple[date | None, Decimal | None]]) -> list[Point]:
    return [[_ms(day), float(value)] for day, value in pairs if day and value is not None]


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _a_year_on(day: date) -> date:
    # The end of a month stays the end of that month, also of February.
    after = day + timedelta(days=1)
    leap = (after.month, after.day) == (2, 29)
    moved = date(day.year + 1, 3, 1) if leap else after.replace(year=after.year + 1)
    return moved - timedelta(days=1)
