"""The audit role: asks now and then whether the books balance and what stands in the book of
rejects, and tells the judge what is new of it.

Several processes may audit: they read the same tables, and the judge keeps one alert a department.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from schemas.records.books import Balance, DayOfBooks, Refused
from schemas.topics import INDICATORS, series_key
from services.aggregate.store import DepartmentDay, Store
from services.aggregate.write import Outlet
from services.runtime import logs
from services.runtime.clock import Clock
from services.runtime.errors import AwayError

log = logs.get("audit")

# What was received within a minute may still be on its way.
_UNDER_WAY = timedelta(minutes=1)
_RECENT = timedelta(days=2)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# Nobody is expected to mend a refused event that is older: it is history, and no alert rests on it.
_MENDED_WITHIN = timedelta(days=30)
# It reads every receipt of two days: for at most a hundredth of the time.
_EVERY = 10.0
_TIMES = 100

_Days = dict[str, tuple[DayOfBooks, ...]]
_Books = tuple[tuple[DayOfBooks, ...], Refused | None]


class Auditor:
    """Looks at the books until it is told to stop; the first two looks are at all of them."""

    def __init__(self, store: Store, outlet: Outlet, clock: Clock, stop: threading.Event) -> None:
        self._store = store
        self._outlet = outlet
        self._clock = clock
        self._stop = stop
        self._since = _BEGINNING
        self._before: set[tuple[str, object]] | None = None
        self._told: dict[str, _Books] = {}

    def run(self) -> None:
        """Audit until stopped."""
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self.look()
            except AwayError as error:
                # Not at once: a look may be too much for a store that is short of memory.
                log.warning("audit_put_off", error=str(error)[:300])
            self._stop.wait(max(_EVERY, _TIMES * (time.monotonic() - began)))

    def look(self) -> None:
        """Tell what differed at the last look too and still does, what is refused, and what no
        longer is either."""
        now = self._clock()
        read = self._store.days_of_books(self._since, now - _UNDER_WAY)
        differ = [one for one in read if one.books.difference]
        if self._before is not None:
            refused = self._store.refused(now - _MENDED_WITHIN)
            self._tell(_standing(read, self._before), refused, now)
            # A day that differs is looked at until it balances.
            first = min((one.books.day for one in differ), default=now.date())
            start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
            self._since = min(now - _RECENT, start)
        self._before = {(one.department, one.books.day) for one in differ}

    def _tell(self, standing: _Days, refused: Mapping[str, Refused], now: datetime) -> None:
        changed = dict(self._changed(standing, refused))
        for department, (days, _) in changed.items():
            if days:
                log.error("books_differ", department=department, days=len(days))
        records = [
            (
                series_key("", name).encode(),
                Balance(department=name, at=now, days=days, refused=rejects)
                .model_dump_json()
                .encode(),
            )
            for name, (days, rejects) in sorted(changed.items())
        ]
        if records:
            self._outlet.publish(INDICATORS.name, records)
        self._told |= changed

    def _changed(
        self, standing: _Days, refused: Mapping[str, Refused]
    ) -> Iterator[tuple[str, _Books]]:
        """What is to be told anew of each department that was looked at or told of."""
        for department in standing.keys() | refused.keys() | self._told.keys():
            # A day that was told is always looked at; one that is not there is no longer kept.
            books = standing.get(department, ()), refused.get(department)
            if self._told.get(department) != books:
                yield department, books


def _standing(read: Sequence[DepartmentDay], before: set[tuple[str, object]]) -> _Days:
    """Per department the days that differ now and did so before; none where all balances."""
    found: dict[str, list[DayOfBooks]] = defaultdict(list)
    for one in read:
        days = found[one.department]
        if one.books.difference and (one.department, one.books.day) in before:
            days.append(one.books)
    return {department: tuple(days) for department, days in found.items()}
