"""The derive role: derives what was touched, and all that rests on it.

One process of the group is active (`touched` has one partition), the others stand by. Everything
it publishes can already be queried.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol
from zoneinfo import ZoneInfo

from schemas.records.touched import RebuildAsked
from services.aggregate.catalogue import Catalogue
from services.aggregate.comparands import Comparison
from services.aggregate.counting import Counting
from services.aggregate.decode import BOUNDARY, CHARGER, CLOCK, PROJECT
from services.aggregate.dependence import Dependence
from services.aggregate.gather import Gathering, Round
from services.aggregate.ids import Ids
from services.aggregate.pace import rest
from services.aggregate.patience import until_done
from services.aggregate.publish import Batch, Publishing
from services.aggregate.repeats import Repeats
from services.aggregate.store import SeriesKey, Store
from services.aggregate.tables import CLOCKS
from services.aggregate.take import Source
from services.aggregate.write import Outlet
from services.runtime import logs
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka import Record

log = logs.get("derive")

_REST = 0.5
_NOTHING: Mapping[SeriesKey, datetime] = MappingProxyType({})
_MARKS = (PROJECT, CHARGER, BOUNDARY, CLOCK)
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class CatalogueEnd(Protocol):
    """Reads the catalogue as far as it goes."""

    def read_to_end(self, timeout: float) -> bool:
        """False when that took longer than the time."""


class Deriver:
    """Follows `touched` until it is told to stop."""

    def __init__(
        self,
        source: Source,
        store: Store,
        outlet: Outlet,
        catalogue: Catalogue,
        follower: CatalogueEnd,
        stop: threading.Event,
        rebuild: Callable[[RebuildAsked, int], None] = lambda asked, version: None,
    ) -> None:
        self._source = source
        self._gathering = Gathering(source, stop)
        self._store = store
        self._catalogue = catalogue
        self._follower = follower
        self._stop = stop
        self._rebuild = rebuild
        self._repeats = Repeats(store)
        self._publishing = Publishing(store, outlet, catalogue, self._repeats, stop)
        self._clock: datetime | None = None
        self._next = 0

    def run(self) -> None:
        """Derive until stopped."""
        while not self._stop.is_set():
            touched = self._gathering.take(200)
            if touched.records and not self._stop.is_set():
                began = time.monotonic()
                self._derive(touched)
                worked = time.monotonic() - began
                self._gathering.worked(touched, worked)
                self._stop.wait(rest(worked, _REST, full=touched.full))

    def derive(self, records: Sequence[Record]) -> None:
        """Everything these records touched: read back, store, publish, commit."""
        self._derive(Round(records))

    def _derive(self, touched: Round) -> None:
        first, last = touched.records[0].offset, touched.records[-1].offset
        if first > self._next or not self._repeats.loaded:
            until_done("load", self.load, self._stop)
            # Told is what was stored: a backlog is in there, and its ids are no news.
            again = self._repeats.stored(touched.ids)
        else:
            again = self._repeats.among(touched.ids)
        self._publishing.stored(touched.through)
        since, self._next = first + 1, last + 1
        if touched.ids:
            until_done(
                "derive",
                lambda: self._publish(touched.series, again, since, self._next),
                self._stop,
            )
        for asked in touched.rebuilds:
            self._rebuild(asked, self._next)
        try:
            self._source.commit(touched.records)
        except RefusedError as error:
            log.warning("commit_refused", error=str(error))

    def everything(self) -> list[SeriesKey]:
        """Every series that there is to derive."""
        names = self._catalogue.indicators()
        dependence = Dependence(self._catalogue, self._store.series_of)
        counted = Counting(self._store, self._catalogue).everywhere(names)
        series = dependence.of(names) | counted | self._catalogue.series_with_targets(names)
        return sorted(series | dependence.beside(series))

    def rewrite(self, series: Sequence[SeriesKey], version: int) -> None:
        """Derive, store and publish these, touched or not."""
        self._publishing.publish(series, self._batch(version, self._clock))

    def load(self) -> None:
        """Know what is stored: records before these were read by another."""
        self._publishing.load()
        self._repeats.load()
        self._clock = self._store.clock()

    def _publish(self, touched: set[SeriesKey], again: Ids, since: int, version: int) -> None:
        refused = self._repeats.set_aside(again)
        marks = {key for key in touched | refused.keys() if key[0] in _MARKS}
        ticked = self._new_day(marks)
        batch = self._batch(version, ticked or self._clock, refused)
        dependence, counting, comparison = batch[:3]
        whole = self._whole((touched | refused.keys()) - marks, dependence, counting)
        series = dependence.affected(whole | counting.touched(marks, version, since))
        series |= dependence.beside(series)
        series |= comparison.readers(series)
        series |= comparison.waiting(name for kind, name in marks if kind == PROJECT)
        if any(not indicator for indicator, _ in touched):
            series |= comparison.placed()
        if ticked is not None:
            series |= self._catalogue.series_with_targets(self._catalogue.indicators())
        self._publishing.publish(sorted(series), batch)
        if ticked is not None:
            self._store.insert(CLOCKS, [("derived", ticked)])
            self._clock = ticked

    def _new_day(self, marks: Iterable[SeriesKey]) -> datetime | None:
        """The newest tick among these, if it is the first of its day."""
        ticks = (datetime.fromisoformat(at) for kind, at in marks if kind == CLOCK)
        newest = max(ticks, default=None)
        if newest is None or (self._clock is not None and _day(newest) <= _day(self._clock)):
            return None
        return newest

    def _batch(
        self,
        version: int,
        clock: datetime | None,
        refused: Mapping[SeriesKey, datetime] = _NOTHING,
    ) -> Batch:
        return Batch(
            Dependence(self._catalogue, self._store.series_of),
            Counting(self._store, self._catalogue),
            Comparison(self._catalogue),
            version,
            clock,
            refused,
        )

    def _whole(
        self, touched: set[SeriesKey], dependence: Dependence, counting: Counting
    ) -> set[SeriesKey]:
        """The series themselves; a definition touches every series of its indicator."""
        defined = {indicator for indicator, entity in touched if not entity}
        placed = {entity for indicator, entity in touched if not indicator}
        series = {key for key in touched if all(key)}
        self._know({indicator for indicator, _ in series}, anew=bool(defined or placed))
        if defined:
            series |= dependence.of(defined) | counting.everywhere(defined)
            series |= self._catalogue.series_with_targets(defined)
        if placed:
            series |= dependence.placed(placed)
        return series

    def _know(self, indicators: Iterable[str], *, anew: bool) -> None:
        # The catalogue is written before `events`, but another thread reads it. Nothing touches
        # again what rests on a definition that was passed over because it was not read yet.
        unknown = anew or any(self._catalogue.indicator(name) is None for name in indicators)
        if unknown and not self._follower.read_to_end(2):
            raise AwayError("the catalogue was not read to its end in time")


def _day(moment: datetime) -> date:
    return moment.astimezone(_SHANGHAI).date()
