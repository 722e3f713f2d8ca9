"""Targets of the console's small year as they stand: every lamp, judged once each."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.alerts.console.rows import (
    AssessmentRow,
    TargetRow,
)

START = datetime(2024, 2, 20, 1, tzinfo=UTC)
INDICATORS = (
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


# target, indicator, entity, goal, value, lamp, actual, expected, pace, zh, en
STANDING: tuple[tuple[Any, ...], ...] = (
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


def standing(number: int, given: tuple[Any, ...]) -> tuple[TargetRow, AssessmentRow]:
    """A line of STANDING as a target and how it is judged."""
    target, indicator, entity, goal, value, lamp, actual, expected, pace, zh, en = given
    owner = next(row[5] for row in INDICATORS if row[0] == indicator)
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
