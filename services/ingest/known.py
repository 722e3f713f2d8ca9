"""What is known when an event is judged: definitions, targets, and what was observed.

Of several definitions the one of the latest recordedtime is in force, and of those the one that
was accepted last: an older one that comes late is stored, and changes nothing.
"""

from datetime import datetime
from typing import Protocol

from schemas.data import EntityDefined, IndicatorDefined, TargetSet
from schemas.events import EntityDefinedEvent, IndicatorDefinedEvent, TargetSetEvent

Definition = IndicatorDefinedEvent | EntityDefinedEvent | TargetSetEvent


def key_of(data: object) -> bytes:
    """The key of a definition's record."""
    if isinstance(data, IndicatorDefined):
        return f"indicator/{data.indicator}".encode()
    if isinstance(data, EntityDefined):
        return f"entity/{data.entity}".encode()
    if isinstance(data, TargetSet):
        return f"target/{data.target}/{data.version}".encode()
    raise TypeError(f"{type(data).__name__} has no place in the catalogue")


class Known(Protocol):
    """A view of the catalogue. Every answer is what holds now; None is unknown."""

    def indicator(self, name: str) -> IndicatorDefined | None:
        """The definition in force."""

    def entity(self, name: str) -> EntityDefined | None:
        """The definition in force."""

    def target(self, name: str, version: int) -> TargetSet | None:
        """This version of the target."""

    def newest_target(self, name: str) -> TargetSet | None:
        """The version with the greatest number."""

    def recorded(self, key: bytes) -> datetime | None:
        """The recordedtime of the indicator or entity in force under a key, see `key_of`."""

    def schemes(self) -> frozenset[str]:
        """The schemes of lamps that a target may name."""

    def observed(self, indicator: str) -> bool:
        """Has any figure of the indicator been accepted? True also when that cannot be excluded."""


class Overlay:
    """What a request's own definitions add, for the events that follow them in the request."""

    def __init__(self, below: Known) -> None:
        self._below = below
        self._indicators: dict[str, IndicatorDefined] = {}
        self._entities: dict[str, EntityDefined] = {}
        self._targets: dict[str, dict[int, TargetSet]] = {}
        self._recorded: dict[bytes, datetime] = {}
        self._observed: set[str] = set()

    def indicator(self, name: str) -> IndicatorDefined | None:
        return self._indicators.get(name) or self._below.indicator(name)

    def entity(self, name: str) -> EntityDefined | None:
        return self._entities.get(name) or self._below.entity(name)

    def target(self, name: str, version: int) -> TargetSet | None:
        return self._targets.get(name, {}).get(version) or self._below.target(name, version)

    def newest_target(self, name: str) -> TargetSet | None:
        mine = self._targets.get(name, {})
        both = [*mine.values(), self._below.newest_target(name)]
        return max((t for t in both if t), key=lambda t: t.version, default=None)

    def recorded(self, key: bytes) -> datetime | None:
        return self._recorded.get(key) or self._below.recorded(key)

    def schemes(self) -> frozenset[str]:
        return self._below.schemes()

    def observed(self, indicator: str) -> bool:
        return indicator in self._observed or self._below.observed(indicator)

    def changed_by(self, event: Definition) -> bool:
        """Does it say something new, or the same of a later time? What is older changes nothing."""
        data = event.data
        if isinstance(data, TargetSet):
            return self.target(data.target, data.version) != data
        recorded, before = _recorded(event), self.recorded(key_of(data))
        if before is None or recorded != before:
            return before is None or recorded > before
        if isinstance(data, IndicatorDefined):
            return self.indicator(data.indicator) != data
        return self.entity(data.entity) != data

    def note_definition(self, event: Definition) -> None:
        """From here on this definition holds, this version exists."""
        if not self.changed_by(event):
            return
        data = event.data
        if isinstance(data, TargetSet):
            self._targets.setdefault(data.target, {})[data.version] = data
            return
        self._recorded[key_of(data)] = _recorded(event)
        if isinstance(data, IndicatorDefined):
            self._indicators[data.indicator] = data
        else:
            self._entities[data.entity] = data

    def note_observed(self, indicator: str) -> None:
        """From here on the indicator has figures."""
        self._observed.add(indicator)


def _recorded(event: Definition) -> datetime:
    return event.recordedtime or event.time
