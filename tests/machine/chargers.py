"""What the views of chargers must show: every charger again after each of its states.

Rules: CONTRACT `charger.updated`, DESIGN §3, DOMAIN §7, and the columns' own comments.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.machine.door import Arrival, firsts
from tests.machine.places import place

_SHANGHAI = ZoneInfo("Asia/Shanghai")
# Of the connectors of a charger the first of these that is there decides.
_DECIDE = ("CHARGING", "RESERVED", "BLOCKED", "AVAILABLE", "OUTOFORDER", "INOPERATIVE")
_FAULTY = ("OUTOFORDER", "INOPERATIVE")
_ONE_DAY = timedelta(days=1)
Row = tuple[Any, ...]
# Every state of a charger, the newest last.
States = Sequence[dict[str, Any]]


def told(arrivals: Iterable[Arrival]) -> list[States]:
    """Of each charger its states by their own time, then sequence, then publication."""
    found: dict[tuple[str, ...], list[Arrival]] = defaultdict(list)
    for each in arrivals:
        if each.sent.kind == "charger.updated":
            data = each.sent.data
            found[data["operator"], data["station"], data["charger"]].append(each)
    return [[each.sent.data for each in sorted(states, key=_age)] for states in found.values()]


def _age(each: Arrival) -> tuple[Any, ...]:
    data = each.sent.data
    at = datetime.fromisoformat(data["status_at"])
    return at, data.get("sequence", -1), each.sent.recorded, each.where


def day_of(state: dict[str, Any]) -> date:
    """The day of a state in Shanghai."""
    return datetime.fromisoformat(state["status_at"]).astimezone(_SHANGHAI).date()


def last_day(arrivals: Sequence[Arrival]) -> date:
    """The newest day of which any charger told."""
    days = [day_of(state) for states in told(firsts(arrivals)[0]) for state in states]
    return max(days, default=date.min)


def chargers(arrivals: Iterable[Arrival]) -> Iterator[Row]:
    """The newest state of each: what a report leaves out stays as it was said last."""
    for states in told(arrivals):
        newest, plugs = states[-1], _plugs(states)
        yield (
            newest["station"],
            newest["charger"],
            newest["operator"],
            newest["use"],
            _power(states),
            newest["stage"],
            _status(plugs),
            datetime.fromisoformat(newest["status_at"]),
            sum(status != "REMOVED" for status in plugs.values()),
            *commissioned(states),
            *place(_last(states, "location")),
            newest["entity"],
        )


def _last(states: States, name: str) -> Any:
    """The newest that was given."""
    return next((state[name] for state in reversed(states) if name in state), None)


def _power(states: States) -> Decimal | None:
    power = _last(states, "power_kw")
    return None if power is None else Decimal(power)


def _plugs(states: States) -> dict[str, str]:
    """Each connector's own newest state."""
    return {plug["connector"]: plug["status"] for s in states for plug in s["connectors"]}


def _status(plugs: dict[str, str]) -> str:
    return next((word for word in _DECIDE if word in plugs.values()), "UNKNOWN")


def commissioned(states: States) -> tuple[date | None, str]:
    """As reported, else the first day on which it was seen in service."""
    given = _last(states, "commissioned_on")
    if given is not None:
        return date.fromisoformat(given), _last(states, "commissioned_basis")
    seen = [day_of(state) for state in states if state["stage"] == "in_service"]
    return (min(seen), "observed") if seen else (None, "")


def daily(arrivals: Iterable[Arrival], until: date) -> Iterator[Row]:
    """Per place and use every day from the first with a charger in service, up to a day."""
    every = told(arrivals)
    first = min((_since(states) for states in every), default=until + _ONE_DAY)
    before: dict[tuple[str, str], dict[int, States]] = {}
    for number in range((until - first).days + 1):
        day = first + number * _ONE_DAY
        now: dict[tuple[str, str], dict[int, States]] = {group: {} for group in before}
        for name, states in enumerate(every):
            then = at_end_of(states, day)
            if then and then[-1]["stage"] == "in_service":
                group = then[-1]["entity"], then[-1]["use"]
                now.setdefault(group, {})[name] = then
        for group, there in now.items():
            yield _day(day, group, there, before.get(group, {}))
        before = now


def _since(states: States) -> date:
    """It has been in service since it was commissioned if it was when it was first heard of."""
    first, heard = states[0], day_of(states[0])
    given = _last(states, "commissioned_on")
    if first["stage"] != "in_service" or given is None:
        return heard
    return min(date.fromisoformat(given), heard)


def at_end_of(states: States, day: date) -> States:
    """What there was at the end of a day."""
    if _since(states) <= day < day_of(states[0]):
        return states[:1]
    return [state for state in states if day_of(state) <= day]


def _day(
    day: date, group: tuple[str, str], now: dict[int, States], before: dict[int, States]
) -> Row:
    added, removed = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    plugs = [list(_plugs(states).values()) for states in now.values()]
    return (
        day,
        *group,
        len({(states[-1]["operator"], states[-1]["station"]) for states in now.values()}),
        len(now),
        sum(len(each) - each.count("REMOVED") for each in plugs),
        added,
        removed,
        added - removed,
        sum((_power(states) or Decimal(0) for states in now.values()), Decimal(0)),
        sum(_is_faulty(states, day) for states in now.values()) / len(now) if now else None,
    )


def _is_faulty(states: States, day: date) -> bool:
    """Before it was heard of no fault is known."""
    return day >= day_of(states[0]) and _status(_plugs(states)) in _FAULTY
