"""The aggregate's door to its tables: what is inserted, and what is read back of a series."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import numpy as np
import orjson
import pyarrow as pa
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.insert import InsertContext

from schemas.records.books import DayOfBooks
from services.aggregate import columnar, figures
from services.aggregate.conflicts import Conflict
from services.aggregate.countable import ClickHouseCountable, Countable
from services.aggregate.covering import ClickHouseCovering, Covering
from services.aggregate.decode import RawRow
from services.aggregate.figures import Figure as Figure
from services.aggregate.figures import Vintage as Vintage
from services.aggregate.ids import COUNTED, HASHED, Ids
from services.aggregate.refusals import ClickHouseRefusing, Refusing
from services.aggregate.tables import CONFLICTS, Table
from services.runtime.clickhouse import connect, translated
from services.runtime.settings import Settings

# ClickHouse's own retry tokens lose acknowledged rows when the process dies between log and part.
WRITE = {"async_insert": 0, "insert_deduplicate": 0}
# No two rows of one block are the same arrival: looking for them costs a quarter of the insert.
_WRITE_ONCE = WRITE | {"optimize_on_insert": 0}


class DepartmentDay(NamedTuple):
    """A department's books of one day."""

    department: str
    books: DayOfBooks


SeriesKey = tuple[str, str]


class Store(Countable, Covering, Refusing, Protocol):
    """The tables. Every call raises AwayError (try again) or RefusedError (never again)."""

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Durable when it returns. Inserting the same rows again changes nothing."""

    def append(self, table: Table, columns: pa.Table) -> None:
        """As `insert`, of a block of columns; they are named and typed as the table's."""

    def figures(self, series: Iterable[SeriesKey]) -> list[Figure]:
        """The figures of these series, in order of series and end, with what was set aside."""

    def series_of(self, indicators: Iterable[str]) -> list[SeriesKey]:
        """Every series of these indicators that has a figure or a target, or was derived."""

    def ids(self) -> Ids:
        """The id of every arrival that counts: see services.aggregate.ids."""

    def repeats(self, ids: Sequence[int]) -> list[RawRow]:
        """Every arrival under those of these ids that came with more than one content."""

    def conflicts(self) -> list[Conflict]:
        """Every arrival that was set aside."""

    def days_of_books(self, since: datetime, before: datetime) -> list[DepartmentDay]:
        """What was received in this time, by department and day, and what of it is stored."""

    def rests(self) -> dict[SeriesKey, tuple[SeriesKey, ...]]:
        """Of series with a target what they are derived from, as it was entered in RESTS."""

    def clock(self) -> datetime | None:
        """The newest tick that was entered in CLOCKS."""

    def offsets(self) -> dict[int, int]:
        """The greatest stored offset of each partition of `events`."""


_SERIES_OF = """
SELECT indicator, entity FROM pacekeeper.raw
WHERE type IN ('metric.observed', 'target.set') AND indicator IN {indicators:Array(String)}
UNION DISTINCT
SELECT indicator, entity FROM pacekeeper.series WHERE indicator IN {indicators:Array(String)}
"""
_IDS = f"""
SELECT {HASHED} FROM pacekeeper.raw WHERE type IN {{types:Array(String)}} FORMAT RowBinary
"""
_REPEATED = f"""
SELECT {HASHED} AS id FROM pacekeeper.raw
WHERE type IN {{types:Array(String)}} AND id IN {{ids:Array(UInt64)}}
GROUP BY id
HAVING uniqExact(
    type, indicator, entity, scope, measure, period_start, period_end, ifNull(value, 0), sent_unit,
    status, note, recorded_at, data
) > 1
"""
_ARRIVALS = f"""
SELECT {", ".join(RawRow._fields)} FROM pacekeeper.raw
WHERE type IN {{types:Array(String)}} AND {HASHED} IN {{ids:Array(UInt64)}}
LIMIT 1 BY kafka_partition, kafka_offset, line
"""


_DAYS = f"""
SELECT department, {", ".join(DayOfBooks.model_fields)}
FROM pacekeeper.days_of_books(
    since = {{since:DateTime64(6, 'UTC')}}, before = {{before:DateTime64(6, 'UTC')}}
)
"""


