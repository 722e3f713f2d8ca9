"""What is counted of projects and chargers at each month end, as known at a moment.

Rules: DOMAIN §1, CONTRACT "A derived indicator exists for …", docs/decisions/0013.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from schemas.period import month_end
from tests.machine import chargers, projects
from tests.machine.door import Arrival
from tests.machine.figures import Fact, Key, Series, new_year
from tests.machine.plan import indicator

_GREAT = [
    {"value": "10000000000", "currency": "CNY"},
    {"value": "1000000000", "currency": "USD"},
]
_SMALL = [{"value": "100", "currency": "CNY"}]
_FORMULAS: dict[str, tuple[str, dict[str, Any]]] = {
    "@signed": ("cumulative", {"kind": "count_projects", "where": {"stage": "signed"}}),
    "@great": (
        "cumulative",
        {"kind": "count_projects", "where": {"stage": "registered", "at_least": _GREAT}},
    ),
    "@small": (
        "cumulative",
        {"kind": "count_projects", "where": {"stage": "signed", "below": _SMALL}},
    ),
    "@progress": ("rate", {"kind": "investment_progress", "where": {}}),
    "@new": ("cumulative", {"kind": "count_chargers", "use": ["public"], "since": "year"}),
    "@there": ("stock", {"kind": "count_chargers", "use": ["public", "dedicated"]}),
}
KINDS = ("count_projects", "investment_progress", "count_chargers")
_SHANGHAI = ZoneInfo("Asia/Shanghai")
Amounts = tuple[Decimal, ...]
Count = Callable[[date], Amounts]


def definitions() -> list[dict[str, Any]]:
    """Indicators that count."""
    return [
        indicator(name, measure, formula=formula, unit="%" if measure == "rate" else "个")
        for name, (measure, formula) in _FORMULAS.items()
    ]


def answers(
    records: Iterable[Arrival],
    definition: dict[str, Any],
    series: Series,
    parents: dict[str, str | None],
    at: datetime,
) -> dict[Key, Fact | str]:
    """By figure of one entity, with all below it: what was counted, or why it says nothing."""
    known = [each for each in records if each.sent.recorded <= at]
    inside = {entity for entity in parents if series[1] in _upwards(entity, parents)}
    days, count = _COUNTS[definition["formula"]["kind"]](known, definition["formula"], inside)
    found: dict[Key, Fact | str] = {}
    for end in _month_ends(days):
        key = _key(definition["measure"], end)
        amounts = count(end)
        value = _progress(amounts) if len(amounts) > 1 else amounts[0]
        if isinstance(value, str):
            found[key] = value
        else:
            # What it rests on is compared only: any change of the count is a vintage.
            basis = (("", ", ".join(map(str, amounts))),)
            found[key] = Fact(key, value, "A", at, (-1, -1), basis, at)
    return found


def _upwards(entity: str, parents: dict[str, str | None]) -> set[str]:
    above = parents.get(entity)
    return {entity} if above is None else {entity} | _upwards(above, parents)


def _month_ends(days: Iterable[date]) -> list[date]:
    """From the first to the newest month of each year with an event."""
    months: dict[int, set[int]] = defaultdict(set)
    for day in days:
        months[day.year].add(day.month)
    return [
        month_end(date(year, month, 1))
        for year, there in months.items()
        for month in range(min(there), max(there) + 1)
    ]


def _key(measure: str, end: date) -> Key:
    return Key("", measure, end if measure == "stock" else new_year(end), end)


def _progress(amounts: Amounts) -> Decimal | str:
    invested, plan, of_cny, of_usd = amounts
    if plan == 0:
        return "no_plan"
    if of_cny and of_usd:
        return "currency_differs"
    with localcontext() as context:
        context.prec = 60
        return invested * 100 / plan


def _projects(
    known: list[Arrival], formula: dict[str, Any], inside: set[str]
) -> tuple[list[date], Count]:
    where = formula["where"]
    told = projects.told(known)
    days = [
        date.fromisoformat(each.sent.data["on"])
        for states in told
        for each in states
        if each.sent.data["entity"] in inside
    ]
    since = [
        projects.reached(states, where["stage"])
        for states in told
        if _belongs(states[-1].sent.data, where, inside)
    ]

    def count(end: date) -> Amounts:
        return (Decimal(sum(day is not None and new_year(end) <= day <= end for day in since)),)

    return days, count


def _investment(
    known: list[Arrival], formula: dict[str, Any], inside: set[str]
) -> tuple[list[date], Count]:
    """Of the year in which it was recorded, from that day on until something else was."""
    told = projects.told(known)
    days = [_day(each) for states in told for each in states if each.sent.data["entity"] in inside]

    def count(end: date) -> Amounts:
        total = [Decimal(0)] * 4
        for states in told:
            then = [each for each in states if new_year(end) <= _day(each) <= end]
            if then and _belongs(data := then[-1].sent.data, formula["where"], inside):
                total[0] += Decimal(data.get("invested", 0))
                total[1] += Decimal(data.get("plan_year_investment", 0))
                total[2 if data["amount"]["currency"] == "CNY" else 3] += 1
        return tuple(total)

    return days, count


def _day(each: Arrival) -> date:
    return each.sent.recorded.astimezone(_SHANGHAI).date()


def _belongs(data: dict[str, Any], where: dict[str, Any], inside: set[str]) -> bool:
    """Either currency will do, and neither is converted."""
    limits = where.get("at_least", [])
    return (
        data["stage"] != "cancelled"
        and data["entity"] in inside
        and (not limits or any(_reaches(data, limit) for limit in limits))
        and not any(_reaches(data, limit) for limit in where.get("below", []))
    )


def _reaches(data: dict[str, Any], limit: dict[str, str]) -> bool:
    amount = data["amount"]
    enough = Decimal(amount["value"]) >= Decimal(limit["value"])
    return bool(amount["currency"] == limit["currency"] and enough)


def _chargers(
    known: list[Arrival], formula: dict[str, Any], inside: set[str]
) -> tuple[list[date], Count]:
    told = chargers.told(known)
    days = [chargers.day_of(s) for states in told for s in states if s["entity"] in inside]

    def counts(state: dict[str, Any]) -> bool:
        return state["entity"] in inside and state["use"] in formula["use"]

    def new(end: date) -> Amounts:
        since = [
            chargers.commissioned(states)[0]
            for states in told
            if counts(states[-1]) and states[-1]["stage"] in ("in_service", "closed", "removed")
        ]
        return (Decimal(sum(day is not None and new_year(end) <= day <= end for day in since)),)

    def in_service(end: date) -> Amounts:
        there = [_last(chargers.at_end_of(states, end)) for states in told]
        serving = [state for state in there if state and state["stage"] == "in_service"]
        return (Decimal(sum(map(counts, serving))),)

    return days, new if formula.get("since") == "year" else in_service


def _last(states: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return states[-1] if states else None


_COUNTS: dict[str, Callable[..., tuple[list[date], Count]]] = {
    "count_projects": _projects,
    "investment_progress": _investment,
    "count_chargers": _chargers,
}
