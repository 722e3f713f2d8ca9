"""The tables as rows of Python: columns in order, and how a record becomes a row."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args, get_origin

import pyarrow as pa

from schemas.records.touched import RebuildState
from services.aggregate.boundaries import Boundary
from services.aggregate.chargers import ChargerChange
from services.aggregate.decode import RawRow
from services.aggregate.grid import box_of


class Table(NamedTuple):
    """Where rows go, and in which order their values stand.

    With `arrow` they go as columns of these types: that pays for rows that are lists of lists.
    """

    name: str
    columns: Sequence[str]
    arrow: pa.Schema | None = None


def table(name: str, columns: str) -> Table:
    """A table whose columns are named with spaces between."""
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

CONFLICTS = table(
    "pacekeeper.conflicts",
    "kafka_partition kafka_offset line differs finding indicator entity scope measure"
    " period_start period_end period detail_zh detail_en source event_id recorded_at at",
)

CHARGERS = table(
    "pacekeeper.charger_intake",
    "entity kafka_partition kafka_offset line source event_id recorded_at received_at data",
)


def charger_row(r: RawRow) -> tuple[Any, ...]:
    """A row of CHARGERS."""
    said = (r.source, r.event_id, r.recorded_at, r.received_at, r.data)
    return (r.entity, r.kafka_partition, r.kafka_offset, r.line, *said)


CHARGER_COUNTS = table(
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


BOUNDARIES = table(
    "pacekeeper.boundaries",
    "area source licence polygons west south east north points taken_at",
)


def boundary_row(b: Boundary, points: int, taken_at: datetime) -> tuple[Any, ...]:
    """A row of BOUNDARIES."""
    return (b.area, b.source, b.licence, b.polygons, *box_of(b.polygons), points, taken_at)


REBUILDS = table("pacekeeper.rebuilds", "rebuild source state step done total")


def rebuild_row(s: RebuildState) -> tuple[Any, ...]:
    """A row of REBUILDS."""
    return (s.rebuild, s.source, s.state, s.step, s.done, s.total)


RESTS = table("pacekeeper.rests", "indicator entity version reads")
CLOCKS = table("pacekeeper.clock", "name at")
