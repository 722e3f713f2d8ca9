"""Counts of projects and chargers for one batch: what was touched is counted anew."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache, partial

import orjson

from schemas.formulas import CountChargers, Coverage, Formula, OfProjects
from services.aggregate import chargers, coverage, projects
from services.aggregate.catalogue import Catalogue
from services.aggregate.chargers import ChargerChange, Place
from services.aggregate.countable import ChargerKey
from services.aggregate.counts import Change, Counted, Heard, Step, course, in_days
from services.aggregate.decode import BOUNDARY, CHARGER, PROJECT
from services.aggregate.formulas.counted import (
    CHARGERS,
    PROJECTS,
    Count,
    count_key,
    counted_by,
    coverage_of,
    since_new_year,
)
from services.aggregate.formulas.question import SeriesKey
from services.aggregate.store import Store
from services.aggregate.tables import CHARGER_COUNTS, charger_counts_row

_AT_ONCE = 2_000
_KILOMETRE = 1_000


class Counting:
    """Made for one batch of `touched`, so that what it has read is of one moment."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._chargers = cache(self._charger_changes)
        self._having = cache(store.entities_with)
        self._areas = cache(store.areas)
        self._reached = cache(self._changes_of_reach)

    def touched(self, marks: Iterable[SeriesKey], version: int, since: int) -> set[SeriesKey]:
        """The series that count these projects and chargers.

        `version` is the batch's; what came of chargers since `since` may be of the same batch,
        tried before and left half done.
        """
        named = [name for kind, name in marks if kind == PROJECT]
        marked = sorted({_charger(name) for kind, name in marks if kind == CHARGER})
        areas = {name for kind, name in marks if kind == BOUNDARY}
        found = self._covering(lambda formula: formula.area in areas) if areas else set()
        if named and self._catalogue.counting(PROJECTS):
            found |= self.of(PROJECTS, self._store.project_entities(sorted(set(named))))
        for start in range(0, len(marked), _AT_ONCE):
            some = marked[start : start + _AT_ONCE]
            entities, places = self.count_chargers(some, version, since)
            found |= self.of(CHARGERS, entities)
            if places:
                found |= self._covering(partial(self._touches, places))
        return found

    def count_chargers(
        self, some: Sequence[ChargerKey], version: int, since: int
    ) -> tuple[set[str], set[Place]]:
        """Keep what these chargers count for; the entities and the places where that changed."""
        courses = self._store.charger_courses(some, since)
        if not courses:
            return set(), set()
        counted = [each.charger for each in courses]
        entities = self._store.charger_entities(counted)
        places = self._store.charger_places(counted)
        rows = []
        for each in courses:
            changes = chargers.changes(each.states)
            entities |= {change.said.entity for change in changes}
            places |= {change.said.place for change in changes if change.said.place}
            rows.append(
                charger_counts_row(
                    each.charger, version, each.fingerprint, each.received_at, changes
                )
            )
        self._store.insert(CHARGER_COUNTS, rows)
        # Who asked before, for a definition of the same batch, did not know of these.
        self._having.cache_clear()
        return entities, places

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
            elif isinstance(formula, Coverage):
                found[key] = self._coverage(formula, key[1])
        return found

    def _coverage(self, formula: Coverage, entity: str) -> Count:
        """What is in reach is the same for whoever asks; an entity has the months of its events."""
        area = self._areas().get(formula.area)
        changes, received = self._reached(formula)
        of_entity, received_at = self._chargers(entity)
        heard = [
            Heard(at, said.day, event_id)
            for at, said, _, event_id in of_entity
            if said.what == "heard"
        ]
        newest = max((each for each in (received, received_at) if each), default=None)
        count = _count(formula, Counted(changes, heard, newest))
        return count._replace(figures=coverage_of(count.figures, area and area.points))

    def _changes_of_reach(self, formula: Coverage) -> tuple[list[Change], datetime | None]:
        area = self._areas().get(formula.area)
        if area is None:
            return [], None
        reach = self._store.reach(formula.area, area.box, _metres(formula), formula.use)
        return coverage.changes(reach.stations), reach.received_at

    def _covering(self, wanted: Callable[[Coverage], bool]) -> set[SeriesKey]:
        """Every series of the coverages that are wanted."""
        names = [
            name
            for name in self._catalogue.counting(CHARGERS)
            if isinstance(formula := self._formula(name), Coverage) and wanted(formula)
        ]
        return self.everywhere(names) if names else set()

    def _touches(self, places: Iterable[Place], formula: Coverage) -> bool:
        """Is one of the places in reach of the boundary?"""
        area = self._areas().get(formula.area)
        if area is None:
            return False
        box = area.box.wider(_metres(formula))
        return any(box.holds(*place) for place in places)

    def _formula(self, name: str) -> Formula | None:
        indicator = self._catalogue.indicator(name)
        return None if indicator is None else indicator.formula

    def _charger_changes(self, entity: str) -> tuple[list[ChargerChange], datetime | None]:
        return self._store.charger_changes(sorted(self._catalogue.downwards(entity)))


def _metres(formula: Coverage) -> float:
    return float(formula.radius_km) * _KILOMETRE


def _count(formula: OfProjects | CountChargers | Coverage, counted: Counted) -> Count:
    steps: dict[date, list[Step]] = course(in_days(counted), yearly=since_new_year(formula))
    return Count(
        {count_key(formula, end): each for end, each in steps.items()}, counted.received_at
    )


def _charger(name: str) -> ChargerKey:
    operator, station, charger = orjson.loads(name)
    return operator, station, charger
