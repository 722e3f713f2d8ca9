"""The event that every peer validates, and the row of the raw table it becomes; pure.

Field for field what the write role asks of an accepted figure: strictly, exact decimals, no field
unknown. What only our role does beside (other kinds of events, units) is not asked for.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from schemas import period
from schemas.names import EventId, Line, Scope, Slug, Source

COLUMNS = (
    "type",
    "indicator",
    "entity",
    "scope",
    "measure",
    "period_start",
    "period_end",
    "kafka_partition",
    "kafka_offset",
    "line",
    "source",
    "event_id",
    "receipt",
    "department",
    "recorded_at",
    "received_at",
    "period",
    "value",
    "unit",
    "status",
    "sent_value",
    "sent_unit",
    "note",
    "data",
)

Row = tuple[Any, ...]

_Digits = Annotated[Decimal, Field(max_digits=38, decimal_places=10)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Observed(_Strict):
    """One figure."""

    indicator: Slug
    entity: Slug
    period: Annotated[str, Field(pattern=period.PATTERN)]
    measure: Literal["period", "cumulative", "stock", "rate"]
    value: _Digits | None
    unit: Annotated[str, Field(min_length=1, max_length=32)]
    status: Annotated[str, Field(pattern="^[A-Z]$")]
    scope: Scope = ""
    note: Line | None = None


class Event(_Strict):
    """An accepted figure as it lies in the topic."""

    specversion: Literal["1.0"]
    type: Literal["pacekeeper.metric.observed.v1"]
    id: EventId
    source: Source
    time: AwareDatetime
    data: Observed
    receipt: EventId
    department: Slug
    receivedtime: AwareDatetime
    canonicalvalue: _Digits | None = None
    canonicalunit: str | None = None
    recordedtime: AwareDatetime | None = None


@lru_cache(maxsize=8192)
def _days(text: str, measure: str) -> tuple[date, date, str]:
    """First day, last day and name of a figure: a cumulative begins the year, a stock is a day."""
    start, end = period.parse(text)
    if measure == "cumulative":
        return end.replace(month=1, day=1), end, period.end_name(end)
    if measure == "stock":
        return end, end, period.end_name(end)
    return start, end, period.span_name(period.Span(start, end))


def row(line: bytes | str, partition: int, offset: int, number: int) -> Row:
    """The row of one line, in the order of COLUMNS; ValidationError."""
    e = Event.model_validate_json(line)
    data = e.data
    start, end, name = _days(data.period, data.measure)
    return (
        "metric.observed",
        data.indicator,
        data.entity,
        data.scope,
        data.measure,
        start,
        end,
        partition,
        offset,
        number,
        e.source,
        e.id,
        e.receipt,
        e.department,
        e.recordedtime or e.time,
        e.receivedtime,
        name,
        e.canonicalvalue,
        e.canonicalunit or data.unit,
        data.status,
        "" if data.value is None else str(data.value),
        data.unit,
        data.note or "",
        "",
    )


def rows(value: bytes, partition: int, offset: int) -> Iterator[Row]:
    """The rows of a record: of one event or of many, one to a line."""
    return (
        row(line, partition, offset, number)
        for number, line in enumerate(value.split(b"\n"))
        if line
    )
