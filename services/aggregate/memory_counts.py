"""What is Countable in memory: every charger and project is read from its events each time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas.data import ChargerUpdated, ProjectUpdated
from services.aggregate.chargers import ChargerChange, ChargerState, Said
from services.aggregate.countable import ChargerCourse, ChargerKey
from services.aggregate.counts import SHANGHAI
from services.aggregate.decode import Coordinates, RawRow
from services.aggregate.places import wgs84
from services.aggregate.projects import ProjectState
from services.aggregate.tables import CHARGER_COUNTS, CONFLICTS


class MemoryCountable:
    """For a store that keeps its rows in `raw` and `tables`."""

    raw: dict[tuple[int, int, int], RawRow]
    tables: dict[str, list[tuple[Any, ...]]]

    def _rows(self, kind: str) -> list[RawRow]:
        refused = {row[:3] for row in self.tables[CONFLICTS.name]}
        firsts: dict[tuple[str, str], RawRow] = {}
        for at in sorted(self.raw.keys() - refused):
            row = self.raw[at]
            if row.type == kind:
                firsts.setdefault((row.source, row.event_id), row)
        return list(firsts.values())

    def _counted(self) -> dict[ChargerKey, tuple[Any, ...]]:
        return {row[:3]: row for row in self.tables[CHARGER_COUNTS.name]}

    def charger_courses(self, chargers: Sequence[ChargerKey], since: int) -> list[ChargerCourse]:
        """See Countable."""
        found: dict[ChargerKey, list[tuple[tuple[Any, ...], ChargerState, datetime]]] = {}
        for row in self._rows("charger.updated"):
            data = ChargerUpdated.model_validate_json(_without_wgs84(row.data))
            key = (data.operator, data.station, data.charger)
            if key in chargers:
                sequence = -1 if data.sequence is None else data.sequence
                order = (data.status_at, sequence, row.recorded_at, *_at(row))
                day = data.status_at.astimezone(SHANGHAI).date()
                said = (row.entity, data.use, data.stage, data.commissioned_on)
                place = () if data.location is None else tuple(wgs84(data.location))
                state = ChargerState(0, row.recorded_at, day, *said, row.event_id, place)
                found.setdefault(key, []).append((order, state, row.received_at))
        counted = self._counted()
        courses = []
        for key, told in found.items():
            ordered = sorted(told)
            states = _telling([s._replace(rank=n) for n, (_, s, _) in enumerate(ordered)])
            print_of = hash(states)
            known = counted.get(key)
            if known is None or known[4] != print_of or known[3] >= since:
                newest = max(received for _, _, received in ordered)
                courses.append(ChargerCourse(key, print_of, states, newest))
        return courses

    def charger_keys(self) -> list[ChargerKey]:
        """See Countable."""
        rows = [
            ChargerUpdated.model_validate_json(_without_wgs84(row.data))
            for row in self._rows("charger.updated")
        ]
        return sorted({(data.operator, data.station, data.charger) for data in rows})

    def charger_changes(
        self, entities: Sequence[str]
    ) -> tuple[list[ChargerChange], datetime | None]:
        """See Countable."""
        found: dict[tuple[datetime, Said], tuple[int, str]] = {}
        received = None
        for row in self._counted().values():
            for at, what, entity, use, day, chargers, event_id in _changes(row):
                if entity in entities:
                    said = Said(what, "", use, day.replace(day=1))
                    so_far, made = found.get((at, said), (0, event_id))
                    of_two = min if what == "heard" else max
                    found[at, said] = (so_far + chargers, of_two(made, event_id))
                    received = max(received or row[5], row[5])
        told = [ChargerChange(*key, *counted) for key, counted in sorted(found.items())]
        first = {each.said: each for each in reversed(told)}
        kept = [each for each in told if each.said.what != "heard" or first[each.said] is each]
        return [each for each in kept if each.chargers], received

    def charger_entities(self, chargers: Sequence[ChargerKey]) -> set[str]:
        """See Countable."""
        return {
            entity for key, row in self._counted().items() if key in chargers for entity in row[14]
        }

    def project_states(self, entities: Sequence[str]) -> list[ProjectState]:
        """See Countable."""
        states = [_project_state(row) for row in self._rows("project.updated")]
        wanted = {state.project for state in states if state.entity in entities}
        return [state for state in states if state.project in wanted]

    def project_courses(self, projects: Sequence[str]) -> list[ProjectState]:
        """See Countable."""
        states = map(_project_state, self._rows("project.updated"))
        wanted = [state for state in states if state.project in projects]
        return sorted(wanted, key=lambda state: (state.recorded_at, state.at))

    def project_entities(self, projects: Sequence[str]) -> set[str]:
        """See Countable."""
        states = map(_project_state, self._rows("project.updated"))
        return {state.entity for state in states if state.project in projects}

    def entities_with(self, kind: str) -> set[str]:
        """See Countable."""
        if kind == "projects":
            return {row.entity for row in self._rows("project.updated")}
        return {entity for row in self._counted().values() for entity in row[14]}


def _changes(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield from zip(*row[6:13], strict=True)
    for at, entity, day, event_id in zip(*row[13:17], strict=True):
        yield at, "heard", entity, "", day, 1, event_id


def _telling(states: Sequence[ChargerState]) -> tuple[ChargerState, ...]:
    """Those that say something the one before did not say yet, or that a month was heard of."""
    kept = list(states[:1])
    known: list[ChargerState] = []
    for before, state in zip(states, states[1:], strict=False):
        known.append(before)
        same = before[3:7] == state[3:7] and before.day.replace(day=1) == state.day.replace(day=1)
        place = next((each.place for each in reversed(known) if each.place), ())
        moved = state.place not in ((), place)
        recorded = max(each.recorded_at for each in (known if state.place else [before]))
        if not same or moved or recorded > state.recorded_at:
            kept.append(state)
    return tuple(kept)


def _project_state(row: RawRow) -> ProjectState:
    data = ProjectUpdated.model_validate_json(_without_wgs84(row.data))
    return ProjectState(
        data.project,
        row.entity,
        data.category or "",
        Decimal(data.amount.value),
        data.amount.currency,
        data.stage,
        data.on,
        data.invested,
        data.plan_year_investment,
        row.recorded_at,
        row.received_at,
        Coordinates(*_at(row)),
        row.event_id,
    )


def _at(row: RawRow) -> tuple[int, int, int]:
    return (row.kafka_partition, row.kafka_offset, row.line)


def _without_wgs84(data: str) -> str:
    return data.split(',"wgs84":', 1)[0] + ("}" if ',"wgs84":' in data else "")
