"""The catalogue as this process has followed it: definitions in force and versions of targets.

The last record of a key is in force: that is what compaction keeps, so nobody writes an older
definition after a newer one (`known`), and what was first takes back what came between (`define`).
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError

from schemas.data import EntityDefined, IndicatorDefined, TargetSet
from schemas.events import LINES
from schemas.lamps import SHIPPED, LampScheme
from services.ingest.known import key_of
from services.runtime import logs
from services.runtime.kafka import Record

_REMEMBERED = 20_000
log = logs.get("catalogue")


class Entry(NamedTuple):
    """A record of a key."""

    offset: int
    line: bytes


class Catalogue:
    """Implements `Known`. `apply` runs in the follower's thread; each change is one assignment.

    `own` are the schemes of lamps that an office brings beside those that ship.
    """

    def __init__(self, own: Iterable[LampScheme] = ()) -> None:
        self._schemes = SHIPPED | {scheme.name for scheme in own}
        self._indicators: dict[str, IndicatorDefined] = {}
        self._entities: dict[str, EntityDefined] = {}
        self._targets: dict[str, dict[int, TargetSet]] = {}
        self._recorded: dict[bytes, datetime] = {}
        self._observed: set[str] = set()
        self._newest: dict[bytes, Entry] = {}
        self._before: OrderedDict[int, Entry | None] = OrderedDict()

    def apply(self, record: Record) -> None:
        """Take the next record of the topic."""
        if record.key is None or not record.value:
            return
        try:
            line = LINES.validate_json(record.value)
        except ValidationError as error:
            log.error("catalogue_record_unreadable", offset=record.offset, error=str(error))
            return
        self._before[record.offset] = self._newest.get(record.key)
        if len(self._before) > _REMEMBERED:
            self._before.popitem(last=False)
        self._newest[record.key] = Entry(record.offset, record.value)
        data = line.data
        if isinstance(data, IndicatorDefined | EntityDefined):
            self._recorded[key_of(data)] = line.recordedtime or line.time
        if isinstance(data, IndicatorDefined):
            self._indicators[data.indicator] = data
        elif isinstance(data, EntityDefined):
            self._entities[data.entity] = data
        elif isinstance(data, TargetSet):
            # The first content of a version holds for ever, whoever else wrote there since.
            versions = self._targets.get(data.target, {})
            self._targets[data.target] = {data.version: data, **versions}

    def indicator(self, name: str) -> IndicatorDefined | None:
        return self._indicators.get(name)

    def entity(self, name: str) -> EntityDefined | None:
        return self._entities.get(name)

    def target(self, name: str, version: int) -> TargetSet | None:
        return self._targets.get(name, {}).get(version)

    def newest_target(self, name: str) -> TargetSet | None:
        versions = self._targets.get(name)
        return versions[max(versions)] if versions else None

    def recorded(self, key: bytes) -> datetime | None:
        return self._recorded.get(key)

    def schemes(self) -> frozenset[str]:
        return self._schemes

    def observed(self, indicator: str) -> bool:
        return indicator in self._observed

    def note_observed(self, indicator: str) -> None:
        """A figure of this indicator was accepted."""
        self._observed.add(indicator)

    def offset_of(self, key: bytes) -> int:
        """Where the newest record of the key lies, -1 if there is none."""
        found = self._newest.get(key)
        return found.offset if found else -1

    def before(self, offset: int) -> Entry | None:
        """The record of the same key before the one at this offset."""
        return self._before.get(offset)
