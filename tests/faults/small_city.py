"""A year of a small city as steps: figures, targets, corrections, operators, the clock.

Every alert there is opens, moves and ends for some reason: cured, withdrawn by a correction, closed
with its target, reopened, overtaken, escalated, late. The year is 2024, and whatever hangs on the
clock lies in the year after the newest tick that the stack gives itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.builders import defined, observed, raw_event, target

CITY = "small-city"
DISTRICTS = ("north", "south", "east", "west")
NEXT = datetime.now(UTC).year + 1


@dataclass(frozen=True)
class Push:
    """One request through the front door."""

    events: tuple[bytes, ...]


@dataclass(frozen=True)
class Ask:
    """An operator's command; its id tells it from all others."""

    command_id: str
    alert: str
    action: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """A new day begins for everything."""

    at: datetime


@dataclass(frozen=True)
class Hour:
    """The hour at which this alert, of this series, has waited for a day."""

    alert: str
    indicator: str
    entity: str


Step = Push | Ask | Day | Hour

# Year-to-date of 2024 by month; each district's goal is 120 by the end of the year, month by month.
_OUTPUT = {
    "north": (10.5, 21, 31.5, 42, 52.5, 63, 73.5, 84, 94.5, 105, 115.5, 126),
    "south": (10, 20, 27, 35, 46, 61, 71, 78, 92, 102, 112, 121),
    "east": (10, 20, 20, 41, 51, 61, 58, 78, 88, 98, 104, 110),
    "west": (8, 15, 20, 27, 35, 44, 520, 60, 68, 76, 84, 92),
}
# Last year the north did most of its year in spring, so that its forecast is worse than its pace.
_LAST_YEAR = (15, 30, 45, 60, 75, 90, 95, 100, 105, 110, 115, 120)
_CORRECTED = {
    3: (("east", 3, 31),),  # it never was behind
    8: (("east", 7, 68), ("west", 7, 52)),  # behind all the same, and a slip of ten
    10: (("north", 9, 80),),  # it was not as well as it looked
    11: (("north", 9, 94.5),),  # and was, after all
}
_GROWTH = {
    CITY: (7, 6.4, 5.5, 4, 6.6, 6.5, 7, 7.2, 6, 6.5, 6.6, 6.6),
    "north": (7.5, 6.4, 5.6, 5, 6.5, 6.6, 6.9, 7.3, 6.2, 6.4, 6.7, 6.6),
}
_CHARGERS = (1000, 1012, 1020, 1018, 1030, 1045, 1050, 1061, 1075, 1090, 1100, 1115)
_EMISSIONS = (4, 9, 15, 22, 28, 33, 37, 40, 44, 49, 55, 61)
_ENERGY = (50, 49, 51, 48)


def _figure(
    series: tuple[str, str],
    measure: str,
    period: str,
    value: object,
    published: date,
    **changed: Any,
) -> bytes:
    indicator, entity = series
    said = {"unit": _UNITS.get(indicator, "亿元"), "measure": measure} | changed
    return observed(
        str(value),
        period,
        indicator=indicator,
        entity=entity,
        id=f"{indicator}-{entity}-{measure}-{period}-{published}",
        time=f"{published}T09:00:00+08:00",
        **said,
    )


_UNITS = {"chargers": "个", "emissions": "万吨", "energy": "吨", "beds": "张"}
_MEASURES = {"chargers": "stock", "energy": "stock", "beds": "stock"}


def _definitions() -> Iterator[bytes]:
    for name in ("output", "chargers", "emissions", "energy", "beds"):
        lower = {"direction": "lower"} if name in ("emissions", "energy") else {}
        yield defined(
            indicator=name,
            name_zh=name,
            name_en=name,
            unit=_UNITS.get(name, "亿元"),
            measure=_MEASURES.get(name, "cumulative"),
            frequency="quarter" if name == "energy" else "month",
            due_days=10,
            **lower,
        )
    places = {CITY: "city"} | dict.fromkeys(DISTRICTS, "district")
    for entity, kind in places.items():
        above = {"parent": CITY} if kind == "district" else {}
        data = {"entity": entity, "kind": kind, "name_zh": entity} | above
        yield raw_event("entity.defined", data, id=f"def-{entity}")


def _set(name: str, series: tuple[str, str], goal: dict[str, Any], **changed: Any) -> bytes:
    indicator, entity = series
    months = {"trajectory": {"kind": "linear_months"}}
    named = {"target": name, "indicator": indicator, "entity": entity, "goal": goal}
    told = {"supervisor": "watch", "responsible": ["south"]}
    return target(**(months | named | told | changed))


def _targets() -> Iterator[bytes]:
    for district in DISTRICTS:
        yield _set(district, ("output", district), {"kind": "at_least", "value": "120"})
    growth, whole = ("output", CITY), {"indicator": "output", "entity": CITY}
    yield _set("growth", growth, {"kind": "growth", "percent": "6.5", "tolerance": "0.5"})
    yield _set("above", ("output", "north"), {"kind": "above", "other": whole, "of": "growth"})
    near = {"kind": "in_sync", "other": whole, "of": "growth", "tolerance": "0.1"}
    yield _set("in-sync", ("output", "north"), near)
    yield _set("first", ("output", "north"), {"kind": "rank", "at_most": 1})
    yield _set("more", ("chargers", CITY), {"kind": "increase", "value": "120"})
    rising = {"kind": "not_below_last", "versus": "previous"}
    yield _set("rising", ("chargers", CITY), rising)
    yield _set("air", ("emissions", CITY), {"kind": "at_most", "value": "60"})
    yield _set("dropped", ("emissions", CITY), {"kind": "at_most", "value": "30"})
    yield _set("energy", ("energy", CITY), {"kind": "keep_falling"})
    yield _set("handed-down", ("chargers", CITY), {"kind": "assigned", "from": "province"})
    for name, due in (("bridge", "2024-09-30"), ("tunnel", f"{NEXT}-05-20")):
        goal = {"kind": "milestone", "name": name, "due": due, "project": name}
        yield _set(name, ("output", CITY), goal, year=int(due[:4]))
    yield _set("beds", ("beds", CITY), {"kind": "at_least", "value": "900"}, year=NEXT)


