"""From when on a project counts, and what was invested in it, as known at every moment; pure."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from schemas.exact import CONTEXT
from schemas.formulas import Money, OfProjects, ProjectFilter
from schemas.goals import Stage
from services.aggregate.counts import SHANGHAI, Amounts, Change, Counted, Heard
from services.aggregate.decode import Coordinates

_STEPS = tuple(stage for stage in Stage if stage is not Stage.CANCELLED)


class ProjectState(NamedTuple):
    """What one event says of a project; amounts in plain 元 or 美元."""

    project: str
    entity: str
    category: str
    amount: Decimal
    currency: str
    stage: Stage
    on: date
    invested: Decimal | None
    plan_year_investment: Decimal | None
    recorded_at: datetime
    received_at: datetime
    at: Coordinates
    event_id: str

    @property
    def recorded_on(self) -> date:
        """The day it was published."""
        return self.recorded_at.astimezone(SHANGHAI).date()


def counted(
    formula: OfProjects, states: Iterable[ProjectState], entities: Container[str]
) -> Counted:
    """What counts towards the formula in these entities; a project lies where it is said last."""
    ordered = sorted(states, key=lambda state: (state.project, state.recorded_at, state.at))
    counts = formula.kind == "count_projects"
    says = _reached_on if counts else _invested
    changes: list[Change] = []
    for _, of_one in groupby(ordered, key=lambda state: state.project):
        changes += _changes(list(of_one), formula.where, entities, says)
    inside = [state for state in ordered if state.entity in entities]
    heard = [
        Heard(each.recorded_at, each.on if counts else each.recorded_on, each.event_id)
        for each in inside
    ]
    return Counted(changes, heard, max((each.received_at for each in inside), default=None))


Says = Callable[[Sequence[ProjectState], ProjectFilter, Container[str]], Mapping[date, Amounts]]


def _changes(
    states: Sequence[ProjectState], where: ProjectFilter, entities: Container[str], says: Says
) -> list[Change]:
    found: list[Change] = []
    before: Mapping[date, Amounts] = {}
    for place, state in enumerate(states, 1):
        if place < len(states) and states[place].recorded_at == state.recorded_at:
            continue
        now = says(states[:place], where, entities)
        for day in sorted({*before, *now}):
            change = _minus(now.get(day), before.get(day))
            if any(change):
                found.append(Change(state.recorded_at, day, change, state.event_id))
        before = now
    return found


def _reached_on(
    states: Sequence[ProjectState], where: ProjectFilter, entities: Container[str]
) -> Mapping[date, Amounts]:
    """One project, from the day on which it reached the stage; without a stage, the first one."""
    day = _reached(states, where.stage or _STEPS[0])
    counts = day is not None and states[-1].entity in entities and belongs(where, states[-1])
    return {day: (Decimal(1),)} if day is not None and counts else {}


def _invested(
    states: Sequence[ProjectState], where: ProjectFilter, entities: Container[str]
) -> Mapping[date, Amounts]:
    """Invested, the year's plan, and how many projects in 元 and in 美元.

    All are figures of the year in which they were recorded, each from that day, and from the stage
    asked for, to the next one.
    """
    found: dict[date, Amounts] = {}
    for place, state in enumerate(states, 1):
        told = state.recorded_on
        after = states[place].recorded_on if place < len(states) else date.max
        reached = _reached(states[:place], where.stage) if where.stage else told
        if reached is None or state.entity not in entities or not belongs(where, state):
            continue
        since = max(told, reached)
        if since.year != told.year or since >= after:
            continue
        amounts = (
            state.invested or Decimal(0),
            state.plan_year_investment or Decimal(0),
            Decimal(state.currency == "CNY"),
            Decimal(state.currency == "USD"),
        )
        found[since] = _minus(found.get(since), _minus(None, amounts))
        if after.year == told.year:
            found[after] = _minus(found.get(after), amounts)
    return found


def _minus(one: Amounts | None, other: Amounts | None) -> Amounts:
    zeros = (Decimal(0),) * len(one or other or ())
    pairs = zip(one or zeros, other or zeros, strict=True)
    return tuple(CONTEXT.subtract(a, b) for a, b in pairs)


def _reached(states: Sequence[ProjectState], stage: Stage) -> date | None:
    """The earliest day of that or a later stage; a cancelled one is none of them."""
    later = _STEPS[_STEPS.index(stage) :] if stage in _STEPS else ()
    return min((state.on for state in states if state.stage in later), default=None)


def belongs(where: ProjectFilter, state: ProjectState) -> bool:
    """Is the project of this class? Either currency will do, and neither is ever converted."""
    return (
        state.stage is not Stage.CANCELLED
        and (not where.category or state.category in where.category)
        and (not where.at_least or any(_reaches(state, limit) for limit in where.at_least))
        and not any(_reaches(state, limit) for limit in where.below)
    )


def _reaches(state: ProjectState, limit: Money) -> bool:
    return state.currency == limit.currency and state.amount >= limit.value
