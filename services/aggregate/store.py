"""The aggregate's door to its tables: what is inserted, and what is read back of a series."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.insert import InsertContext

from schemas.data import Measure
from services.aggregate.tables import CURRENT, CurrentRow, Table
from services.runtime.clickhouse import connect, translated
from services.runtime.settings import Settings

# ClickHouse's own retry tokens lose acknowledged rows when the process dies between log and part.
WRITE = {"async_insert": 0, "insert_deduplicate": 0}


class Newest(NamedTuple):
    """The newest vintage of one figure, and when each of its vintages was recorded.

    `received_at` is when the last of them came in, which need not be the newest.
    """

    indicator: str
    entity: str
    scope: str
    measure: Measure
    start: date
    end: date
    value: Decimal | None
    unit: str
    status: str
    event_id: str
    recorded_at: datetime
    recorded: tuple[datetime, ...]
    received_at: datetime


SeriesKey = tuple[str, str]


class Store(Protocol):
    """The tables. Every call raises AwayError (try again) or RefusedError (never again)."""

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Durable when it returns. Inserting the same rows again changes nothing."""

    def newest(self, series: Iterable[SeriesKey]) -> list[Newest]:
        """The newest vintages of these series, in order of series and end."""

    def current_keys(self, series: Iterable[SeriesKey]) -> list[CurrentRow]:
        """The rows of the series that `current` shows now."""

    def series_of(self, indicators: Iterable[str]) -> list[SeriesKey]:
        """Every series of these indicators that has a figure or a target."""

    def offsets(self) -> dict[int, int]:
        """The greatest stored offset of each partition of `events`."""


_NEWEST = """
SELECT indicator, entity, scope, measure, period_start, period_end,
    argMax(first, (first.1, first.2, first.3, first.4)) AS newest,
    arraySort(groupUniqArray(first.1)) AS recorded,
    max(received) AS received_at
FROM
(
    SELECT indicator, entity, scope, measure, period_start, period_end,
        argMin(
            (recorded_at, kafka_partition, kafka_offset, line, value, unit, status, event_id),
            (kafka_partition, kafka_offset, line)
        ) AS first,
        max(received_at) AS received
    FROM pacekeeper.raw
    WHERE type = 'metric.observed' AND (indicator, entity) IN {series:Array(Tuple(String, String))}
    GROUP BY indicator, entity, scope, measure, period_start, period_end, source, event_id
)
GROUP BY indicator, entity, scope, measure, period_start, period_end
ORDER BY indicator, entity, scope, period_end, period_start, measure
"""
_SERIES_OF = """
SELECT DISTINCT indicator, entity FROM pacekeeper.raw
WHERE type IN ('metric.observed', 'target.set') AND indicator IN {indicators:Array(String)}
"""


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ClickHouseStore:
    """The Store in ClickHouse; one of these per thread."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # A context knows the columns' types: without it every insert asks for them again.
        self._inserts: dict[str, InsertContext] = {}

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """See Store."""
        if not rows:
            return
        with translated():
            context = self._inserts.get(table.name)
            if context is None:
                context = self._client.create_insert_context(
                    table.name, column_names=table.columns, settings=WRITE
                )
                self._inserts[table.name] = context
            context.data = rows
            self._client.insert(context=context)

    def _rows(self, query: str, **parameters: Any) -> Sequence[Sequence[Any]]:
        with translated():
            rows: Sequence[Sequence[Any]] = self._client.query(query, parameters).result_rows
            return rows

    def newest(self, series: Iterable[SeriesKey]) -> list[Newest]:
        """See Store."""
        found = []
        for *key, newest, recorded, received_at in self._rows(_NEWEST, series=list(series)):
            indicator, entity, scope, measure, start, end = key
            at, _, _, _, value, unit, status, event_id = newest
            times = tuple(_utc(moment) for moment in recorded)
            found.append(
                Newest(
                    indicator,
                    entity,
                    scope,
                    Measure(measure),
                    start,
                    end,
                    value,
                    unit,
                    status,
                    event_id,
                    _utc(at),
                    times,
                    _utc(received_at),
                )
            )
        return found

    def current_keys(self, series: Iterable[SeriesKey]) -> list[CurrentRow]:
        """See Store."""
        rows = self._rows(
            f"SELECT {', '.join(CURRENT.columns)} FROM pacekeeper.current FINAL"
            " WHERE NOT deleted AND (indicator, entity) IN {series:Array(Tuple(String, String))}",
            series=list(series),
        )
        return [CurrentRow(*row) for row in rows]

    def series_of(self, indicators: Iterable[str]) -> list[SeriesKey]:
        """See Store."""
        rows = self._rows(_SERIES_OF, indicators=list(indicators))
        return [(str(indicator), str(entity)) for indicator, entity in rows]

    def offsets(self) -> dict[int, int]:
        """See Store."""
        rows = self._rows(
            "SELECT kafka_partition, max(kafka_offset) FROM pacekeeper.raw GROUP BY kafka_partition"
        )
        return {int(partition): int(offset) for partition, offset in rows}


def open_store(settings: Settings) -> ClickHouseStore:
    """A store of the calling thread's own. AwayError when the engine does not answer."""
    client = connect(
        settings.clickhouse_url,
        settings.clickhouse_user,
        settings.clickhouse_password.get_secret_value(),
        # Reading a few series back is far too little work to be shared out among threads.
        max_threads=1,
    )
    return ClickHouseStore(client)
