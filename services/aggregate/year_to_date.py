"""Year-to-date values that follow from what was reported (DOMAIN §1, fine print); pure.

Reported at *e* is a cumulative that ends there, or a period value from 1 January to *e*; of both
the newer. Where nothing is reported, the newest reported one before *e* plus the period values
that follow it without gap or overlap; of several rows the one with the fewest pieces, then the
finest. Any row that tiles 1 January … *e* begins with a reported one, so these are all rows.

The best row to *e* is the best row to the day before one of the pieces that end at *e*, and that
piece: so what changes is only looked at from the changed end on, for as long as rows change.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from schemas.data import Measure
from schemas.exact import CONTEXT
from schemas.status import Status
from services.aggregate.fact import Coordinates, Fact, less_final

_DAY = timedelta(days=1)


class Row(NamedTuple):
    """A year-to-date of several pieces: the last one, and what leads up to the day before it.

    `reported` is the end of the reported one that it starts with, `follow` how many pieces come
    after that one.
    """

    last: Fact
    before: "Fact | Row"
    reported: date
    follow: int
    value: Decimal
    status: Status
    first_recorded_at: datetime

    @property
    def basis(self) -> tuple[str, ...]:
        """The events of its pieces, from 1 January on."""
        return tuple(event for piece in reversed(list(self._pieces())) for event in piece.basis)

    @property
    def coordinates(self) -> Coordinates:
        """Where the last of its pieces lies."""
        return max(self.places)

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Where each of its pieces lies."""
        return tuple(piece.where for piece in self._pieces())

    @property
    def lengths(self) -> list[int]:
        """How long the pieces are that follow the reported one, the longest first."""
        _, *follow = reversed(list(self._pieces()))
        return sorted(((piece.end - piece.start).days for piece in follow), reverse=True)

    def _pieces(self) -> Iterator[Fact]:
        row: Fact | Row = self
        while isinstance(row, Row):
            yield row.last
            row = row.before
        yield row


# A reported year-to-date is a row of its own. A row that changed is another object.
Total = Fact | Row


class Year:
    """The figures of one scope and year, all simulated or none; neither forecasts nor rates."""

    def __init__(self) -> None:
        self.totals: dict[date, Total] = {}
        self.published: dict[date, Fact] = {}
        self._since_new_year: dict[date, Fact] = {}
        # By end and start; and to which ends pieces lead from the day before they start.
        self._pieces: dict[date, dict[date, Fact]] = {}
        self._onward: dict[date, set[date]] = {}
        self._changed: set[date] = set()

    def put(self, measure: Measure, start: date, end: date, fact: Fact | None) -> None:
        """What is known of one figure from now on."""
        if measure is Measure.CUMULATIVE:
            _enter(self.published, end, fact)
        elif start.month == 1 == start.day:
            _enter(self._since_new_year, end, fact)
        else:
            _enter(self._pieces.setdefault(end, {}), start, fact)
            self._onward.setdefault(day_before(start), set()).add(end)
        self._changed.add(end)

    def reports(self, end: date) -> bool:
        """Was the year-to-date at an end reported as such?"""
        return end in self.published

    def reports_month(self, start: date, end: date) -> bool:
        """Was this month's value reported?"""
        if start.month == 1:
            return end in self._since_new_year
        return start in self._pieces.get(end, ())

    def settle(self) -> set[date]:
        """Bring the totals up to date; the ends at which something changed since the last time."""
        ends, self._changed = self._changed, set()
        if not self._onward:
            for end in ends:
                self._settle(end)
            return ends
        waiting = list(ends)
        heapify(waiting)
        while waiting:
            end = heappop(waiting)
            if self._settle(end):
                for further in self._onward.get(end, ()):
                    if further not in ends:
                        ends.add(further)
                        heappush(waiting, further)
        return ends

    def _settle(self, end: date) -> bool:
        """Find the year-to-date at an end anew. Is it another one?"""
        there, now = self.totals.get(end), self._reported(end) or self._best(end)
        if now is None:
            self.totals.pop(end, None)
            return there is not None
        if there is now or (
            isinstance(now, Row)
            and isinstance(there, Row)
            and there.last is now.last
            and there.before is now.before
        ):
            return False
        self.totals[end] = now
        return True

    def _reported(self, end: date) -> Fact | None:
        one, other = self.published.get(end), self._since_new_year.get(end)
        if one is None or other is None:
            return one or other
        return max(one, other, key=lambda fact: fact.age)

    def _best(self, end: date) -> Row | None:
        pieces = self._pieces.get(end)
        if not pieces:
            return None
        best: Row | None = None
        for start in sorted(pieces):
            before = self.totals.get(day_before(start))
            if before is not None:
                row = longer(before, pieces[start])
                if best is None or _better(row, best):
                    best = row
        return best


def _enter(known: dict[date, Fact], day: date, fact: Fact | None) -> None:
    if fact is None:
        known.pop(day, None)
    else:
        known[day] = fact


def longer(total: Total, piece: Fact) -> Row:
    """A year-to-date and the piece that follows it."""
    return Row(
        piece,
        total,
        total.reported if isinstance(total, Row) else total.end,
        total.follow + 1 if isinstance(total, Row) else 1,
        CONTEXT.add(total.value, piece.value),
        less_final(total.status, piece.status),
        max(total.first_recorded_at, piece.first_recorded_at),
    )


def _better(one: Row, other: Row) -> bool:
    if one.reported != other.reported:
        return one.reported > other.reported
    if one.follow != other.follow:
        return one.follow < other.follow
    # Among equally many pieces the finest are those whose longest is shortest.
    return one.lengths < other.lengths


@lru_cache(maxsize=65536)
def new_year(day: date) -> date:
    """1 January of its year."""
    return day.replace(month=1, day=1)


@lru_cache(maxsize=65536)
def day_before(day: date) -> date:
    """The day before."""
    return day - _DAY
