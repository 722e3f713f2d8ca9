"""Recomputes tables into new ones beside them and swaps them in, while figures keep coming.

It is asked for by a record on `touched`, so that the one derive role at work does it between two
batches: nobody else writes these tables then, but for the write role (raw, and chargers' states).
A process that dies in the middle leaves the record uncommitted; whoever reads it next begins anew.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from services.aggregate.conflicts import conflicts
from services.aggregate.counting import Counting
from services.aggregate.decode import RawRow, decode
from services.aggregate.store import SeriesKey, Store
from services.aggregate.tables import CONFLICTS, RAW
from services.aggregate.workbench import Workbench
from services.runtime import logs
from services.runtime.errors import RefusedError
from services.runtime.kafka import Record

log = logs.get("rebuild")

_AT_ONCE = 2_000


class EventsTopic(Protocol):
    """`events` as it lies in the broker."""

    def ends(self) -> dict[int, tuple[int, int]]:
        """Of each partition the first offset that is kept, and the next one to come."""

    def read(self, partition: int, first: int, end: int) -> Iterable[Sequence[Record]]:
        """The records from the first offset to before the end, some at a time."""


class Derivation(Protocol):
    """The derive role, as far as it is done again."""

    def load(self) -> None:
        """Know anew what is stored, and what of it is set aside."""

    def everything(self) -> list[SeriesKey]:
        """Every series that there is to derive."""

    def rewrite(self, series: Sequence[SeriesKey], version: int) -> None:
        """Derive these, store and publish them."""


# What is done, of how many.
Tell = Callable[[str, int, int], None]


class Rebuild:
    """`derivation` is the role itself, `anew` one that derives into another store, silently."""

    def __init__(
        self,
        store: Workbench,
        topic: EventsTopic,
        derivation: Derivation,
        anew: Callable[[Store], Derivation],
        counting: Callable[[Store], Counting],
        tell: Tell,
    ) -> None:
        self._store = store
        self._topic = topic
        self._derivation = derivation
        self._anew = anew
        self._counting = counting
        self._tell = tell

    def run(self, source: str, version: int) -> None:
        """All that follows from raw; before it raw itself, from `events` as far as it is kept."""
        if source == "events":
            self._raw()
        self._conflicts()
        self._charger_updates()
        self._charger_counts(version)
        self._series(version)

    def _raw(self) -> None:
        self._store.begin("raw")
        ends = self._topic.ends()
        self._store.keep_before({partition: first for partition, (first, _) in ends.items()})
        total = sum(end - first for first, end in ends.values())
        done = 0
        for partition, (first, end) in sorted(ends.items()):
            for records in self._topic.read(partition, first, end):
                _write(self._store.beside, records)
                done += len(records)
                self._tell("raw", done, total)
        self._store.swap("raw")
        # A block under way may still go into the old table: its records are in the topic.
        for partition, (first, now) in sorted(self._topic.ends().items()):
            _, end = ends.get(partition, (first, first))
            for records in self._topic.read(partition, end, now):
                _write(self._store, records)
        self._store.end("raw")

    def _conflicts(self) -> None:
        self._store.begin("conflicts")
        found = list(conflicts(self._store.under_used_ids()))
        self._store.beside.insert(CONFLICTS, found)
        self._tell("conflicts", len(found), len(found))
        self._store.swap("conflicts")
        self._store.end("conflicts")

    def _charger_updates(self) -> None:
        before = self._store.offsets()
        self._store.fill_charger_updates()
        self._tell("chargers", 1, 1)
        self._store.swap("charger_updates")
        # What came meanwhile went into the old table, after it was in raw.
        self._store.feed_chargers(before)
        self._store.end("charger_updates")

    def _charger_counts(self, version: int) -> None:
        self._store.begin("charger_counts")
        counting = self._counting(self._store.beside)
        chargers = self._store.charger_keys()
        for start in range(0, len(chargers), _AT_ONCE):
            counting.count_chargers(chargers[start : start + _AT_ONCE], version, 0)
            self._tell("charger_counts", min(start + _AT_ONCE, len(chargers)), len(chargers))
        self._store.swap("charger_counts")
        self._store.end("charger_counts")

    def _series(self, version: int) -> None:
        self._store.begin("series", "rests")
        anew = self._anew(self._store.beside)
        anew.load()
        series = anew.everything()
        for start in range(0, len(series), _AT_ONCE):
            anew.rewrite(series[start : start + _AT_ONCE], version)
            self._tell("series", min(start + _AT_ONCE, len(series)), len(series))
        self._store.swap("rests")
        self._store.swap("series")
        different = self._store.different()
        if different:
            log.warning("rebuild_found_differences", series=len(different))
        self._derivation.load()
        self._derivation.rewrite(different, version)
        self._store.end("series", "rests")


def _write(store: Store, records: Sequence[Record]) -> None:
    rows = [
        row
        for record in records
        for row in decode(record.partition, record.offset, record.value or b"")
        if isinstance(row, RawRow)
    ]
    _insert(store, rows)


def _insert(store: Store, rows: Sequence[RawRow]) -> None:
    """Insert the rows; one that the store refuses was rejected when it came first."""
    try:
        store.insert(RAW, rows)
    except RefusedError:
        if len(rows) > 1:
            half = len(rows) // 2
            _insert(store, rows[:half])
            _insert(store, rows[half:])
