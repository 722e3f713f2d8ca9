"""What should have been reached by the end of a period: one entry per trajectory.

expected = base + (goal − base) × share. At the span's end the goal itself is expected, by `steps`
what its last step says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas import period
from schemas.goals import LastYearProfile, Plan, Steps
from schemas.period import Span
from schemas.records.dossier import Fact
from services.series.months import ONE_DAY, share_by_months
from services.series.profile import Profile


@dataclass(frozen=True)
class Path:
    """From `base` to `goal` over a span, looked at on the day `end`.

    `base` is None when the level before the span is not known. `profile` gives the mean share
    of the way that the last years had covered by then, None without history.
    """

    span: Span
    end: date
    base: Decimal | None
    goal: Decimal
    trajectory: Any
    profile: Callable[[int], Profile | None]

    @property
    def arrived(self) -> bool:
        """Is it the last day of the span?"""
        return self.end >= self.span.end


@dataclass(frozen=True)
class Way:
    """What is expected, by which trajectory and from which past facts; None: base unknown."""

    expected: Decimal | None
    used: str
    facts: tuple[Fact, ...] = ()


def share_by_days(span: Span, end: date) -> Decimal:
    """Days so far over days of the span, both ends counted (DOMAIN §3)."""
    return Decimal(Span(span.start, end).days) / span.days


def _at_share(path: Path, share: Decimal) -> Decimal | None:
    if path.arrived:
        return path.goal
    if path.base is None:
        return None
    return path.base + (path.goal - path.base) * share


def linear_days(path: Path) -> Way:
    """days S…e / days S…E."""
    return Way(_at_share(path, share_by_days(path.span, path.end)), "linear_days")


def linear_months(path: Path) -> Way:
    """months completed / months in the span."""
    return Way(_at_share(path, share_by_months(path.span, path.end)), "linear_months")


def last_year_profile(path: Path) -> Way:
    """Mean over the last years of value to date / that year's total; else linear_days."""
    trajectory: LastYearProfile = path.trajectory
    profile = path.profile(trajectory.years)
    if profile is None:
        return linear_days(path)
    return Way(_at_share(path, profile.share), "last_year_profile", profile.facts)


def plan(path: Path) -> Way:
    """The planned value; between points, and from the base the day before S, linear by days."""
    trajectory: Plan = path.trajectory
    points = sorted((period.parse(name).end, v) for name, v in trajectory.values.items())
    return Way(path.goal if path.arrived else _between(path, points), "plan")


def _between(path: Path, points: list[tuple[date, Decimal]]) -> Decimal | None:
    reached = [point for point in points if point[0] <= path.end]
    ahead = [point for point in points if point[0] > path.end]
    if reached and (reached[-1][0] == path.end or not ahead):
        return reached[-1][1]
    if not reached and path.base is None:
        return None
    before, low = reached[-1] if reached else (path.span.start - ONE_DAY, path.base or Decimal(0))
    after, high = ahead[0]
    return low + (high - low) * (path.end - before).days / (after - before).days


def steps(path: Path) -> Way:
    """The value at the last dated step reached, the base before the first.

    A step counts from its date on, and the last one also at the span's end, whatever the goal.
    """
    trajectory: Steps = path.trajectory
    due = [step.value for step in trajectory.steps if step.on <= path.end]
    before = path.goal if path.arrived and path.base is None else path.base
    return Way(due[-1] if due else before, "steps")


TRAJECTORIES: Mapping[str, Callable[[Path], Way]] = {
    "linear_days": linear_days,
    "linear_months": linear_months,
    "last_year_profile": last_year_profile,
    "plan": plan,
    "steps": steps,
}
# A rate expects its goal all year long unless the office wrote down values of its own.
WRITTEN_DOWN = frozenset({"plan", "steps"})


def walk(path: Path) -> Way:
    """Follow the target's trajectory."""
    return TRAJECTORIES[path.trajectory.kind](path)
