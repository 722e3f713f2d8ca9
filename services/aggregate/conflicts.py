"""One id with more than one content: the first arrival counts, whatever series it is in; pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from schemas.exact import text
from services.aggregate.decode import RawRow
from services.aggregate.findings.finding import finding_id


class Conflict(NamedTuple):
    """An arrival under an id that had come before: no figure rests on it.

    `differs` from the first in content, which is the finding; else it only repeats it.
    """

    kafka_partition: int
    kafka_offset: int
    line: int
    differs: bool
    finding: str
    indicator: str
    entity: str
    scope: str
    measure: str
    period_start: date
    period_end: date
    period: str
    detail_zh: str
    detail_en: str
    source: str
    event_id: str
    recorded_at: datetime
    at: datetime


def content(row: RawRow) -> tuple[object, ...]:
    """What makes two arrivals of one id the same: type, data and recordedtime."""
    fact = (row.type, row.indicator, row.entity, row.scope, row.measure)
    span = (row.period_start, row.period_end, row.recorded_at)
    return (*fact, *span, row.value, row.sent_unit, row.status, row.note, row.data)


def conflicts(arrivals: Iterable[RawRow]) -> Iterator[Conflict]:
    """Every arrival but the first of each id: the least (partition, offset, line)."""
    by_id: dict[tuple[str, str], list[RawRow]] = defaultdict(list)
    for row in arrivals:
        by_id[row.source, row.event_id].append(row)
    for rows in by_id.values():
        first, *others = sorted(rows, key=coordinates)
        for other in others:
            yield _conflict(first, other)


def coordinates(row: RawRow) -> tuple[int, int, int]:
    """Where it lies."""
    return (row.kafka_partition, row.kafka_offset, row.line)


def _conflict(first: RawRow, other: RawRow) -> Conflict:
    return Conflict(
        *coordinates(other),
        content(other) != content(first),
        finding_id("duplicate_conflict", other.source, other.event_id, *_words(other)),
        other.indicator,
        other.entity,
        other.scope,
        other.measure,
        other.period_start,
        other.period_end,
        other.period,
        f"编号重复：id {other.event_id} 先用于 {_said(first)}，又用于 {_said(other)}；"
        "以先到者为准，后者请换新 id 重报",
        f"the id {other.event_id} was used for {_said(first)}, then for {_said(other)}: the first"
        " counts; send the other again under an id of its own",
        other.source,
        other.event_id,
        other.recorded_at,
        max(first.recorded_at, other.recorded_at),
    )


def _words(row: RawRow) -> Iterator[str]:
    """Its content, written the same wherever the row was read."""
    for part in content(row):
        if isinstance(part, datetime):
            yield part.astimezone(UTC).isoformat()
        else:
            yield text(part) if isinstance(part, Decimal) else str(part)


def _said(row: RawRow) -> str:
    value = "" if row.value is None else f" {text(row.value)} {row.unit}"
    named = (row.indicator or row.type, row.entity, row.scope, row.period)
    return f"{' '.join(filter(None, named))}{value}"
