"""What dossiers bring beside their own series, for the targets that are set beside it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from schemas.records.dossier import ProjectStage, TargetVersion
from services.aggregate.catalogue import Catalogue
from services.aggregate.comparands import Comparison, compares, compares_vintages
from services.aggregate.dossier import ALONE, Beside, Other
from services.aggregate.evaluation import Evaluation
from services.aggregate.facts import Series
from services.aggregate.formulas.question import SeriesKey
from services.aggregate.projects import ProjectState


class Surroundings:
    """Of some series; `known` has the figures of all that they are set beside."""

    def __init__(
        self,
        catalogue: Catalogue,
        comparison: Comparison,
        known: Evaluation,
        states: Iterable[ProjectState],
    ) -> None:
        self._catalogue = catalogue
        self._comparison = comparison
        self._known = known
        self._states: dict[str, list[ProjectState]] = defaultdict(list)
        for state in states:
            self._states[state.project].append(state)

    def beside(self, key: SeriesKey, own: Series, targets: Sequence[TargetVersion]) -> Beside:
        """What the targets of one series take to be judged."""
        vintages = any(compares_vintages(each.data) for each in targets)
        if not (vintages or any(compares(each.data) for each in targets)):
            return ALONE
        projects = self._comparison.projects(key)
        return Beside(
            own.superseded() if vintages else (),
            self._catalogue.parent(key[1]) or "",
            self._catalogue.peers(key[1]),
            list(self._others(key)),
            None if projects is None else [_stage(each) for each in self._of(projects)],
        )

    def received(self, key: SeriesKey) -> list[datetime]:
        """When what is set beside a series was received."""
        found = [state.received_at for state in self._of(self._comparison.projects(key) or ())]
        for other in self._comparison.reads(key):
            if self._known.series(other) is not None:
                found += self._known.received(other)
        return found

    def _others(self, key: SeriesKey) -> Iterable[Other]:
        for name, entity in sorted(self._comparison.reads(key)):
            indicator, series = self._catalogue.indicator(name), self._known.series((name, entity))
            if indicator is not None and series is not None:
                yield Other(
                    indicator, entity, *self._catalogue.entity_names(entity), series.facts()
                )

    def _of(self, projects: Iterable[str]) -> list[ProjectState]:
        return [state for name in sorted(projects) for state in self._states.get(name, ())]


def _stage(state: ProjectState) -> ProjectStage:
    return ProjectStage(
        project=state.project,
        stage=state.stage,
        on=state.on,
        recorded_at=state.recorded_at,
        event_id=state.event_id,
    )