def _built(name: str, stage: str, on: str, published: str) -> bytes:
    data = {
        "project": name,
        "name": name,
        "entity": CITY,
        "amount": {"value": "100000000", "currency": "CNY"},
        "stage": stage,
        "on": on,
    }
    return raw_event(
        "project.updated", data, id=f"{name}-{stage}", time=f"{published}T09:00:00+08:00"
    )


def _before() -> Iterator[bytes]:
    """What was published of the year before."""
    day = date(2024, 1, 15)
    for month, value in enumerate(_LAST_YEAR, 1):
        yield _figure(("output", "north"), "cumulative", f"2023-{month:02}", value, day)
        yield _figure(("output", "west"), "cumulative", f"2023-{month:02}", 9 * month, day)
    yield _figure(("chargers", CITY), "stock", "2023-12", 995, day)
    for quarter, value in enumerate((51, 50, 49, 48), 1):
        yield _figure(("energy", CITY), "stock", f"2023-{3 * quarter:02}", value, day)


def _month(month: int) -> Iterator[bytes]:
    """The city's figures of a month, all on the 12th of the next."""
    day = date(2024 + month // 12, month % 12 + 1, 12)
    name = f"2024-{month:02}"
    for district, values in _OUTPUT.items():
        yield _figure(("output", district), "cumulative", name, values[month - 1], day)
    for entity, rates in _GROWTH.items():
        series = ("output", entity)
        yield _figure(series, "rate", f"2024-01/{name}", rates[month - 1], day, unit="%")
    yield _figure(("chargers", CITY), "stock", name, _CHARGERS[month - 1], day)
    yield _figure(("emissions", CITY), "cumulative", name, _EMISSIONS[month - 1], day)
    if month % 3 == 0:
        yield _figure(("energy", CITY), "stock", name, _ENERGY[month // 3 - 1], day)


def _corrections(month: int) -> Iterator[Step]:
    day = date(2024 + month // 12, month % 12 + 1, 20)
    for district, wrong, value in _CORRECTED.get(month, ()):
        series = ("output", district)
        yield Push((_figure(series, "cumulative", f"2024-{wrong:02}", value, day),))


def _others(month: int) -> Iterator[Step]:
    """What else happens after the figures of a month."""
    if month == 2:
        yield Push((_built("bridge", "building", "2024-02-01", "2024-03-15"),))
    if month == 3:
        yield Ask("c-seen", "south-behind-1", "acknowledge")
        yield Ask("c-sent", "west-behind-1", "dispatch", {"unit": "industry", "note": "去看看"})
        yield Hour("growth-behind-1", "output", CITY)
    if month == 4:
        yield Ask("c-plan", "west-behind-1", "plan", {"due": "2024-08-31", "note": "加班"})
        yield Ask("c-plan-2", "growth-behind-1", "plan", {"due": "2024-07-31"})
    if month == 5:
        yield Ask("c-later", "west-behind-1", "extend", {"due": "2024-10-31", "reason": "雨"})
        yield Ask("c-close", "west-behind-1", "request_close")
    if month == 6:
        yield Ask("c-grant", "west-behind-1", "grant")
        quiet = {"until": f"{NEXT + 5}-01-01T00:00:00+08:00", "reason": "检修"}
        yield Ask("c-quiet", "air-behind-1", "silence", quiet)
        yield Ask("c-again", "south-behind-1", "reopen", {"reason": "再看"})
    if month == 7:
        goal = {"kind": "withdrawn"}
        later = {"version": 2, "effective_from": "2024-08-01"}
        yield Push((_set("dropped", ("emissions", CITY), goal, **later),))
        goal = {"kind": "increase", "value": "90"}
        yield Push((_set("handed-down", ("chargers", CITY), goal, **later),))
    if month == 8:
        yield Ask("c-loud", "air-behind-1", "unsilence")
        yield Ask("c-note", "east-behind-2", "note", {"note": "已约谈"})
        yield Ask("c-late", "dropped-behind-1", "acknowledge")
    if month == 9:
        yield Push((_built("bridge", "completed", "2024-09-10", "2024-10-15"),))
        yield Push((_built("tunnel", "started", "2024-10-01", "2024-10-16"),))
        goal = {"kind": "at_least", "value": "90"}
        eased = _set(
            "west", ("output", "west"), goal, version=2, effective_from="2024-11-01", lead="west"
        )
        yield Push((eased,))


def _on_the_clock(months: Iterable[int]) -> Iterator[Step]:
    """The year after: reports that nobody sends, and a day that passes."""
    for month in months:
        yield Day(datetime(NEXT, month, 20, 4, tzinfo=UTC))
        if month == 3:
            beds = _figure(("beds", CITY), "stock", f"{NEXT}-02", 880, date(2025, 2, 1))
            yield Push((beds,))


def year(months: Iterable[int] = range(1, 13), clock: Iterable[int] = (3, 5, 6)) -> list[Step]:
    """The whole story, or what these months of the year and of the one after bring of it."""
    steps: list[Step] = [Push(tuple(_definitions())), Push(tuple(_targets()))]
    steps.append(Push(tuple(_before())))
    for month in months:
        steps.append(Push(tuple(_month(month))))
        steps += _corrections(month)
        steps += _others(month)
    return steps + list(_on_the_clock(clock))
