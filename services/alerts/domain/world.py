"""What comparisons need beside the series itself: other series, peers, the parent, projects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from schemas.data import IndicatorDefined
from schemas.records.dossier import Comparand, Dossier, ProjectStage
from services.series.index import FactIndex


class Other:
    """Another series, indexed when it is first asked for."""

    def __init__(self, comparand: Comparand) -> None:
        self._given = comparand

    @property
    def indicator(self) -> IndicatorDefined:
        """Its definition: what it measures, in which unit."""
        return self._given.indicator

    @cached_property
    def index(self) -> FactIndex:
        """Its facts."""
        return FactIndex(self._given.facts)

    @property
    def names(self) -> tuple[str, str]:
        """Entity and indicator, in Chinese and in English."""
        given = self._given
        zh = f"{given.entity_zh or given.entity}{given.indicator.name_zh}"
        return zh, f"{given.indicator.name_en} ({given.entity_en or given.entity})"


@dataclass(frozen=True)
class World:
    """`others` by (indicator, entity); `peers` are the entities to rank among by default.

    Without `projects` nobody knows what became of one.
    """

    parent: str = ""
    peers: tuple[str, ...] = ()
    others: Mapping[tuple[str, str], Other] = field(default_factory=dict)
    projects: Mapping[str, tuple[ProjectStage, ...]] | None = None


NOWHERE = World()


def world_of(dossier: Dossier) -> World:
    """What a dossier brings of the rest of the world."""
    return World(
        dossier.parent,
        dossier.peers,
        {(each.indicator.indicator, each.entity): Other(each) for each in dossier.comparands},
        None if dossier.projects is None else _by_project(dossier.projects),
    )


def _by_project(stages: Iterable[ProjectStage]) -> dict[str, tuple[ProjectStage, ...]]:
    found: dict[str, tuple[ProjectStage, ...]] = {}
    for stage in stages:
        found[stage.project] = (*found.get(stage.project, ()), stage)
    return found
