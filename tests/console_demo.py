"""A small year in memory for the console's tests: units, tasks, every lamp, an alert, the books.

The figures are invented for the tests; the series marked G says so on the page too.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from schemas import period
from services.alerts.console.memory import MemoryViews
from services.alerts.console.rows import (
    AssessmentRow,
    EntityRow,
    IndicatorRow,
    TargetRow,
    ValueRow,
)
from tests.console_loop import put_alerts, put_books
from tests.console_targets import INDICATORS, STANDING, START, standing

VEHICLES_2023 = (
    "4.1",
    "8.6",
    "15.2",
    "20.4",
    "26.1",
    "33",
    "38.9",
    "45.2",
    "52.6",
    "60",
    "68.3",
    "78",
)
VEHICLES_2024 = ("3.2", "6.9", "11.8", "16.1", "21.3", "27.2")
EXPECTED_2024 = ("5.26", "11.03", "19.49", "26.15", "33.46", "42.31")

_ENTITIES = (
    ("changzhou", "city", "常州市", "Changzhou"),
    ("wujin", "district", "武进区", "Wujin"),
    ("czgxj", "department", "市工信局", "Industry bureau"),
    ("czfgw", "department", "市发改委", "Development commission"),
    ("cztjj", "department", "市统计局", "Statistics bureau"),
    ("czczj", "department", "市财政局", "Finance bureau"),
    ("czswj", "department", "市商务局", "Commerce bureau"),
    ("czrsj", "department", "市人社局", "Labour bureau"),
    ("czjyj", "department", "市教育局", "Education bureau"),
    ("czslj", "department", "市水利局", "Water bureau"),
    ("czzfb", "department", "市政府办", "City government office"),
)


def vehicles(month: int, actual: str, expected: str, lamp: str, at: datetime) -> AssessmentRow:
    """The assessment of the vehicle target at the end of a month of 2024."""
    name = f"2024-{month:02d}"
    made, due = Decimal(actual), Decimal(expected)
    forecast = round(made / (due / 100), 4)
    behind = lamp in {"red", "yellow"}
    word = "落后" if behind else "领先"
    return AssessmentRow(
        target="vehicles-2024",
        version=1,
        indicator="vehicle_output",
        entity="changzhou",
        period=name,
        period_end=period.parse(name).end,
        lamp=lamp,
        scheme="standard",
        reason="behind" if behind else "on_pace",
        reason_zh=f"全市整车产量 1–{month}月累计 {made} 万辆，时序目标 {due} 万辆，"
        f"{word} {abs(made - due)} 万辆；按去年进度预计全年 {forecast:.1f} 万辆，"
        f"剩余月份需月均 {(100 - made) / (12 - month):.1f} 万辆",
        reason_en=f"Vehicle output to month {month}: {made} of {due} expected; "
        f"by last year's profile {forecast:.1f} at the end of the year",
        assessed_at=at,
        as_of=at,
        actual=made,
        expected=due,
        gap=made - due,
        pace=float(made / due),
        required_rate=round((100 - made) / (12 - month), 4),
        forecast=forecast,
        method="profile",
        trajectory_used="last_year_profile",
        basis=tuple(f"nev-2024-{n:02d}" for n in range(1, month + 1)),
    )


def _value(indicator: str, name: str, value: str, status: str) -> ValueRow:
    span = period.parse(name)
    return ValueRow(
        indicator,
        "changzhou",
        name,
        date(span.start.year, 1, 1),
        span.end,
        "cumulative",
        Decimal(value),
        "万辆",
        status,
        START,
    )


def demo() -> MemoryViews:
    """The views, filled."""
    views = MemoryViews()
    views.indicators = [
        IndicatorRow(
            i, zh, en, unit, measure, "higher", owner, "month", tree, "按月报送的年度累计数。"
        )
        for i, zh, en, unit, measure, owner, tree in INDICATORS
    ]
    views.entities = [EntityRow(*row) for row in _ENTITIES]
    whole = TargetRow(
        "vehicles-2024",
        1,
        "vehicle_output",
        "changzhou",
        "at_least",
        "last_year_profile",
        "standard",
        date(2024, 1, 1),
        2024,
        goal_value=Decimal(100),
        lead="czgxj",
        responsible=("czfgw", "czswj"),
        supervisor="czzfb",
        approved_by="市人代会",
    )
    views.target_rows = [whole]
    for number, given in enumerate(STANDING):
        target, assessment = standing(number, given)
        views.target_rows.append(target)
        views.assessment_rows.append(assessment)
    _vehicles(views)
    put_alerts(views)
    put_books(views)
    return views


def _vehicles(views: MemoryViews) -> None:
    pairs = zip(VEHICLES_2024, EXPECTED_2024, strict=True)
    for month, (actual, expected) in enumerate(pairs, 1):
        lamp = "grey" if month == 1 else "red"
        at = START + timedelta(days=30 * (month - 1))
        row = vehicles(month, actual, expected, lamp, at)
        views.judge(replace(row, reason="jan_feb", forecast=None) if month == 1 else row)
    first = vehicles(6, "27.9", "42.31", "red", START + timedelta(days=148))
    views.assessment_rows.append(replace(first, superseded=True))
    for year, values in ((2023, VEHICLES_2023), (2024, VEHICLES_2024)):
        for month, value in enumerate(values, 1):
            views.value_rows.append(_value("vehicle_output", f"{year}-{month:02d}", value, "G"))


def next_month(views: MemoryViews, lamp: str = "yellow") -> None:
    """The July figure arrives: the vehicle target is judged anew."""
    views.value_rows.append(_value("vehicle_output", "2024-07", "45.9", "G"))
    views.judge(vehicles(7, "45.9", "49.87", lamp, START + timedelta(days=180)))
