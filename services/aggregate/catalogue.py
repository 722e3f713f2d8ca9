"""What `catalogue` says: the definitions in force and every version of every target.

The last record of a key is in force: the door never enters an older definition after a newer one.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError

from schemas.data import EntityDefined, IndicatorDefined, TargetSet
from schemas.events import LINES, AcceptedLine
from schemas.formulas import parts
from schemas.records.dossier import TargetVersion
from services.aggregate.comparands import compares
from services.aggregate.formulas.counted import counted_by
from services.runtime import logs
from services.runtime.kafka import Record

log = logs.get("catalogue")


class Catalogue:
    """Fed by a Follower, read by the derive role; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._indicators: dict[str, tuple[AcceptedLine, IndicatorDefined]] = {}
        self._entities: dict[str, tuple[AcceptedLine, EntityDefined]] = {}
        self._targets: dict[tuple[str, str], dict[tuple[str, int], TargetVersion]] = defaultdict(
            dict
        )
        self._comparing: set[tuple[str, str]] = set()
        self._received: dict[tuple[str, int], datetime] = {}
        self._users: dict[str, set[str]] = defaultdict(set)
        self._below: dict[str, set[str]] = defaultdict(set)
        self._counting: dict[str, set[str]] = defaultdict(set)

    def apply(self, record: Record) -> None:
        """Take one record of the topic; one that cannot be read is logged and passed over."""
        if record.value is None:
            return
        try:
            line = LINES.validate_json(record.value)
        except ValidationError as error:
            log.error("catalogue_record_unreadable", offset=record.offset, error=str(error))
            return
        data = line.data
        with self._lock:
            if isinstance(data, IndicatorDefined):
                there = self._indicators.get(data.indicator)
                self._indicators[data.indicator] = (line, data)
                self._note_formula(there[1] if there else None, data)
            elif isinstance(data, EntityDefined):
                known = self._entities.get(data.entity)
                self._entities[data.entity] = (line, data)
                if known is not None and known[1].parent is not None:
                    self._below[known[1].parent].discard(data.entity)
                if data.parent is not None:
                    self._below[data.parent].add(data.entity)
            elif isinstance(data, TargetSet):
                version = TargetVersion(
                    event_id=line.id, recorded_at=line.recordedtime or line.time, data=data
                )
                of_series = self._targets[data.indicator, data.entity]
                of_series.setdefault((data.target, data.version), version)
                if compares(data):
                    self._comparing.add((data.indicator, data.entity))
                self._received.setdefault((data.target, data.version), line.receivedtime)

    def _note_formula(self, before: IndicatorDefined | None, data: IndicatorDefined) -> None:
        if before is not None and before.formula is not None:
            for _, part in parts(before.formula):
                self._users[part].discard(data.indicator)
            self._counting[counted_by(before.formula) or ""].discard(data.indicator)
        if data.formula is not None:
            for _, part in parts(data.formula):
                self._users[part].add(data.indicator)
            if (kind := counted_by(data.formula)) is not None:
                self._counting[kind].add(data.indicator)

    def users(self, indicator: str) -> tuple[str, ...]:
        """The derived indicators whose formula names this one."""
        with self._lock:
            return tuple(sorted(self._users.get(indicator, ())))

    def derived(self) -> tuple[str, ...]:
        """Every indicator with a formula."""
        with self._lock:
            return tuple(sorted(set().union(*self._users.values(), *self._counting.values())))

    def counting(self, kind: str) -> tuple[str, ...]:
        """The indicators whose formula counts `projects` or `chargers`."""
        with self._lock:
            return tuple(sorted(self._counting.get(kind, ())))

    def upwards(self, entity: str) -> set[str]:
        """The entity itself and all above it."""
        found: set[str] = set()
        above: str | None = entity
        while above is not None and above not in found:
            found.add(above)
            above = self.parent(above)
        return found

    def downwards(self, entity: str) -> set[str]:
        """The entity itself and all below it."""
        found = {entity}
        waiting = [entity]
        while waiting:
            new = set(self.children(waiting.pop())) - found
            found |= new
            waiting += new
        return found

    def parent(self, entity: str) -> str | None:
        """The entity above."""
        with self._lock:
            found = self._entities.get(entity)
        return found[1].parent if found else None

    def children(self, entity: str) -> tuple[str, ...]:
        """The entities directly below, in order of their names."""
        with self._lock:
            return tuple(sorted(self._below.get(entity, ())))

    def peers(self, entity: str) -> tuple[str, ...]:
        """The entities of its kind under the same parent, without itself, in order."""
        with self._lock:
            found = self._entities.get(entity)
            if found is None or found[1].parent is None:
                return ()
            beside = self._below[found[1].parent] - {entity}
            return tuple(
                sorted(each for each in beside if self._entities[each][1].kind == found[1].kind)
            )

    def defined_at(self, indicator: str) -> datetime:
        """When the definition in force was received; it must be known."""
        with self._lock:
            return self._indicators[indicator][0].receivedtime

    def indicators(self) -> tuple[str, ...]:
        """Every indicator."""
        with self._lock:
            return tuple(sorted(self._indicators))

    def indicator(self, name: str) -> IndicatorDefined | None:
        """The definition in force."""
        with self._lock:
            found = self._indicators.get(name)
        return found[1] if found else None

    def entity_names(self, name: str) -> tuple[str, str]:
        """The Chinese and the English name; the id where there is none."""
        with self._lock:
            found = self._entities.get(name)
        if found is None:
            return name, name
        return found[1].name_zh, found[1].name_en or name

    def targets(self, indicator: str, entity: str) -> tuple[TargetVersion, ...]:
        """Every version of the targets of one series, in order of target and version."""
        with self._lock:
            found = dict(self._targets.get((indicator, entity), {}))
        return tuple(found[key] for key in sorted(found))

    def comparing(self) -> tuple[tuple[str, str], ...]:
        """The series that have a target which is set beside something else, in order."""
        with self._lock:
            return tuple(sorted(self._comparing))

    def received_at(self, version: TargetVersion) -> datetime:
        """When a version of a target was received."""
        with self._lock:
            return self._received[version.data.target, version.data.version]

    def series_with_targets(self, indicators: Iterable[str]) -> set[tuple[str, str]]:
        """The series of these indicators on which a target rests."""
        wanted = set(indicators)
        with self._lock:
            return {key for key, versions in self._targets.items() if key[0] in wanted and versions}
