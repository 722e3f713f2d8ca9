"""Recent events by (source, id): a repeat is told from a contradiction. Best effort, bounded."""

from typing import Any

from pydantic import BaseModel

from schemas.events import Event, MetricObservedEvent, content
from schemas.figure import Content, Figure

Name = tuple[str, str]


def name(event: Event | Figure) -> Name:
    """What identifies an event."""
    return event.source, event.id


def fingerprint(event: Event) -> int:
    """Equal for equal content (type, data, recordedtime) within this process."""
    if isinstance(event, MetricObservedEvent):
        return hash(Content.of(event))
    try:
        return hash(content(event))
    except TypeError:  # A plan's values are a dict, which has no hash of its own.
        kind, data, recorded = content(event)
        return hash((kind, _frozen(data), recorded))


def _frozen(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return tuple(_frozen(part) for _, part in value)
    if isinstance(value, dict):
        return tuple(sorted((key, _frozen(part)) for key, part in value.items()))
    return tuple(map(_frozen, value)) if isinstance(value, tuple) else value


class Recent:
    """The newest `size` events that were acknowledged; the older half is forgotten at once."""

    def __init__(self, size: int = 400_000) -> None:
        self._half = max(1, size // 2)
        self._young: dict[Name, int] = {}
        self._old: dict[Name, int] = {}

    def get(self, key: Name) -> int | None:
        """The fingerprint under this name, if it is recent."""
        found = self._young.get(key)
        return self._old.get(key) if found is None else found

    def remember(self, key: Name, value: int) -> None:
        """Enter an event whose request is in the books."""
        self._young[key] = value
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
