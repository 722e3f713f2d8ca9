"""Reported figures with every vintage, from the columns in which the engine tells them; pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from schemas.data import Measure


class Vintage(NamedTuple):
    """One published version of a figure, in the order of the fields; a deletion has no value.

    `value` and `unit` are canonical; what was sent tells how the value was rounded.
    """

    recorded_at: datetime
    partition: int
    offset: int
    line: int
    value: Decimal | None
    unit: str
    status: str
    event_id: str
    sent_value: str = ""
    sent_unit: str = ""
    note: str = ""
    source: str = ""


class Figure(NamedTuple):
    """One reported figure: every vintage, the newest last, and when the last of them came in."""

    indicator: str
    entity: str
    scope: str
    measure: Measure
    start: date
    end: date
    vintages: tuple[Vintage, ...]
    received_at: datetime


# Days and microseconds since 1970: dates and times as text would take longer to read than all else.
# A figure's rows must be neighbours; in which order, `read` does not mind.
QUERY = """
SELECT
    indicator, entity, scope, measure, toUInt16(period_start), toUInt16(period_end),
    toUnixTimestamp64Micro(recorded_at), kafka_partition, kafka_offset, line, toString(value), unit,
    status, event_id, sent_value, sent_unit, note, source, toUnixTimestamp64Micro(received_at)
FROM pacekeeper.raw
WHERE type = 'metric.observed' AND (indicator, entity) IN {series:Array(Tuple(String, String))}
ORDER BY indicator, entity, scope, period_end, period_start, measure
"""
FORMAT = "JSONCompactColumns"
SETTINGS = {"output_format_json_quote_64bit_integers": 0}

_KEY = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_MEASURES = {measure.value: measure for measure in Measure}


def read(columns: Sequence[Sequence[Any]]) -> Iterator[Figure]:
    """The figures in the order of the columns (QUERY). An id that came twice counts once."""
    if not columns:
        return  # of no rows there are no columns
    indicator, entity, scope, measure, start, end = columns[:_KEY]
    recorded, partition, offset, line, value, *others, received = columns[_KEY:]
    keys = zip(
        indicator,
        entity,
        scope,
        map(_MEASURES.__getitem__, measure),
        map(_day, start),
        map(_day, end),
        strict=True,
    )
    values = [None if each is None else Decimal(each) for each in value]
    vintages = map(
        Vintage._make,
        zip(map(moment, recorded), partition, offset, line, values, *others, strict=True),
    )
    arrivals = zip(vintages, received, strict=True)
    for key, group in groupby(zip(keys, arrivals, strict=True), key=itemgetter(0)):
        first, *more = [arrival for _, arrival in group]
        vintage, arrived = first
        if more:
            once = _once(vintage for vintage, _ in (first, *more))
            arrived = max(arrived for _, arrived in (first, *more))
        else:
            once = (vintage,)
        yield Figure._make((*key, once, moment(arrived)))


def _once(arrivals: Iterable[Vintage]) -> tuple[Vintage, ...]:
    """Of each id the arrival of the least coordinates, in the order of vintages."""
    firsts: dict[tuple[str, str], Vintage] = {}
    for vintage in arrivals:
        name = vintage.source, vintage.event_id
        if vintage[1:4] < firsts.setdefault(name, vintage)[1:4]:
            firsts[name] = vintage
    return tuple(sorted(firsts.values(), key=lambda vintage: vintage[:4]))


@lru_cache(maxsize=65536)
def _day(since_1970: int) -> date:
    return date.fromordinal(_FIRST_DAY + since_1970)


@lru_cache(maxsize=65536)
def moment(since_1970: int) -> datetime:
    """The moment so many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=since_1970)
