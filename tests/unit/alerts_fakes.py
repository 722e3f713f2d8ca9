"""In-memory stand-ins for the broker's side of the alerts worker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment
from schemas.records.notice import Notice
from services.alerts.poison import Input

AT = datetime(2026, 1, 5, tzinfo=UTC)


class BrokerAwayError(Exception):
    """The broker is gone."""


@dataclass
class MemoryOutlet:
    """Table and topics in memory; `fail_after` calls to publish or remember, it is away."""

    table: dict[bytes, bytes] = field(default_factory=dict)
    sent: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    fail_after: int | None = None

    def _count(self) -> None:
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise BrokerAwayError
            self.fail_after -= 1

    def recall(self, key: bytes) -> bytes | None:
        return self.table.get(key)

    async def remember(self, states: Sequence[tuple[int, bytes, bytes]]) -> None:
        self._count()
        self.table |= {key: value for _, key, value in states}

    async def publish(self, records: Sequence[tuple[str, bytes, bytes]]) -> None:
        self._count()
        self.sent += records

    def of(self, topic: str) -> list[bytes]:
        return [value for name, _, value in self.sent if name == topic]


def arrived(topic: str, value: bytes, offset: int = 0, key: bytes = b"i|e") -> Input:
    return Input(topic, 0, offset, AT, key, value)


def rows(outlet: MemoryOutlet) -> list[Assessment]:
    return [
        Assessment.model_validate_json(value)
        for value in outlet.of("assessments")
        if b'"judged"' not in value
    ]


def transitions(outlet: MemoryOutlet) -> list[AlertChanged]:
    return [AlertChanged.model_validate_json(value) for value in outlet.of("alerts")]


def final(outlet: MemoryOutlet) -> tuple[Any, ...]:
    """What idempotent sinks hold in the end."""
    judged = {(r.target, r.period): r for r in sorted(rows(outlet), key=lambda r: r.sequence)}
    moved = {(t.alert, t.seq): t for t in transitions(outlet)}
    told = {Notice.model_validate_json(v).notice: v for v in outlet.of("notices")}
    return judged, moved, told
