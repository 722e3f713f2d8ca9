"""What targets are set beside: other series, peers, the parent, projects; pure.

A dossier brings all of it, so that the worker which judges looks nothing up.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Protocol

from schemas.data import TargetSet
from schemas.goals import Above, InSync, Milestone, NotBelowLast, Rank
from schemas.records.dossier import TargetVersion
from services.aggregate.formulas.question import SeriesKey

# The scheme that sets a target's growth beside that of the entity above (DOMAIN §4).
_BESIDE_PARENT = "tianjin"


class Targets(Protocol):
    """The catalogue as far as comparisons need it."""

    def comparing(self) -> Iterable[SeriesKey]:
        """The series that have a target which `compares`."""

    def targets(self, indicator: str, entity: str) -> tuple[TargetVersion, ...]:
        """Every version of the targets of one series."""

    def parent(self, entity: str) -> str | None:
        """The entity above."""

    def peers(self, entity: str) -> tuple[str, ...]:
        """The entities of its kind under the same parent, without itself."""


def compares(target: TargetSet) -> bool:
    """Does judging it take more than the series itself?"""
    goal = target.goal
    beside = isinstance(goal, Above | InSync | Rank | Milestone)
    return beside or target.lamps == _BESIDE_PARENT


def compares_vintages(target: TargetSet) -> bool:
    """Does judging it take vintages that are no longer the newest?"""
    return isinstance(target.goal, NotBelowLast)


def projects_of(target: TargetSet) -> set[str]:
    """The projects whose stages decide about it."""
    goal = target.goal
    return {goal.project} if isinstance(goal, Milestone) and goal.project else set()


class Comparison:
    """Made for one batch, so that all of it sees the same targets."""

    def __init__(self, known: Targets) -> None:
        self._known = known

    def reads(self, series: SeriesKey) -> set[SeriesKey]:
        """The other series that the targets of this one are set beside."""
        found: set[SeriesKey] = set()
        for version in self._known.targets(*series):
            found |= self._of(version.data)
        return found - {series}

    def projects(self, series: SeriesKey) -> set[str] | None:
        """The projects that its targets wait for; None when none does."""
        named = [projects_of(version.data) for version in self._known.targets(*series)]
        return set().union(*named) or None

    def readers(self, series: Iterable[SeriesKey]) -> set[SeriesKey]:
        """The series whose targets are set beside any of these."""
        return set().union(*(self._readers.get(each, ()) for each in series))

    def waiting(self, projects: Iterable[str]) -> set[SeriesKey]:
        """The series whose targets wait for any of these projects."""
        wanted = set(projects)
        return {
            key
            for key in (self._known.comparing() if wanted else ())
            if not wanted.isdisjoint(self.projects(key) or ())
        }

    def placed(self) -> set[SeriesKey]:
        """The series whose targets look to the parent or to peers: who these are may change."""
        return {
            key
            for key in self._known.comparing()
            for version in self._known.targets(*key)
            if version.data.lamps == _BESIDE_PARENT or isinstance(version.data.goal, Rank)
        }

    @cached_property
    def _readers(self) -> dict[SeriesKey, set[SeriesKey]]:
        found: dict[SeriesKey, set[SeriesKey]] = defaultdict(set)
        for key in self._known.comparing():
            for read in self.reads(key):
                found[read].add(key)
        return found

    def _of(self, target: TargetSet) -> set[SeriesKey]:
        found: set[SeriesKey] = set()
        goal, entity = target.goal, target.entity
        if isinstance(goal, Above | InSync):
            found.add((goal.other.indicator, goal.other.entity))
        elif isinstance(goal, Rank):
            peers = goal.among or self._known.peers(entity)
            found |= {(target.indicator, peer) for peer in peers}
        elif isinstance(goal, Milestone) and goal.indicator:
            found.add((goal.indicator, entity))
        parent = self._known.parent(entity)
        if target.lamps == _BESIDE_PARENT and parent:
            found.add((target.indicator, parent))
        return found
