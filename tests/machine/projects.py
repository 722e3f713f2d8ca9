"""What the views of projects must show: every state, the newest, days of stages."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from tests.machine.door import Arrival
from tests.machine.places import place

_STAGES = ("signed", "registered", "started", "building", "completed", "producing")
Row = tuple[Any, ...]


def history(arrivals: Iterable[Arrival]) -> list[Row]:
    """One row for each state that was reported."""
    return [_state(each) for each in arrivals if each.sent.kind == "project.updated"]


def told(arrivals: Iterable[Arrival]) -> list[list[Arrival]]:
    """Of each project its states, the one that was published last at the end."""
    found: dict[str, list[Arrival]] = defaultdict(list)
    for each in sorted(arrivals, key=lambda each: (each.sent.recorded, each.where)):
        if each.sent.kind == "project.updated":
            found[each.sent.data["project"]].append(each)
    return list(found.values())


def projects(arrivals: Iterable[Arrival]) -> Iterator[Row]:
    """Of each project the newest state, and when it reached each stage."""
    for states in told(arrivals):
        yield (*_state(states[-1]), *(reached(states, stage) for stage in _STAGES))


def reached(states: Iterable[Arrival], stage: str) -> date | None:
    """The earliest day of that or a later stage; a cancelled one is none of them."""
    enough = _STAGES[_STAGES.index(stage) :]
    days = [each.sent.data["on"] for each in states if each.sent.data["stage"] in enough]
    return date.fromisoformat(min(days)) if days else None


def _state(each: Arrival) -> Row:
    data = each.sent.data
    return (
        data["project"],
        data["name"],
        data["entity"],
        data.get("category", ""),
        Decimal(data["amount"]["value"]),
        data["amount"]["currency"],
        data["stage"],
        date.fromisoformat(data["on"]),
        *(_exact(data, name) for name in ("invested", "plan_year_investment", "progress")),
        *place(data.get("location")),
        data.get("lead", ""),
        tuple(data.get("responsible", ())),
        each.sent.recorded,
        each.sent.department,
        each.sent.id,
        each.sent.source,
    )


def _exact(data: dict[str, Any], name: str) -> Decimal | None:
    return Decimal(data[name]) if name in data else None