def _parameter(moment: datetime) -> str:
    # The client would cut a datetime to seconds.
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ClickHouseStore(ClickHouseCountable, ClickHouseCovering, ClickHouseRefusing):
    """The Store in ClickHouse; one of these per role.

    Its client has no session: one thread may read while another one inserts.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        # A context knows the columns' types: without it every insert asks for them again.
        self._inserts: dict[str, InsertContext] = {}

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """See Store."""
        if not rows:
            return
        if table.arrow is not None:
            self.append(table, columnar.table(table.arrow, rows))
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

    def append(self, table: Table, columns: pa.Table) -> None:
        """See Store."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, columns.schema) as stream:
            stream.write_table(columns)
        body = sink.getvalue().to_pybytes()
        with translated():
            self._client.raw_insert(
                table.name, columns.schema.names, body, settings=_WRITE_ONCE, fmt="ArrowStream"
            )

    def _rows(self, query: str, **parameters: Any) -> Sequence[Sequence[Any]]:
        with translated():
            rows: Sequence[Sequence[Any]] = self._client.query(query, parameters).result_rows
            return rows

    def _columns(self, query: str, settings: dict[str, Any], **parameters: Any) -> pa.Table:
        with translated():
            return self._client.query_arrow(query, parameters, settings)

    def figures(self, series: Iterable[SeriesKey]) -> list[Figure]:
        """See Store."""
        asked = {"series": list(series)}
        with translated():
            told = self._client.raw_query(
                figures.QUERY, asked, settings=figures.SETTINGS, fmt=figures.FORMAT
            )
        return list(figures.read(orjson.loads(told)))

    def series_of(self, indicators: Iterable[str]) -> list[SeriesKey]:
        """See Store."""
        rows = self._rows(_SERIES_OF, indicators=list(indicators))
        return [(str(indicator), str(entity)) for indicator, entity in rows]

    def ids(self) -> Ids:
        """See Store."""
        with translated():
            body = self._client.raw_query(_IDS, {"types": sorted(COUNTED)})
        return np.frombuffer(body, "<u8").astype(np.uint64, copy=False)

    def repeats(self, ids: Sequence[int]) -> list[RawRow]:
        """See Store."""
        types = sorted(COUNTED)
        found = [id for (id,) in self._rows(_REPEATED, types=types, ids=list(ids))]
        if not found:
            return []
        rows = map(RawRow._make, self._rows(_ARRIVALS, types=types, ids=found))
        return [
            row._replace(recorded_at=_utc(row.recorded_at), received_at=_utc(row.received_at))
            for row in rows
        ]

    def conflicts(self) -> list[Conflict]:
        """See Store."""
        columns = ", ".join(CONFLICTS.columns)
        rows = self._rows(f"SELECT {columns} FROM {CONFLICTS.name} FINAL")
        return [
            one._replace(recorded_at=_utc(one.recorded_at), at=_utc(one.at))
            for one in map(Conflict._make, rows)
        ]

    def days_of_books(self, since: datetime, before: datetime) -> list[DepartmentDay]:
        """See Store."""
        rows = self._rows(_DAYS, since=_parameter(since), before=_parameter(before))
        names = DayOfBooks.model_fields
        return [
            DepartmentDay(department, DayOfBooks(**dict(zip(names, books, strict=True))))
            for department, *books in rows
        ]

    def rests(self) -> dict[SeriesKey, tuple[SeriesKey, ...]]:
        """See Store."""
        rows = self._rows("SELECT indicator, entity, reads FROM pacekeeper.rests FINAL")
        return {
            (indicator, entity): tuple((str(name), str(where)) for name, where in reads)
            for indicator, entity, reads in rows
        }

    def clock(self) -> datetime | None:
        """See Store."""
        ((at,),) = self._rows("SELECT maxOrNull(at) FROM pacekeeper.clock")
        return None if at is None else _utc(at)

    def offsets(self) -> dict[int, int]:
        """See Store."""
        rows = self._rows(
            "SELECT kafka_partition, max(kafka_offset) FROM pacekeeper.raw GROUP BY kafka_partition"
        )
        return {int(partition): int(offset) for partition, offset in rows}


def open_store(settings: Settings) -> ClickHouseStore:
    """A store of the calling role's own. AwayError when the engine does not answer."""
    client = connect(
        settings.clickhouse_url,
        settings.clickhouse_user,
        settings.clickhouse_password.get_secret_value(),
        # Reading a few series back is far too little work to be shared out among threads, be it
        # for the sake of the files; and how the values are spread is no news for a key.
        max_threads=1,
        local_filesystem_read_method="pread",
        use_statistics=0,
    )
    return ClickHouseStore(client)
