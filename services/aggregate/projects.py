"""How many projects of a class reached a stage in a year, and how far their investment is; pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.exact import CONTEXT
from schemas.formulas import Money, ProjectFilter
from schemas.goals import Stage
from services.aggregate.decode import Coordinates

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_STEPS = tuple(stage for stage in Stage if stage is not Stage.CANCELLED)


class ProjectState(NamedTuple):
    """What one event says of a project; amounts in plain 元 or 美元."""

    project: str
    category: str
    amount: Decimal
    currency: str
    stage: Stage
    on: date
    invested: Decimal | None
    plan_year_investment: Decimal | None
    recorded_at: datetime
    at: Coordinates


class Project(NamedTuple):
    """A project: its newest state, and when it reached each stage."""

    newest: ProjectState
    reached: dict[Stage, date]


def projects(states: Iterable[ProjectState]) -> list[Project]:
    """The projects that these states are of.

    A stage is reached on the earliest day of that or a later one; a cancelled one is none of them.
    """
    of: dict[str, list[ProjectState]] = {}
    for state in states:
        of.setdefault(state.project, []).append(state)
    return [
        Project(max(told, key=lambda s: (s.recorded_at, s.at)), _reached(told))
        for told in of.values()
    ]


def _reached(states: Sequence[ProjectState]) -> dict[Stage, date]:
    found: dict[Stage, date] = {}
    for place, stage in enumerate(_STEPS):
        days = [state.on for state in states if state.stage in _STEPS[place:]]
        if days:
            found[stage] = min(days)
    return found


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


def count_projects(where: ProjectFilter, of: Iterable[Project], until: date) -> int:
    """Those that reached the stage from 1 January to the day; without a stage, the first one."""
    stage = where.stage or _STEPS[0]
    first = until.replace(month=1, day=1)
    return sum(
        belongs(where, project.newest)
        and stage in project.reached
        and first <= project.reached[stage] <= until
        for project in of
    )


def investment_progress(where: ProjectFilter, of: Iterable[Project], until: date) -> Decimal | None:
    """Invested this year over what the year's plan is, as a ratio.

    Both are figures of the year in which they were recorded: a project that has not been heard of
    since is left out. None without a plan, and where two currencies would have to be added.
    """
    counted = [
        project.newest
        for project in of
        if belongs(where, project.newest)
        and (where.stage is None or project.reached.get(where.stage, date.max) <= until)
        and project.newest.recorded_at.astimezone(_SHANGHAI).year == until.year
    ]
    plan = _sum(state.plan_year_investment for state in counted)
    if not plan or len({state.currency for state in counted}) > 1:
        return None
    return CONTEXT.divide(_sum(state.invested for state in counted), plan)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = CONTEXT.add(total, amount or Decimal(0))
    return total
