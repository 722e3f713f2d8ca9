"""Builders of events and lines, with everything that a test does not care about filled in."""

from datetime import UTC, datetime
from typing import Any

import orjson

from schemas.events import Accepted, Event, accepted_line, parse_event, subject
from schemas.exact import text
from services.runtime.kafka import Record

RECEIVED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def raw_event(kind: str, data: dict[str, Any], **attributes: Any) -> bytes:
    """The JSON of an event as a department would send it."""
    event = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "urn:pacekeeper:stats",
        "type": f"pacekeeper.{kind}.v1",
        "time": "2024-07-10T09:00:00+08:00",
        "data": data,
    }
    return orjson.dumps(event | attributes)


def observed(value: str | None = "41.5", period: str = "2024-06", **changed: Any) -> bytes:
    """A figure; `id`, `time`, `recordedtime` and `source` go to the envelope."""
    attributes = {
        name: changed.pop(name)
        for name in ("id", "time", "recordedtime", "source")
        if name in changed
    }
    data = {
        "indicator": "vehicle_output",
        "entity": "changzhou",
        "period": period,
        "measure": "cumulative",
        "value": value,
        "unit": "万辆",
        "status": "P" if value is not None else "M",
    }
    return raw_event("metric.observed", data | changed, **attributes)


def defined(**changed: Any) -> bytes:
    """The definition of a flow reported by month."""
    data = {
        "indicator": "vehicle_output",
        "name_zh": "整车产量",
        "name_en": "Vehicle output",
        "unit": "万辆",
        "measure": "cumulative",
        "direction": "higher",
        "owner": "stats",
        "frequency": "month",
        "due_days": 20,
    }
    return raw_event("indicator.defined", data | changed, id=f"def-{changed.get('indicator', '')}")


def target(**changed: Any) -> bytes:
    """A target of at least 100 in 2024."""
    data = {
        "target": "vehicles-2024",
        "indicator": "vehicle_output",
        "entity": "changzhou",
        "year": 2024,
        "version": 1,
        "effective_from": "2024-01-01",
        "goal": {"kind": "at_least", "value": "100", "strict": True},
        "lead": "stats",
    }
    changed_id = f"{changed.get('target', 'vehicles-2024')}-v{changed.get('version', 1)}"
    return raw_event("target.set", data | changed, id=changed_id)


def line(raw: bytes, receipt: str = "r-1", received: datetime = RECEIVED) -> bytes:
    """The accepted line of an event whose unit is already the canonical one."""
    event: Event = parse_event(raw)
    value = getattr(event.data, "value", None)
    unit = getattr(event.data, "unit", None) if event.type.startswith("pacekeeper.metric") else None
    accepted = Accepted(
        receipt=receipt,
        department=event.department,
        receivedtime=received,
        canonicalvalue=None if value is None else text(value),
        canonicalunit=unit,
    )
    return accepted_line(event, accepted)


def record(*events: bytes, partition: int = 0, offset: int = 0, topic: str = "events") -> Record:
    """A packed record of these events' accepted lines."""
    key = subject(parse_event(events[0])).encode() if events else b"k"
    return Record(topic, partition, offset, 0, key, b"\n".join(line(each) for each in events))
