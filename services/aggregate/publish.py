"""What follows from series is stored, then told: a row and a dossier each, some at a time."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from schemas.topics import EVENTS, INDICATORS, series_key
from services.aggregate.catalogue import Catalogue
from services.aggregate.comparands import Comparison
from services.aggregate.counting import Counting
from services.aggregate.dependence import Dependence
from services.aggregate.dossier import About, Writer
from services.aggregate.evaluation import Evaluation
from services.aggregate.facts import by_series
from services.aggregate.findings.finding import still_open
from services.aggregate.findings.kinds import find
from services.aggregate.findings.known import Known
from services.aggregate.patience import StoppedError
from services.aggregate.repeats import Repeats
from services.aggregate.steps import in_steps
from services.aggregate.store import Figure, SeriesKey, Store
from services.aggregate.surroundings import Surroundings
from services.aggregate.tables import RESTS, SERIES, SeriesRow
from services.aggregate.write import Outlet, in_pieces
from services.runtime import logs
from services.runtime.kafka import partition_of

log = logs.get("derive")

_SERIES_A_QUERY = 500


class Batch(NamedTuple):
    """What rests on what, as one batch sees it; `refused` as of Evaluation, `version` of rows.

    `clock` is the newest tick, if there was one.
    """

    dependence: Dependence
    counting: Counting
    comparison: Comparison
    version: int
    clock: datetime | None = None
    refused: Mapping[SeriesKey, datetime] = MappingProxyType({})


class _Some(NamedTuple):
    """Series that are derived together, what they ought to add up from, and all they read."""

    series: Sequence[SeriesKey]
    below: Mapping[SeriesKey, Sequence[SeriesKey]]
    needed: Sequence[SeriesKey]


class _Found(NamedTuple):
    """What came of them."""

    rows: Sequence[SeriesRow]
    dossiers: Sequence[tuple[bytes, bytes]]


_Figures = Mapping[SeriesKey, Sequence[Figure]]


class Publishing:
    """Made for one derive role. `through` is the offset up to which each partition is stored."""

    def __init__(
        self,
        store: Store,
        outlet: Outlet,
        catalogue: Catalogue,
        repeats: Repeats,
        stop: threading.Event,
    ) -> None:
        self._store = store
        self._outlet = outlet
        self._catalogue = catalogue
        self._repeats = repeats
        self._stop = stop
        self._rests: dict[SeriesKey, tuple[SeriesKey, ...]] = {}
        self.through: dict[int, int] = {}

    def load(self) -> None:
        """Know what is stored."""
        self.through = self._store.offsets()
        self._rests = self._store.rests()

    def stored(self, through: Mapping[int, int]) -> None:
        """All is stored up to these offsets too."""
        for partition, offset in through.items():
            self.through[partition] = max(self.through.get(partition, -1), offset)

    def publish(self, series: Sequence[SeriesKey], batch: Batch) -> None:
        """All of these, some at a time.

        AwayError: nothing is lost by doing it all again. StoppedError when told to stop.
        """

        def some() -> Iterator[_Some]:
            for piece in in_pieces(series, _SERIES_A_QUERY):
                if self._stop.is_set():
                    raise StoppedError("derive")
                below = {key: batch.dependence.below(key) for key in piece}
                beside = (batch.comparison.reads(key) for key in piece)
                shown = chain(piece, *below.values(), *beside)
                yield _Some(piece, below, sorted(batch.dependence.needed(shown)))

        def work(some: _Some, figures: _Figures) -> _Found:
            return self._found(some, figures, batch)

        if len(series) > _SERIES_A_QUERY:
            in_steps(some(), self._read, work, self._tell)
            return
        for only in some():
            self._tell(work(only, self._read(only)))

    def _read(self, some: _Some) -> _Figures:
        return by_series(
            figure
            for piece in in_pieces(some.needed, _SERIES_A_QUERY)
            for figure in self._repeats.standing(self._store.figures(piece))
        )

    def _tell(self, found: _Found) -> None:
        self._store.insert(SERIES, found.rows)
        self._outlet.publish(INDICATORS.name, found.dossiers)

    def _found(self, some: _Some, figures: _Figures, batch: Batch) -> _Found:
        series, below, needed = some
        counts = batch.counting.counts(needed)
        known = Evaluation(self._catalogue, figures, batch.refused, counts)
        said = {key: known.series(key) for key in series}
        silent = {key for key, each in said.items() if each is not None and each.says_nothing}
        left_out = silent - batch.dependence.stored(silent)
        self._keep_rests(series, batch)
        around = self._around(series, batch.comparison, known)
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
            rows.append(told.row(key[1], batch.version, found))
            partition = partition_of(key[1].encode(), EVENTS.partitions)
            name_zh, name_en = self._catalogue.entity_names(key[1])
            about = About(
                indicator,
                key[1],
                name_zh,
                name_en,
                partition,
                self.through.get(partition, -1),
                self.through,
                max(received, default=self._catalogue.defined_at(key[0])),
                batch.clock,
            )
            beside = around.beside(key, told, targets)
            body = writer.write(about, told.facts(), targets, still_open(found), beside)
            dossiers.append((series_key(*key).encode(), body))
        return _Found(rows, dossiers)

    def _around(
        self, series: Sequence[SeriesKey], comparison: Comparison, known: Evaluation
    ) -> Surroundings:
        projects = set[str]().union(*(comparison.projects(key) or () for key in series))
        states = self._store.project_courses(sorted(projects)) if projects else ()
        return Surroundings(self._catalogue, comparison, known, states)

    def _keep_rests(self, series: Sequence[SeriesKey], batch: Batch) -> None:
        """Receipts of what these are derived from, or set beside, wait until these are judged."""
        new: dict[SeriesKey, tuple[SeriesKey, ...]] = {}
        for key in series:
            others = batch.comparison.reads(key)
            derived = others or (batch.dependence.reads(key) and self._catalogue.targets(*key))
            if derived or key in self._rests:
                new[key] = tuple(sorted(batch.dependence.needed({key, *others}) - {key}))
        changed = {key: reads for key, reads in new.items() if self._rests.get(key) != reads}
        rows = [(*key, batch.version, list(reads)) for key, reads in changed.items()]
        self._store.insert(RESTS, rows)
        self._rests |= changed
