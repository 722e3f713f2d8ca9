"""Year-to-date values that follow from what was reported (DOMAIN §1, fine print); pure.

Reported at *e* is a cumulative that ends there, or a period value from 1 January to *e*; of both
the newer. Where nothing is reported, the newest reported one before *e* plus the period values
that follow it without gap or overlap; else period values that tile 1 January … *e*, with the
fewest pieces, then the finest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from schemas.data import Measure
from schemas.exact import CONTEXT
from schemas.records import Fact
from schemas.status import Status

# From the least to the most final: a sum is no better than its worst piece.
_FINALITY = (
    Status.EXPERIMENTAL,
    Status.ESTIMATE,
    Status.UNCHECKED,
    Status.DEFINITION,
    Status.BREAK,
    Status.PRELIMINARY,
    Status.FINAL,
)
_DAY = timedelta(days=1)


class Sum(NamedTuple):
    """A year-to-date: its figures in order, from 1 January to the last one's end."""

    pieces: tuple[Fact, ...]

    @property
    def end(self) -> date:
        """The day it runs to."""
        return self.pieces[-1].end

    @property
    def value(self) -> Decimal:
        """The exact sum."""
        total = Decimal(0)
        for piece in self.pieces:
            total = CONTEXT.add(total, piece.value)
        return total

    @property
    def status(self) -> Status:
        """The least final of the pieces'."""
        return min((piece.status for piece in self.pieces), key=_FINALITY.index)


def derive(facts: Iterable[Fact]) -> Iterator[Sum]:
    """The year-to-date sums of a flow that nobody reported, per scope and year.

    Forecasts are no pieces, and simulated figures add up with simulated ones only.
    """
    groups: dict[tuple[str, int, bool], list[Fact]] = defaultdict(list)
    for fact in facts:
        one_year = fact.start.year == fact.end.year
        amount = fact.measure in (Measure.PERIOD, Measure.CUMULATIVE)
        if amount and one_year and fact.status is not Status.FORECAST:
            simulated = fact.status is Status.EXPERIMENTAL
            groups[fact.scope, fact.end.year, simulated].append(fact)
    for group in groups.values():
        yield from _derive_year(group)


def _derive_year(facts: Sequence[Fact]) -> Iterator[Sum]:
    year = facts[0].end.year
    first = date(year, 1, 1)
    cumulatives = {f.end for f in facts if f.measure is Measure.CUMULATIVE}
    reported: dict[date, Fact] = {}
    for fact in facts:
        if fact.start == first:
            there = reported.get(fact.end)
            if there is None or there.recorded_at < fact.recorded_at:
                reported[fact.end] = fact
    pieces: dict[date, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.measure is Measure.PERIOD:
            pieces[fact.start].append(fact)
    tiled = _reach(first, pieces)
    ends = {f.end for f in facts if f.measure is Measure.PERIOD} - cumulatives
    for end in sorted(ends):
        if end in reported:
            yield Sum((reported[end],))
            continue
        for before in sorted((day for day in reported if day < end), reverse=True):
            follows = _reach(before + _DAY, pieces).get(end)
            if follows is not None:
                yield Sum((reported[before], *follows))
                break
        else:
            if end in tiled:
                yield Sum(tiled[end])


def _reach(start: date, pieces: dict[date, list[Fact]]) -> dict[date, tuple[Fact, ...]]:
    """The best row of pieces from `start` to every end that can be reached without gap."""
    reached: dict[date, tuple[Fact, ...]] = {}
    waiting: dict[date, tuple[Fact, ...]] = {start: ()}
    while waiting:
        day = min(waiting)
        so_far = waiting.pop(day)
        for piece in pieces.get(day, ()):
            candidate = (*so_far, piece)
            there = reached.get(piece.end)
            if there is None or _rank(candidate) < _rank(there):
                reached[piece.end] = candidate
                waiting[piece.end + _DAY] = candidate
    return reached


def _rank(pieces: tuple[Fact, ...]) -> tuple[int, list[int]]:
    # Among equally many pieces the finest are those whose longest is shortest.
    return len(pieces), sorted(((p.end - p.start).days for p in pieces), reverse=True)
