"""Records of `events` to rows of the raw table; pure."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import orjson
from pydantic import ValidationError

from schemas import period
from schemas.data import (
    ChargerUpdated,
    EntityDefined,
    IndicatorDefined,
    Measure,
    MetricObserved,
    ProjectUpdated,
    TargetSet,
)
from schemas.events import LINES, PREFIX, AcceptedLine, refusal
from schemas.exact import as_sent
from schemas.period import Span
from schemas.rejects import RejectCode, RejectedError
from services.aggregate.places import wgs84

NO_DAY = date(1970, 1, 1)
_NO_NUMBER = RejectedError(
    RejectCode.BAD_VALUE,
    "canonicalvalue",
    "字段 canonicalvalue：应为 41.5 这样的十进制数",
    "canonicalvalue: a decimal like 41.5 is expected",
)
# In `touched` these stand where an indicator would, and a project or a charger for the entity.
PROJECT, CHARGER = "@project", "@charger"
# No event: an operator gave the boundary of an area.
BOUNDARY = "@boundary"
# No event either: a day began, at the moment in the entity's place.
CLOCK = "@clock"
_VERSION = re.compile(r"\.v[0-9]+$")


class Coordinates(NamedTuple):
    """Where a line lies: it orders arrivals and tells a repeat from a second one."""

    partition: int
    offset: int
    line: int


class RawRow(NamedTuple):
    """One arrival, in the order of the raw table's columns."""

    type: str
    indicator: str
    entity: str
    scope: str
    measure: str
    period_start: date
    period_end: date
    kafka_partition: int
    kafka_offset: int
    line: int
    source: str
    event_id: str
    receipt: str
    department: str
    recorded_at: datetime
    received_at: datetime
    period: str
    value: Decimal | None
    unit: str
    status: str
    sent_value: str
    sent_unit: str
    note: str
    data: str


class Undecodable(NamedTuple):
    """A line that is no accepted event: it cannot have come through the door."""

    at: Coordinates
    raw: bytes
    error: RejectedError


def lines(value: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a packed record with their number."""
    return ((n, line) for n, line in enumerate(value.split(b"\n")) if line)


def decode(partition: int, offset: int, value: bytes) -> Iterator[RawRow | Undecodable]:
    """Every line of one record, in order."""
    for number, line in lines(value):
        yield decode_line(line, Coordinates(partition, offset, number))


def decode_line(line: bytes, at: Coordinates) -> RawRow | Undecodable:
    """One line."""
    try:
        return row(LINES.validate_json(line), at)
    except ValidationError as error:
        return Undecodable(at, line, refusal(error))
    except InvalidOperation:
        return Undecodable(at, line, _NO_NUMBER)


def fact_span(measure: Measure, span: Span) -> Span:
    """The days that identify a figure.

    A cumulative is named by its end and runs from 1 January, a stock is of the last day alone.
    """
    if measure is Measure.CUMULATIVE:
        return Span(span.end.replace(month=1, day=1), span.end)
    if measure is Measure.STOCK:
        return Span(span.end, span.end)
    return span


def fact_name(measure: Measure, span: Span) -> str:
    """The canonical period of a figure."""
    by_end = measure in (Measure.CUMULATIVE, Measure.STOCK)
    return period.end_name(span.end) if by_end else period.span_name(span)


def row(event: AcceptedLine, at: Coordinates) -> RawRow:
    """The row of one accepted event."""
    data = event.data
    kind = _VERSION.sub("", event.type.removeprefix(PREFIX))
    recorded = event.recordedtime or event.time
    if isinstance(data, MetricObserved):
        span = fact_span(data.measure, data.span)
        canonical = event.canonicalvalue
        return RawRow(
            kind,
            data.indicator,
            data.entity,
            data.scope,
            data.measure.value,
            span.start,
            span.end,
            *at,
            event.source,
            event.id,
            event.receipt,
            event.department,
            recorded,
            event.receivedtime,
            fact_name(data.measure, span),
            None if canonical is None else Decimal(canonical),
            event.canonicalunit or data.unit,
            data.status.value,
            "" if data.value is None else as_sent(data.value),
            data.unit,
            data.note or "",
            "",
        )
    indicator, entity, scope = _about(event)
    return RawRow(
        kind,
        indicator,
        entity,
        scope,
        "",
        NO_DAY,
        NO_DAY,
        *at,
        event.source,
        event.id,
        event.receipt,
        event.department,
        recorded,
        event.receivedtime,
        "",
        None,
        "",
        "",
        "",
        "",
        "",
        _said(event),
    )


def _said(event: AcceptedLine) -> str:
    """The data with every default filled in, and where it lies as WGS-84 beside what was sent."""
    data = event.data
    said = data.model_dump_json(by_alias=True)
    if not isinstance(data, EntityDefined | ProjectUpdated | ChargerUpdated):
        return said
    if data.location is None:
        return said
    lon, lat = wgs84(data.location)
    return f'{said[:-1]},"wgs84":{{"lon":{lon!r},"lat":{lat!r}}}}}'


def _about(event: AcceptedLine) -> tuple[str, str, str]:
    data = event.data
    if isinstance(data, IndicatorDefined):
        return data.indicator, "", ""
    if isinstance(data, TargetSet):
        return data.indicator, data.entity, data.scope
    return "", data.entity, ""


def touches(row: RawRow) -> tuple[str, str] | None:
    """The series whose dossier changes with this row.

    A definition names the indicator or the entity alone: its parent decides what is summed. A
    project or charger names itself: where it was counted so far only the tables know.
    """
    if row.type in ("metric.observed", "target.set"):
        return (row.indicator, row.entity)
    if row.type == "indicator.defined":
        return (row.indicator, "")
    if row.type == "entity.defined":
        return ("", row.entity)
    if row.type == "project.updated":
        return (PROJECT, orjson.loads(row.data)["project"])
    if row.type == "charger.updated":
        data = orjson.loads(row.data)
        named = [data["operator"], data["station"], data["charger"]]
        return (CHARGER, orjson.dumps(named).decode())
    return None
