"""Counts of projects and chargers for one batch: what was touched is counted anew."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

import orjson

from schemas.formulas import CountChargers, Formula, OfProjects
from services.aggregate import chargers, projects
from services.aggregate.catalogue import Catalogue
from services.aggregate.chargers import ChargerChange
from services.aggregate.countable import ChargerKey
from services.aggregate.counts import Counted, Step, course, in_days
from services.aggregate.decode import CHARGER, PROJECT
from services.aggregate.formulas.counted import (
    CHARGERS,
    PROJECTS,
    Count,
    count_key,
    counted_by,
    since_new_year,
)
from services.aggregate.formulas.question import SeriesKey
from services.aggregate.store import Store
from services.aggregate.tables import CHARGER_COUNTS, charger_counts_row

_AT_ONCE = 2_000


class Counting:
    """Made for one batch of `touched`, so that what it has read is of one moment."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._chargers = cache(self._charger_changes)
        self._having = cache(store.entities_with)

    def touched(self, marks: Iterable[SeriesKey], version: int, since: int) -> set[SeriesKey]:
        """The series that count these projects and chargers.

        `version` is the batch's; what came of chargers since `since` may be of the same batch,
        tried before and left half done.
        """
        named = [name for kind, name in marks if kind == PROJECT]
        marked = sorted({_charger(name) for kind, name in marks if kind == CHARGER})
        found: set[SeriesKey] = set()
        if named and self._catalogue.counting(PROJECTS):
            found |= self.of(PROJECTS, self._store.project_entities(sorted(set(named))))
        for start in range(0, len(marked), _AT_ONCE):
            some = marked[start : start + _AT_ONCE]
            found |= self.of(CHARGERS, self.count_chargers(some, version, since))
        return found

    def count_chargers(self, some: Sequence[ChargerKey], version: int, since: int) -> set[str]:
        """Keep what these chargers count for; the entities in which that changed."""
        courses = self._store.charger_courses(some, since)
        if not courses:
            return set()
        entities = self._store.charger_entities([each.charger for each in courses])
        rows = []
        for each in courses:
            changes = chargers.changes(each.states)
            entities |= {change.said.entity for change in changes}
            rows.append(
                charger_counts_row(
                    each.charger, version, each.fingerprint, each.received_at, changes
                )
            )
        self._store.insert(CHARGER_COUNTS, rows)
        return entities

    def of(self, kind: str, entities: Iterable[str]) -> set[SeriesKey]:
        """The series that count in these entities, and above them."""
        above = {each for entity in entities for each in self._catalogue.upwards(entity)}
        return {(name, entity) for name in self._catalogue.counting(kind) for entity in above}

    def everywhere(self, names: Iterable[str]) -> set[SeriesKey]:
        """All series of those of these indicators that count something."""
        wanted = set(names)
        found: set[SeriesKey] = set()
        for kind in (PROJECTS, CHARGERS):
            if wanted & set(self._catalogue.counting(kind)):
                found |= self.of(kind, self._having(kind))
        return {key for key in found if key[0] in wanted}

    def counts(self, series: Iterable[SeriesKey]) -> dict[SeriesKey, Count]:
        """Those of the series that are counted."""
        formulas = {key: self._formula(key[0]) for key in series}
        asked = {key: each for key, each in formulas.items() if counted_by(each) is not None}
        inside = {key: self._catalogue.downwards(key[1]) for key in asked}
        asked = {
            key: formula
            for key, formula in asked.items()
            if not inside[key].isdisjoint(self._having(counted_by(formula)))
        }
        of_projects = [inside[key] for key, each in asked.items() if isinstance(each, OfProjects)]
        entities = set().union(*of_projects)
        states = self._store.project_states(sorted(entities)) if entities else []
        found: dict[SeriesKey, Count] = {}
        for key, formula in asked.items():
            if isinstance(formula, OfProjects):
                found[key] = _count(formula, projects.counted(formula, states, inside[key]))
            elif isinstance(formula, CountChargers):
                changes, received_at = self._chargers(key[1])
                found[key] = _count(formula, chargers.counted(formula, changes, received_at))
        return found

    def _formula(self, name: str) -> Formula | None:
        indicator = self._catalogue.indicator(name)
        return None if indicator is None else indicator.formula

    def _charger_changes(self, entity: str) -> tuple[list[ChargerChange], datetime | None]:
        return self._store.charger_changes(sorted(self._catalogue.downwards(entity)))


def _count(formula: OfProjects | CountChargers, counted: Counted) -> Count:
    steps: dict[date, list[Step]] = course(in_days(counted), yearly=since_new_year(formula))
    return Count(
        {count_key(formula, end): each for end, each in steps.items()}, counted.received_at
    )


def _charger(name: str) -> ChargerKey:
    operator, station, charger = orjson.loads(name)
    return operator, station, charger
