"""Examples of docs/judgement.md, part 2: what a target can say."""

from typing import Any

from tests.unit.judgement.told import (
    CHARGERS,
    CITY,
    COAL,
    DELIVERIES,
    DISTRICT,
    GDP,
    MAKER,
    SHARE,
    Example,
    beside,
    rate,
    stock,
    told,
)
from tests.unit.judging import at_least, fact, moment, stage, target

_TRADE = ("进出口总额", "Imports and exports")
_INCOME = ("居民人均可支配收入", "Disposable income per head")
_PEERS = (
    beside(("新北区", "Xinbei"), "xinbei", fact("2024-06", "3.6"), named=_INCOME, unit="万元"),
    beside(("天宁区", "Tianning"), "tianning", fact("2024-06", "3.3"), named=_INCOME, unit="万元"),
)


def _compared(kind: str, indicator: str, entity: str, **more: str) -> dict[str, Any]:
    other = {"indicator": indicator, "entity": entity}
    return {"kind": kind, "of": "growth", "other": other} | more


def _first_of(*peers: str, known: Any = ()) -> Example:
    """The district is to be the first of them."""
    goal = {"kind": "rank", "at_most": 1, "among": list(peers)}
    facts, others = [fact("2024-06", "3.4")], {"comparands": known}
    return told(facts, target(goal), of=DISTRICT, named=_INCOME, unit="万元", beside=others)


def _looked_at(day: str) -> Example:
    """A project that is being built and is to produce by the end of the year."""
    goal = {"kind": "milestone", "name": "理想三基地投产", "due": "2024-12-31"}
    goal |= {"project": "base", "stage": "producing"}
    projects = (stage("building", "2023-11-01", "2023-11-05"),)
    return told(
        [],
        target(goal),
        of=DISTRICT,
        named=("重大项目", "Major projects"),
        at=moment(day),
        beside={"projects": projects},
    )


GOALS = {
    "at_least": told(
        [fact("2024-06", "188981")],
        target(at_least("560000")),
        of=MAKER,
        named=DELIVERIES,
        unit="辆",
        frequency="quarter",
    ),
    "at_most": told(
        [fact("2024-06", "31")],
        target({"kind": "at_most", "value": "60"}),
        named=COAL,
        unit="万吨",
        direction="lower",
    ),
    "increase": told(
        [stock("2023-12", "12000"), stock("2024-06", "14000")],
        target({"kind": "increase", "value": "3500"}),
        named=CHARGERS,
        unit="台",
        measure="stock",
    ),
    "growth": told(
        [rate("2024-H1", "6.1")],
        target({"kind": "growth", "percent": "6.5", "tolerance": "0.5"}),
        of=DISTRICT,
        named=GDP,
        unit="亿元",
        levels_comparable=False,
    ),
    "above": told(
        [rate("2024-H1", "7.2")],
        target(_compared("above", "vehicle_output", "city")),
        of=DISTRICT,
        named=_TRADE,
        beside={"comparands": (beside(CITY, "city", rate("2024-H1", "6.8"), named=_TRADE),)},
    ),
    "in_sync": told(
        [rate("2024-H1", "5.8")],
        target(_compared("in_sync", "gdp", "wujin", tolerance="0.5")),
        of=DISTRICT,
        named=_INCOME,
        beside={
            "comparands": (
                beside(DISTRICT, "wujin", rate("2024-H1", "6.1"), named=GDP, indicator="gdp"),
            )
        },
    ),
    "not_below_last": told(
        [rate("2024-H1", "31.8"), rate("2023-H1", "31.9")],
        target({"kind": "not_below_last", "versus": "same_period_last_year"}),
        of=DISTRICT,
        named=SHARE,
        unit="%",
        measure="rate",
    ),
    "keep_falling": told(
        [fact("2024-06", "12"), fact("2023-06", "12")],
        target({"kind": "keep_falling"}),
        of=DISTRICT,
        named=("生产安全事故起数", "Accidents at work"),
        unit="起",
        direction="lower",
    ),
    "rank": _first_of("xinbei", "tianning", known=_PEERS),
    "no_comparison": _first_of("xinbei"),
    "milestone": _looked_at("2024-12-10"),
    "not_due": _looked_at("2024-07-01"),
    "assigned": told(
        [], target({"kind": "assigned", "from": "czfgw"}), of=DISTRICT, named=COAL, unit="万吨"
    ),
}
