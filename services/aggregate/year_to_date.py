"""Year-to-date values that follow from what was reported (DOMAIN §1, fine print); pure.

Reported at *e* is a cumulative that ends there, or a period value from 1 January to *e*; of both
the newer. Where nothing is reported, the newest reported one before *e* plus the period values
that follow it without gap or overlap; else period values that tile 1 January … *e*, with the
fewest pieces, then the finest.
"""

from collections import defaultdict
from collections.abc import Iterable
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


class Total(NamedTuple):
    """A year-to-date: its figures in order, from 1 January to the last one's end."""

    pieces: tuple[Fact, ...]

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
        return least_final(self.pieces)


def least_final(pieces: Iterable[Fact]) -> Status:
    """The status of what rests on these figures."""
    return min((piece.status for piece in pieces), key=_FINALITY.index)


def totals(facts: Iterable[Fact]) -> dict[date, Total]:
    """The year-to-date at every end that has one; figures of one scope and one year.

    Forecasts are no pieces, nor is what reaches over two years.
    """
    amounts = [
        fact
        for fact in facts
        if fact.measure in (Measure.PERIOD, Measure.CUMULATIVE)
        and fact.start.year == fact.end.year
        and fact.status is not Status.FORECAST
    ]
    if not amounts:
        return {}
    first = date(amounts[0].end.year, 1, 1)
    reported: dict[date, Fact] = {}
    pieces: dict[date, list[Fact]] = defaultdict(list)
    for fact in amounts:
        if fact.start == first:
            there = reported.get(fact.end)
            if there is None or there.recorded_at < fact.recorded_at:
                reported[fact.end] = fact
        if fact.measure is Measure.PERIOD:
            pieces[fact.start].append(fact)
    tiled = _reach(first, pieces) if pieces else {}
    found: dict[date, Total] = {}
    for end in sorted({fact.end for fact in amounts}):
        row = _row(end, reported, pieces, tiled)
        if row is not None:
            found[end] = Total(row)
    return found


def _row(
    end: date,
    reported: dict[date, Fact],
    pieces: dict[date, list[Fact]],
    tiled: dict[date, tuple[Fact, ...]],
) -> tuple[Fact, ...] | None:
    if end in reported:
        return (reported[end],)
    for before in sorted((day for day in reported if day < end), reverse=True):
        follows = _reach(before + _DAY, pieces).get(end)
        if follows is not None:
            return (reported[before], *follows)
    return tiled.get(end)


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
