"""The derive role: reads touched series back, stores what follows, publishes one dossier each.

One process of the group is active (`touched` has one partition), the others stand by. Everything
it publishes can already be queried.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Protocol

from schemas.records import RebuildAsked, Touched
from schemas.topics import EVENTS, INDICATORS, series_key
from services.aggregate.catalogue import Catalogue
from services.aggregate.comparands import Comparison
from services.aggregate.counting import Counting
from services.aggregate.decode import BOUNDARY, CHARGER, PROJECT
from services.aggregate.dependence import Dependence
from services.aggregate.dossier import About, Writer
from services.aggregate.evaluation import Evaluation
from services.aggregate.facts import by_series
from services.aggregate.findings.finding import still_open
from services.aggregate.findings.kinds import find
from services.aggregate.findings.known import Known
from services.aggregate.ids import Ids, unpacked
from services.aggregate.pace import rest
from services.aggregate.patience import until_done
from services.aggregate.repeats import Repeats
from services.aggregate.store import SeriesKey, Store
from services.aggregate.surroundings import Surroundings
from services.aggregate.tables import RESTS, SERIES, SeriesRow
from services.aggregate.take import Source
from services.aggregate.write import Outlet, in_pieces
from services.runtime import logs
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka import Record, partition_of

log = logs.get("derive")

REBUILD = b"rebuild"
_A_BATCH = 1_000
_REST = 0.5
_SERIES_A_QUERY = 500
_MARKS = (PROJECT, CHARGER, BOUNDARY)


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
        self._store = store
        self._outlet = outlet
        self._catalogue = catalogue
        self._follower = follower
        self._stop = stop
        self._rebuild = rebuild
        self._through: dict[int, int] = {}
        self._rests: dict[SeriesKey, tuple[SeriesKey, ...]] = {}
        self._repeats = Repeats(store)
        self._next = 0

    def run(self) -> None:
        """Derive until stopped."""
        while not self._stop.is_set():
            records = self._source.poll(timeout_ms=200, max_records=_A_BATCH)
            if records:
                began = time.monotonic()
                self.derive(records)
                worked = time.monotonic() - began
                self._stop.wait(rest(worked, _REST, full=len(records) >= _A_BATCH))

    def derive(self, records: Sequence[Record]) -> None:
        """Everything these records touched: read back, store, publish, commit."""
        if records[0].offset > self._next or not self._repeats.loaded:
            until_done("load", self.load, self._stop)
        touched: set[SeriesKey] = set()
        ids: list[Ids] = []
        rebuilds: list[RebuildAsked] = []
        for record in records:
            try:
                if record.key == REBUILD:
                    rebuilds.append(RebuildAsked.model_validate_json(record.value or b""))
                    continue
                block = Touched.model_validate_json(record.value or b"")
                ids.append(unpacked(block.ids))
            except ValueError as error:
                log.error("touched_record_unreadable", offset=record.offset, error=str(error))
                continue
            known = self._through.get(block.partition, -1)
            self._through[block.partition] = max(known, block.offset)
            touched.update(block.series)
        again = self._repeats.among(ids)
        since, self._next = records[0].offset + 1, records[-1].offset + 1
        if touched or ids:
            until_done(
                "derive", lambda: self._publish(touched, again, since, self._next), self._stop
            )
        for asked in rebuilds:
            self._rebuild(asked, self._next)
        try:
            self._source.commit(records)
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
        dependence = Dependence(self._catalogue, self._store.series_of)
        counting = Counting(self._store, self._catalogue)
        comparison = Comparison(self._catalogue)
        for some in in_pieces(series, _SERIES_A_QUERY):
            self._publish_some(some, dependence, counting, comparison, {}, version)

    def load(self) -> None:
        """Know what is stored: records before these were read by another."""
        self._through = self._store.offsets()
        self._rests = self._store.rests()
        self._repeats.load()

    def _publish(self, touched: set[SeriesKey], again: Ids, since: int, version: int) -> None:
        refused = self._repeats.set_aside(again)
        dependence = Dependence(self._catalogue, self._store.series_of)
        counting = Counting(self._store, self._catalogue)
        comparison = Comparison(self._catalogue)
        marks = {key for key in touched | refused.keys() if key[0] in _MARKS}
        whole = self._whole((touched | refused.keys()) - marks, dependence, counting)
        series = dependence.affected(whole | counting.touched(marks, version, since))
        series |= dependence.beside(series)
        series |= comparison.readers(series)
        series |= comparison.waiting(name for kind, name in marks if kind == PROJECT)
        if any(not indicator for indicator, _ in touched):
            series |= comparison.placed()
        for some in in_pieces(sorted(series), _SERIES_A_QUERY):
            self._publish_some(some, dependence, counting, comparison, refused, version)

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

    def _publish_some(
        self,
        series: Sequence[SeriesKey],
        dependence: Dependence,
        counting: Counting,
        comparison: Comparison,
        refused: Mapping[SeriesKey, datetime],
        version: int,
    ) -> None:
        below = {key: dependence.below(key) for key in series}
        others = {key: comparison.reads(key) for key in series}
        shown = chain(series, *below.values(), *others.values())
        needed = sorted(dependence.needed(shown))
        figures = by_series(
            figure
            for some in in_pieces(needed, _SERIES_A_QUERY)
            for figure in self._repeats.standing(self._store.figures(some))
        )
        known = Evaluation(self._catalogue, figures, refused, counting.counts(needed))
        said = {key: known.series(key) for key in series}
        silent = {key for key, each in said.items() if each is not None and each.says_nothing}
        left_out = silent - dependence.stored(silent)
        self._keep_rests(series, dependence, comparison, version)
        projects = set[str]().union(*(comparison.projects(key) or () for key in series))
        states = self._store.project_courses(sorted(projects)) if projects else ()
        around = Surroundings(self._catalogue, comparison, known, states)
        rows: list[SeriesRow] = []
        dossiers: list[tuple[bytes, bytes]] = []
        writer = Writer()
        for key in series:
            indicator = self._catalogue.indicator(key[0])
            told, targets = said[key], self._catalogue.targets(*key)
            if indicator is None or told is None:
                log.warning("series_without_definition", indicator=key[0], entity=key[1])
                continue
            children = {part[1]: of for part in below[key] if (of := known.series(part))}
            found = find(Known.of(indicator, key[1], told, children))
            found += self._repeats.findings(key, told.figures)
            if key in left_out and not targets and not found:
                continue
            received = known.received(key) + around.received(key)
            received += [self._catalogue.received_at(each) for each in targets]
            rows.append(told.row(key[1], version, found))
            partition = partition_of(key[1].encode(), EVENTS.partitions)
            name_zh, name_en = self._catalogue.entity_names(key[1])
            about = About(
                indicator,
                key[1],
                name_zh,
                name_en,
                partition,
                self._through.get(partition, -1),
                self._through,
                max(received, default=self._catalogue.defined_at(key[0])),
            )
            beside = around.beside(key, told, targets)
            body = writer.write(about, told.facts(), targets, still_open(found), beside)
            dossiers.append((series_key(*key).encode(), body))
        self._store.insert(SERIES, rows)
        self._outlet.publish(INDICATORS.name, dossiers)

    def _keep_rests(
        self,
        series: Sequence[SeriesKey],
        dependence: Dependence,
        comparison: Comparison,
        version: int,
    ) -> None:
        """Receipts of what these are derived from, or set beside, wait until these are judged."""
        new: dict[SeriesKey, tuple[SeriesKey, ...]] = {}
        for key in series:
            others = comparison.reads(key)
            derived = others or (dependence.reads(key) and self._catalogue.targets(*key))
            if derived or key in self._rests:
                new[key] = tuple(sorted(dependence.needed({key, *others}) - {key}))
        changed = {key: reads for key, reads in new.items() if self._rests.get(key) != reads}
        self._store.insert(RESTS, [(*key, version, list(reads)) for key, reads in changed.items()])
        self._rests |= changed

    def _know(self, indicators: Iterable[str], *, anew: bool) -> None:
        # The catalogue is written before `events`, but another thread reads it. Nothing touches
        # again what rests on a definition that was passed over because it was not read yet.
        unknown = anew or any(self._catalogue.indicator(name) is None for name in indicators)
        if unknown and not self._follower.read_to_end(2):
            raise AwayError("the catalogue was not read to its end in time")
