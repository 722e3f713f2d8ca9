"""A small year in memory for the console's tests: units, tasks, every lamp, an alert, the books.

The figures are invented for the tests; the series marked G says so on the page too.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas import period
from services.alerts.console.memory import MemoryViews
from services.alerts.console.rows import (
    AlertRow,
    AssessmentRow,
    EntityRow,
    HistoryRow,
    IndicatorRow,
    LedgerRow,
    RejectedRow,
    TargetRow,
    ValueRow,
)

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
START = datetime(2024, 2, 20, 1, tzinfo=UTC)

_INDICATORS = (
    ("vehicle_output", "整车产量", "Vehicle output", "万辆", "cumulative", "czgxj", "新能源之都"),
    (
        "new_energy_output",
        "新能源产值",
        "New-energy output",
        "亿元",
        "cumulative",
        "czgxj",
        "新能源之都",
    ),
    (
        "chargers",
        "公共和专用充电设施",
        "Public and dedicated chargers",
        "个",
        "stock",
        "czfgw",
        "新能源之都",
    ),
    ("gdp", "地区生产总值", "Gross regional product", "亿元", "cumulative", "cztjj", "经济运行"),
    (
        "budget_revenue",
        "一般公共预算收入",
        "General budget revenue",
        "亿元",
        "cumulative",
        "czczj",
        "经济运行",
    ),
    (
        "retail_sales",
        "社会消费品零售总额",
        "Retail sales",
        "亿元",
        "cumulative",
        "czswj",
        "经济运行",
    ),
    ("new_jobs", "城镇新增就业", "New urban employment", "万人", "cumulative", "czrsj", "民生实事"),
    ("school_places", "新增学位", "New school places", "个", "cumulative", "czjyj", "民生实事"),
    ("wetland", "完成生态湿地修复", "Wetland restored", "亩", "cumulative", "czslj", "生态环境"),
    ("energy_use", "单位GDP能耗", "Energy use per unit of GDP", "%", "rate", "czfgw", "生态环境"),
)
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
# target, indicator, entity, goal, value, lamp, actual, expected, pace, zh, en
_STANDING: tuple[tuple[Any, ...], ...] = (
    (
        "new-energy-2024",
        "new_energy_output",
        "changzhou",
        "at_least",
        "8800",
        "yellow",
        "3920",
        "4210",
        0.931,
        "全市新能源产值 1–6月累计 3920 亿元，时序目标 4210 亿元，落后 290 亿元",
        "New-energy output to June is 3,920, 290 behind the expected 4,210",
    ),
    (
        "chargers-2024",
        "chargers",
        "wujin",
        "increase",
        "3500",
        "blue",
        "3620",
        "1740",
        2.08,
        "充电设施新增 3620 个，已达全年目标 3500 个",
        "3,620 chargers added; the year's goal of 3,500 is met",
    ),
    (
        "gdp-2024",
        "gdp",
        "changzhou",
        "growth",
        "6.5",
        "yellow",
        "6.1",
        "6.5",
        None,
        "地区生产总值上半年增长 6.1%，目标 6.5%，落后 0.4 个百分点",
        "GDP grew 6.1 % in the first half, 0.4 points below 6.5 %",
    ),
    (
        "budget-2024",
        "budget_revenue",
        "changzhou",
        "growth",
        "6",
        "red",
        "2.6",
        "6",
        None,
        "一般公共预算收入上半年增长 2.6%，目标 6%，落后 3.4 个百分点",
        "Budget revenue grew 2.6 %, 3.4 points below 6 %",
    ),
    (
        "retail-2024",
        "retail_sales",
        "wujin",
        "growth",
        "6",
        "green",
        "6.3",
        "6",
        None,
        "社会消费品零售总额增长 6.3%，目标 6%，领先 0.3 个百分点",
        "Retail sales grew 6.3 %, 0.3 points above 6 %",
    ),
    (
        "jobs-2024",
        "new_jobs",
        "wujin",
        "at_least",
        "2.6",
        "green",
        "1.42",
        "1.29",
        1.1008,
        "城镇新增就业 1–6月累计 1.42 万人，时序目标 1.29 万人，领先 0.13 万人",
        "1.42 to June, 0.13 ahead of the expected 1.29",
    ),
    (
        "places-2024",
        "school_places",
        "wujin",
        "at_least",
        "8190",
        "grey",
        None,
        None,
        None,
        "尚无数据",
        "No figure has arrived yet",
    ),
    (
        "wetland-2024",
        "wetland",
        "wujin",
        "at_least",
        "500",
        "green",
        "260",
        "248.6",
        1.0459,
        "生态湿地修复 260 亩，时序目标 248.6 亩，领先 11.4 亩",
        "260 restored, 11.4 ahead of 248.6",
    ),
    (
        "energy-2024",
        "energy_use",
        "wujin",
        "assigned",
        None,
        "grey",
        None,
        None,
        None,
        "等待上级下达目标",
        "The superior's target has not arrived",
    ),
)


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


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


def _standing(number: int, given: tuple[Any, ...]) -> tuple[TargetRow, AssessmentRow]:
    target, indicator, entity, goal, value, lamp, actual, expected, pace, zh, en = given
    owner = next(row[5] for row in _INDICATORS if row[0] == indicator)
    reason = {"grey": "no_data", "blue": "met", "green": "on_pace"}.get(lamp, "behind")
    made, due = _exact(actual), _exact(expected)
    judged = made is not None
    at = START + timedelta(days=140 + number)
    row = TargetRow(
        target,
        1,
        indicator,
        entity,
        goal,
        "linear_days",
        "standard",
        date(2024, 1, 1),
        2024,
        goal_value=_exact(value),
        lead=owner,
        supervisor="czzfb",
        approved_by="区人代会",
    )
    return row, AssessmentRow(
        target,
        1,
        indicator,
        entity,
        "2024-06" if judged else "",
        lamp,
        "standard",
        "awaiting_target" if goal == "assigned" else reason,
        zh,
        en,
        at,
        period_end=date(2024, 6, 30) if judged else None,
        as_of=at if judged else None,
        actual=made,
        expected=due,
        gap=None if made is None or due is None else made - due,
        pace=pace,
        basis=(f"{indicator}-2024-06",) if judged else (),
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
        for i, zh, en, unit, measure, owner, tree in _INDICATORS
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
    for number, given in enumerate(_STANDING):
        target, assessment = _standing(number, given)
        views.target_rows.append(target)
        views.assessment_rows.append(assessment)
    _vehicles(views)
    _alert(views)
    _books(views)
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


def _alert(views: MemoryViews) -> None:
    opened = START + timedelta(days=30)
    views.alert_rows = [
        AlertRow(
            "behind.vehicles-2024.1",
            "vehicles-2024",
            "vehicle_output",
            "changzhou",
            "behind",
            "open",
            "red",
            "high",
            opened,
            "2024-02",
            "2024-06",
            Decimal("-15.11"),
            "czgxj",
            ("czfgw", "czswj"),
            "czzfb",
            date(2024, 7, 31),
        ),
        AlertRow(
            "behind.budget-2024.1",
            "budget-2024",
            "budget_revenue",
            "changzhou",
            "behind",
            "dispatched",
            "red",
            "high",
            opened + timedelta(days=60),
            "2024-03",
            "2024-06",
            Decimal("-3.4"),
            "czczj",
            (),
            "czzfb",
            date(2024, 6, 30),
            True,
        ),
        AlertRow(
            "behind.jobs-2024.1",
            "jobs-2024",
            "new_jobs",
            "wujin",
            "behind",
            "closed",
            "green",
            "medium",
            opened,
            "2024-02",
            "2024-04",
            Decimal("0.02"),
            "czrsj",
            closed_at=opened + timedelta(days=70),
        ),
    ]
    views.history_rows = [
        HistoryRow(
            "behind.vehicles-2024.1",
            1,
            "open",
            "behind",
            "data",
            opened,
            ("nev-2024-02",),
            "",
            "2024-02",
            "red",
        ),
        HistoryRow(
            "behind.vehicles-2024.1",
            2,
            "open",
            "still_behind",
            "data",
            opened + timedelta(days=30),
            ("nev-2024-03",),
            "",
            "2024-03",
            "red",
        ),
        HistoryRow(
            "behind.budget-2024.1", 1, "open", "behind", "data", opened + timedelta(days=60)
        ),
        HistoryRow("behind.jobs-2024.1", 1, "open", "behind", "data", opened),
        HistoryRow("behind.jobs-2024.1", 2, "closed", "cured", "data", opened + timedelta(days=70)),
    ]


def _books(views: MemoryViews) -> None:
    views.ledger_rows = [
        LedgerRow("czgxj", date(2024, 7, 10), 18, 15, 2, 1, 15, 0),
        LedgerRow("cztjj", date(2024, 7, 10), 6, 6, 0, 0, 5, 1),
    ]
    views.rejected_rows = [
        RejectedRow(
            "r-1",
            "czgxj",
            START,
            "unit_mismatch",
            "data.unit",
            "单位 亿元 与指标的 万辆 不是一类",
            "rejected",
            '{"id":"nev-2024-07","data":{"unit":"亿元","note":"<script>alert(1)</script>"}}',
            "The unit 亿元 is not of the kind of 万辆",
            "nev-2024-07",
        )
    ]


def next_month(views: MemoryViews, lamp: str = "yellow") -> None:
    """The July figure arrives: the vehicle target is judged anew."""
    views.value_rows.append(_value("vehicle_output", "2024-07", "45.9", "G"))
    views.judge(vehicles(7, "45.9", "49.87", lamp, START + timedelta(days=180)))
