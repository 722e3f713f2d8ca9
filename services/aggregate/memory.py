"""The aggregate's ports in memory: for tests, and for trying a rule without servers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from schemas.data import Measure
from schemas.records.books import DayOfBooks
from services.aggregate.columns import rows
from services.aggregate.conflicts import Conflict, content
from services.aggregate.decode import RawRow
from services.aggregate.ids import COUNTED, Ids, id_of
from services.aggregate.memory_counts import MemoryCountable
from services.aggregate.memory_covering import MemoryCovering
from services.aggregate.memory_refusals import MemoryRefusing
from services.aggregate.record_tables import RECEIPTS
from services.aggregate.store import DepartmentDay, Figure, SeriesKey, Vintage
from services.aggregate.tables import CLOCKS, CONFLICTS, RAW, RESTS, SERIES, SeriesRow, Table
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka import Record

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ABOUT_SERIES = ("metric.observed", "target.set")


class MemoryStore(MemoryCountable, MemoryCovering, MemoryRefusing):
    """The Store in memory. `away` calls to come fail; a row with a `poison` value is refused."""

    def __init__(self) -> None:
        self.tables: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.raw: dict[tuple[int, int, int], RawRow] = {}
        self.series: dict[SeriesKey, SeriesRow] = {}
        self.away = 0
        self.poison: object = object()

    def _answer(self) -> None:
        if self.away:
            self.away -= 1
            raise AwayError("the store is away")

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """See Store."""
        self._answer()
        if any(self.poison in row for row in rows):
            raise RefusedError("a row of this block cannot be kept")
        if table is RAW:
            for row in map(RawRow._make, rows):
                self.raw[row.kafka_partition, row.kafka_offset, row.line] = row
        elif table is SERIES:
            for said in map(SeriesRow._make, rows):
                there = self.series.get((said.indicator, said.entity))
                if there is None or there.version <= said.version:
                    self.series[said.indicator, said.entity] = said
        else:
            self.tables[table.name].extend(rows)

    def append(self, table: Table, columns: pa.Table) -> None:
        """See Store."""
        self.insert(table, rows(columns))

    def figures(self, series: Iterable[SeriesKey]) -> list[Figure]:
        """See Store."""
        self._answer()
        wanted = set(series)
        firsts: dict[tuple[Any, ...], RawRow] = {}
        for at in sorted(self.raw):
            row = self.raw[at]
            if row.type == "metric.observed" and (row.indicator, row.entity) in wanted:
                firsts.setdefault((*row[1:7], row.source, row.event_id), row)
        figures: dict[tuple[Any, ...], list[RawRow]] = defaultdict(list)
        for row in firsts.values():
            figures[row[1:7]].append(row)
        found = []
        for (indicator, entity, scope, measure, start, end), some in figures.items():
            vintages = tuple(sorted(map(_vintage, some)))
            received = max(row.received_at for row in some)
            figure = Figure(
                indicator, entity, scope, Measure(measure), start, end, vintages, received
            )
            found.append(figure)
        return sorted(found, key=lambda f: (f[0], f[1], f[2], f.end, f.start, f.measure))

    def series_of(self, indicators: Iterable[str]) -> list[SeriesKey]:
        """See Store."""
        self._answer()
        wanted = set(indicators)
        told = {(r.indicator, r.entity) for r in self.raw.values() if r.type in _ABOUT_SERIES}
        return sorted(key for key in told | self.series.keys() if key[0] in wanted)

    def ids(self) -> Ids:
        """See Store."""
        self._answer()
        counted = (row for row in self.raw.values() if row.type in COUNTED)
        return np.array([id_of(row.source, row.event_id) for row in counted], np.uint64)

    def repeats(self, ids: Sequence[int]) -> list[RawRow]:
        """See Store."""
        self._answer()
        arrivals: dict[int, list[RawRow]] = defaultdict(list)
        for row in self.raw.values():
            if row.type in COUNTED:
                arrivals[id_of(row.source, row.event_id)].append(row)
        each = (arrivals[asked] for asked in set(ids))
        return [row for rows in each if len(set(map(content, rows))) > 1 for row in rows]

    def conflicts(self) -> list[Conflict]:
        """See Store."""
        self._answer()
        newest = {row[:3]: row for row in self.tables[CONFLICTS.name]}
        return [Conflict._make(row) for row in newest.values()]

    def days_of_books(self, since: datetime, before: datetime) -> list[DepartmentDay]:
        """See Store."""
        self._answer()
        stored: dict[str, int] = Counter(row.receipt for row in self.raw.values())
        days: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
        for given in {row[0]: row for row in self.tables[RECEIPTS.name]}.values():
            receipt, department, at, received, _, duplicate, rejected = given[:7]
            if since <= at < before:
                kept = stored.get(receipt, 0)
                days[department, at.astimezone(_SHANGHAI).date()].update(
                    received=received,
                    duplicate=duplicate,
                    rejected=rejected,
                    stored=kept,
                    difference=received - duplicate - rejected - kept,
                )
        return [
            DepartmentDay(department, DayOfBooks(day=day, **counts))
            for (department, day), counts in sorted(days.items())
        ]

    def rests(self) -> dict[SeriesKey, tuple[SeriesKey, ...]]:
        """See Store."""
        self._answer()
        return {row[:2]: tuple(row[3]) for row in self.tables[RESTS.name]}

    def clock(self) -> datetime | None:
        """See Store."""
        self._answer()
        return max((at for _, at in self.tables[CLOCKS.name]), default=None)

    def offsets(self) -> dict[int, int]:
        """See Store."""
        self._answer()
        found: dict[int, int] = {}
        for partition, offset, _ in self.raw:
            found[partition] = max(found.get(partition, 0), offset)
        return found


def _vintage(row: RawRow) -> Vintage:
    where = (row.kafka_partition, row.kafka_offset, row.line)
    sent = (row.sent_value, row.sent_unit, row.note, row.source)
    return Vintage(row.recorded_at, *where, row.value, row.unit, row.status, row.event_id, *sent)


class MemorySource:
    """Records given beforehand; remembers what was committed."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.epoch = 0
        self.waiting = list(records)
        self.committed: list[Record] = []
        self.paused: list[int] = []
        self.refuses_commits = False

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        """What is left, at most `max_records`."""
        most = len(self.waiting) if max_records is None else max_records
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return taken

    def commit(self, after: Iterable[Record]) -> None:
        """Remember."""
        if self.refuses_commits:
            raise RefusedError("the partitions went to another member")
        self.committed.extend(after)

    def pause(self, topic: str, partition: int) -> None:
        """Remember."""
        self.paused.append(partition)


class MemoryOutlet:
    """Keeps what was published, by topic; `away` calls to come fail."""

    def __init__(self) -> None:
        self.published: dict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
        self.away = 0

    def publish(self, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep."""
        if self.away:
            self.away -= 1
            raise AwayError("the broker is away")
        self.published[topic].extend(records)
