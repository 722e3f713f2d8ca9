"""A milestone: reached by its day or not; it is looked at on the clock (DOMAIN §2)."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schemas.data import IndicatorDefined, TargetSet
from schemas.goals import Milestone, Stage
from schemas.period import Span
from schemas.records.assessment import Lamp
from services.alerts.domain.world import World
from services.series.index import FactIndex
from services.series.measured import family_of, judgeable

NEAR = timedelta(days=30)
_STAGES = tuple(stage for stage in Stage if stage is not Stage.CANCELLED)


@dataclass(frozen=True)
class Waiting:
    """A target without a figure of its own, on a day (in China)."""

    index: FactIndex
    indicator: IndicatorDefined
    target: TargetSet
    today: date
    world: World


@dataclass(frozen=True)
class Arrived:
    """The lamp with its reason code, the day it is due, and what decided it."""

    lamp: Lamp
    code: str
    due: date
    words: dict[str, str] = field(default_factory=dict)
    as_of: datetime | None = None
    basis: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Deed:
    on: date
    recorded_at: datetime
    basis: tuple[str, ...]


def milestone(waiting: Waiting) -> Arrived:
    """Reached by its date blue; reached late or past due red; due within 30 days yellow."""
    goal = waiting.target.goal
    assert isinstance(goal, Milestone)
    words = {"name": goal.name, "due": goal.due.isoformat()}
    missing = _untold(goal, waiting)
    if missing:
        return Arrived(Lamp.GREY, "no_comparison", goal.due, words | {"missing": missing})
    deed = _of_project(goal, waiting) if goal.project else _of_indicator(goal, waiting)
    if deed is None:
        return _still_open(goal.due, waiting.today, words)
    in_time = deed.on <= goal.due
    lamp, code = (Lamp.BLUE, "met") if in_time else (Lamp.RED, "missed")
    words["on"] = deed.on.isoformat()
    return Arrived(lamp, code, goal.due, words, deed.recorded_at, deed.basis)


def _untold(goal: Milestone, waiting: Waiting) -> str:
    """What would decide and was not even looked up: that it is late would be a guess."""
    if goal.project:
        return goal.project if waiting.world.projects is None else ""
    name = (goal.indicator or "", waiting.target.entity)
    known = goal.indicator == waiting.indicator.indicator or name in waiting.world.others
    return "" if known else "/".join(name)


def _still_open(due: date, today: date, words: dict[str, str]) -> Arrived:
    if today > due:
        return Arrived(Lamp.RED, "missed", due, words)
    if due - today <= NEAR:
        return Arrived(Lamp.YELLOW, "behind", due, words)
    return Arrived(Lamp.GREY, "not_due", due, words)


def _of_project(goal: Milestone, waiting: Waiting) -> _Deed | None:
    """The earliest day of that stage or a later one; a project that is cancelled never counts."""
    told = (waiting.world.projects or {}).get(goal.project or "", ())
    if not told or told[-1].stage is Stage.CANCELLED:
        return None
    enough = _STAGES[_STAGES.index(goal.stage or Stage.COMPLETED) :]
    reached = [each for each in told if each.stage in enough]
    if not reached:
        return None
    first = min(reached, key=lambda each: (each.on, each.recorded_at))
    return _Deed(first.on, first.recorded_at, (first.event_id,))


def _of_indicator(goal: Milestone, waiting: Waiting) -> _Deed | None:
    """The first period end at which the indicator is as good as the value, or better.

    The target's own indicator is read in the target's scope, another one without scope; a flow
    counts from the first day of the target.
    """
    scope, index, indicator = waiting.target.scope, waiting.index, waiting.indicator
    if goal.indicator != indicator.indicator:
        other = waiting.world.others[goal.indicator or "", waiting.target.entity]
        scope, index, indicator = "", other.index, other.indicator
    family, span = family_of(indicator), waiting.target.span
    assert goal.value is not None
    for end in index.ends(family, Span(span.start, max(span.end, goal.due))):
        figure = index.figure(family, scope, Span(span.start, end), judgeable)
        if figure is None:
            continue
        ahead = figure.value - goal.value
        if ahead >= 0 if indicator.direction == "higher" else ahead <= 0:
            at = max(fact.recorded_at for fact in figure.facts)
            basis = tuple(event for fact in figure.facts for event in fact.basis)
            return _Deed(end, at, basis)
    return None
