"""The tables as rows of Python: columns in order, and how a record becomes a row."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args, get_origin
from zoneinfo import ZoneInfo

import pyarrow as pa

from schemas.records import (
    AlertChanged,
    Assessment,
    Judged,
    Notice,
    RebuildState,
    Receipt,
    Rejected,
    Resubmitted,
)
from services.aggregate.boundaries import Boundary
from services.aggregate.chargers import ChargerChange
from services.aggregate.decode import RawRow
from services.aggregate.grid import box_of

_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Table(NamedTuple):
    """Where rows go, and in which order their values stand.

    With `arrow` they go as columns of these types: that pays for rows that are lists of lists.
    """

    name: str
    columns: Sequence[str]
    arrow: pa.Schema | None = None


def _table(name: str, columns: str) -> Table:
    return Table(name, columns.split())


class Finding(NamedTuple):
    """What looks wrong in a series; `state` is open, explained or corrected, `at` its beginning."""

    finding: str
    kind: str
    scope: str
    period: str
    detail_zh: str
    detail_en: str
    event_ids: list[str]
    state: str
    at: datetime


class SeriesRow(NamedTuple):
    """One row of `pacekeeper.series`: all that a series says now, and every vintage it ever had.

    The lists of `now` run in step, and so do those of `past`, `lack` and `found`. A vintage in
    `past` is the newest of its figure until the next one was recorded; one that was taken back, or
    ceased to follow, has no value. `lack` names the figures that a formula leaves undefined, and
    why.
    """

    indicator: str
    entity: str
    version: int
    now_scope: list[str]
    now_measure: list[str]
    now_start: list[date]
    now_end: list[date]
    now_period: list[str]
    now_value: list[Decimal]
    now_unit: list[str]
    now_status: list[str]
    now_recorded_at: list[datetime]
    now_vintages: list[int]
    now_derived: list[bool]
    past_scope: list[str]
    past_measure: list[str]
    past_start: list[date]
    past_end: list[date]
    past_period: list[str]
    past_value: list[Decimal | None]
    past_unit: list[str]
    past_status: list[str]
    past_recorded_at: list[datetime]
    past_until: list[datetime]
    past_vintage: list[int]
    past_derived: list[bool]
    lack_scope: list[str]
    lack_measure: list[str]
    lack_start: list[date]
    lack_end: list[date]
    lack_period: list[str]
    lack_reason: list[str]
    found_finding: list[str]
    found_kind: list[str]
    found_scope: list[str]
    found_period: list[str]
    found_detail_zh: list[str]
    found_detail_en: list[str]
    found_event_ids: list[list[str]]
    found_state: list[str]
    found_at: list[datetime]


RAW = Table("pacekeeper.raw", RawRow._fields)
_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.uint64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", "UTC"),
    Decimal: pa.decimal128(38, 10),
    Decimal | None: pa.decimal128(38, 10),
}


def _arrow(kind: Any) -> pa.DataType:
    if get_origin(kind) is list:
        (inner,) = get_args(kind)
        return pa.list_(_arrow(inner))
    return _ARROW[kind]


def _series() -> Table:
    names = [re.sub("^(now|past|lack|found)_", r"\1.", field) for field in SeriesRow._fields]
    kinds = map(_arrow, SeriesRow.__annotations__.values())
    return Table("pacekeeper.series", names, pa.schema(list(zip(names, kinds, strict=True))))


SERIES = _series()

CONFLICTS = _table(
    "pacekeeper.conflicts",
    "kafka_partition kafka_offset line differs finding indicator entity scope measure"
    " period_start period_end period detail_zh detail_en source event_id recorded_at at",
)

CHARGERS = _table(
    "pacekeeper.charger_intake",
    "entity kafka_offset line source event_id recorded_at received_at data",
)


def charger_row(r: RawRow) -> tuple[Any, ...]:
    """A row of CHARGERS."""
    said = (r.source, r.event_id, r.recorded_at, r.received_at, r.data)
    return (r.entity, r.kafka_offset, r.line, *said)


CHARGER_COUNTS = _table(
    "pacekeeper.charger_counts",
    "operator station charger version fingerprint received_at change.at change.what change.entity"
    " change.use change.day change.chargers change.event_id heard.at heard.entity heard.day"
    " heard.event_id change.lon change.lat",
)


def charger_counts_row(
    charger: tuple[str, str, str],
    version: int,
    fingerprint: int,
    received_at: datetime,
    changes: Sequence[ChargerChange],
) -> tuple[Any, ...]:
    """A row of CHARGER_COUNTS: what is heard of lies apart, since there is much more of it."""
    heard = [each for each in changes if each.said.what == "heard"]
    changes = [each for each in changes if each.said.what != "heard"]
    return (
        *charger,
        version,
        fingerprint,
        received_at,
        [each.at for each in changes],
        [each.said.what for each in changes],
        [each.said.entity for each in changes],
        [each.said.use for each in changes],
        [each.said.day for each in changes],
        [each.chargers for each in changes],
        [each.event_id for each in changes],
        [each.at for each in heard],
        [each.said.entity for each in heard],
        [each.said.day for each in heard],
        [each.event_id for each in heard],
        [each.said.place[0] if each.said.place else None for each in changes],
        [each.said.place[1] if each.said.place else None for each in changes],
    )


BOUNDARIES = _table(
    "pacekeeper.boundaries",
    "area source licence polygons west south east north points taken_at",
)


def boundary_row(b: Boundary, points: int, taken_at: datetime) -> tuple[Any, ...]:
    """A row of BOUNDARIES."""
    return (b.area, b.source, b.licence, b.polygons, *box_of(b.polygons), points, taken_at)


REBUILDS = _table("pacekeeper.rebuilds", "rebuild source state step done total")


def rebuild_row(s: RebuildState) -> tuple[Any, ...]:
    """A row of REBUILDS."""
    return (s.rebuild, s.source, s.state, s.step, s.done, s.total)


RESTS = _table("pacekeeper.rests", "indicator entity version reads")
RESUBMITTED = _table("pacekeeper.resubmitted", "department id receipt at")


def resubmitted_row(r: Resubmitted) -> tuple[Any, ...]:
    """A row of RESUBMITTED."""
    return (r.department, r.id, r.receipt, r.at)


RECEIPTS = _table(
    "pacekeeper.receipts",
    "receipt department received_at received accepted duplicate rejected event_index event_id"
    " event_source event_verdict event_code",
)


def receipt_row(r: Receipt) -> tuple[Any, ...]:
    """A row of RECEIPTS."""
    return (
        r.receipt,
        r.department,
        r.received_at,
        r.received,
        r.accepted,
        r.duplicate,
        r.rejected,
        [e.index for e in r.events],
        [e.id or "" for e in r.events],
        [e.source or "" for e in r.events],
        [e.verdict.value for e in r.events],
        [e.code or "" for e in r.events],
    )


REJECTED = _table(
    "pacekeeper.rejected",
    "id receipt department received_at line event_id code field message_zh message_en raw"
    " coordinates",
)


def rejected_row(r: Rejected) -> tuple[Any, ...]:
    """A row of REJECTED."""
    return (
        r.id,
        r.receipt,
        r.department,
        r.received_at,
        r.index,
        r.event_id or "",
        r.code,
        r.field,
        r.message_zh,
        r.message_en,
        r.raw,
        r.coordinates,
    )


ASSESSMENTS = _table(
    "pacekeeper.assessments",
    "target period version as_of indicator entity scope period_end actual expected gap pace"
    " required_rate forecast forecast_low forecast_high p_meet lamp scheme method"
    " trajectory_used reason reason_zh reason_en basis assessed_at sequence retracted",
)


def assessment_row(a: Assessment) -> tuple[Any, ...]:
    """A row of ASSESSMENTS."""
    return (
        a.target,
        a.period,
        a.version,
        a.as_of,
        a.indicator,
        a.entity,
        a.scope,
        a.period_end,
        a.actual,
        a.expected,
        a.gap,
        None if a.pace is None else float(a.pace),
        a.required_rate,
        a.forecast,
        a.forecast_low,
        a.forecast_high,
        None if a.p_meet is None else float(a.p_meet),
        a.lamp.value,
        a.scheme,
        a.method,
        a.trajectory_used,
        a.reason,
        a.reason_zh,
        a.reason_en,
        list(a.basis),
        a.assessed_at,
        a.sequence,
        a.superseded,
    )


JUDGED = _table("pacekeeper.judged", "indicator entity kafka_partition kafka_offset through")


def judged_row(j: Judged) -> tuple[Any, ...]:
    """A row of JUDGED. What is derived may lie in a partition that has no record yet."""
    through = {j.partition: j.offset} | j.through
    stored = {partition: offset for partition, offset in through.items() if offset >= 0}
    return (j.indicator, j.entity, j.partition, max(j.offset, 0), stored)


ALERTS = _table(
    "pacekeeper.alerts",
    "alert seq target kind indicator entity state reason by at lamp severity opened_at"
    " opened_period period gap lead responsible supervisor due_on acknowledged_by"
    " acknowledged_at notes closed_at reopened basis command_id",
)


def alert_row(a: AlertChanged) -> tuple[Any, ...]:
    """A row of ALERTS."""
    return (
        a.alert,
        a.seq,
        a.target,
        a.kind,
        a.indicator,
        a.entity,
        a.state.value,
        a.reason,
        a.by,
        a.at,
        a.lamp.value,
        a.severity,
        a.opened_at,
        a.opened_period,
        a.period,
        a.gap,
        a.lead,
        list(a.responsible),
        a.supervisor,
        a.due_on,
        a.acknowledged_by,
        a.acknowledged_at,
        [f"{n.at.astimezone(_SHANGHAI):%Y-%m-%d %H:%M} {n.by}: {n.text}" for n in a.notes],
        a.closed_at,
        a.reopened,
        list(a.basis),
        a.command_id,
    )


NOTICES = _table(
    "pacekeeper.notices",
    "notice receiver alert seq at state attempts error body rank",
)


def notice_row(n: Notice) -> tuple[Any, ...]:
    """A row of NOTICES: delivered outranks dead, dead outranks pending."""
    rank = ("pending", "dead", "delivered").index(n.state)
    return (n.notice, n.receiver, n.alert, n.seq, n.at, n.state, n.attempts, n.error, n.body, rank)
