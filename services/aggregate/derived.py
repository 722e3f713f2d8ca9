"""What follows from reported figures, at every moment one of them changed; pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, groupby
from operator import is_, itemgetter
from typing import NamedTuple

from schemas.data import FLOW, Measure
from schemas.exact import CONTEXT
from schemas.status import Status
from services.aggregate import months
from services.aggregate.fact import Fact, Ground, less_final
from services.aggregate.year_to_date import Row, Year


class Key(NamedTuple):
    """What makes it the same figure at another moment."""

    scope: str
    measure: Measure
    start: date
    end: date


class Derived(NamedTuple):
    """One vintage of a derived figure; without a value it ceased to follow from anything."""

    recorded_at: datetime
    value: Decimal | None
    status: Status
    grounds: tuple[Ground, ...]

    @property
    def holds(self) -> bool:
        """Did it follow from something?"""
        return self.value is not None

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it rests on."""
        return tuple(
            event for ground in self.grounds for piece in ground.pieces for event in piece.basis
        )

    @property
    def first_recorded_at(self) -> datetime:
        """When the first vintage of the last of its pieces was recorded."""
        return max(ground.first_recorded_at for ground in self.grounds)


# From a moment on, a figure says this: it is known by its key.
Change = tuple[datetime, Key, Fact | None]


def history(changes: Iterable[Change]) -> dict[Key, list[Derived]]:
    """Every derived figure with its vintages, one per moment at which what it rests on changed.

    Of several changes of one figure at one moment the last one counts.
    """
    years: dict[tuple[str, int], list[Change]] = {}
    for change in changes:
        _, key, _ = change
        # What reaches over two years is no piece of either.
        if key.measure in FLOW and key.start.year == key.end.year:
            years.setdefault((key.scope, key.end.year), []).append(change)
    found: dict[Key, list[Derived]] = {}
    for (scope, _), of_year in years.items():
        of_year.sort(key=itemgetter(0))
        _follow(scope, of_year, found)
    return found


def merged(*histories: Iterable[Derived]) -> list[Derived]:
    """One figure that followed from several things in turn: where one ends another may begin."""
    both = sorted(chain(*histories), key=lambda each: (each.recorded_at, each.holds))
    return list({each.recorded_at: each for each in both}.values())


def _follow(scope: str, changes: Sequence[Change], found: dict[Key, list[Derived]]) -> None:
    """What followed from the figures of one scope and year, from the first change to the last."""
    # Simulated figures add up among themselves, and give way to what was really measured.
    sides: dict[bool, Year] = {}
    held: dict[tuple[Measure, date], list[Derived]] = {}
    for at, together in groupby(changes, key=itemgetter(0)):
        for _, (_, measure, start, end), fact in together:
            known = None if fact is None or fact.status is Status.FORECAST else fact
            simulated = known is not None and known.status is Status.EXPERIMENTAL
            if simulated not in sides:
                sides[simulated] = Year()
            for side, year in sides.items():
                year.put(measure, start, end, known if side is simulated else None)
        ends: set[date] = set()
        for year in sides.values():
            ends |= year.settle()
        years = [sides[side] for side in (False, True) if side in sides]
        for end in sorted(ends):
            _note(held, Measure.CUMULATIVE, end, at, _first(years, _total, end))
        for end in sorted({month for each in ends for month in months.next_to(each)}):
            _note(held, Measure.PERIOD, end, at, _first(years, months.follow, end))
    for (measure, end), vintages in held.items():
        since = end.replace(month=1, day=1) if measure is Measure.CUMULATIVE else end.replace(day=1)
        found[Key(scope, measure, since, end)] = vintages


Rows = tuple[Row, ...]


def _first(
    years: Iterable[Year], follow: Callable[[Year, date], Rows | None], end: date
) -> Rows | None:
    for year in years:
        rows = follow(year, end)
        if rows is not None:
            return rows
    return None


def _total(year: Year, end: date) -> Rows | None:
    """The row to an end whose year-to-date nobody published."""
    row = year.rows.get(end)
    return None if row is None or end in year.published else (row,)


def _note(
    held: dict[tuple[Measure, date], list[Derived]],
    measure: Measure,
    end: date,
    at: datetime,
    rows: Rows | None,
) -> None:
    """Add a vintage if what the figure rests on is not what it rested on before."""
    past = held.get((measure, end))
    if rows is None:
        if past and past[-1].holds:
            past.append(past[-1]._replace(recorded_at=at, value=None))
    elif not (past and past[-1].holds and _same(past[-1].grounds, rows)):
        held.setdefault((measure, end), []).append(_made(at, rows))


def _same(grounds: Sequence[Ground], rows: Rows) -> bool:
    # Rows are told apart by identity: one that rests on another vintage is another row.
    return len(grounds) == len(rows) and all(map(is_, grounds, rows))


def _made(at: datetime, rows: Rows) -> Derived:
    total, *before = rows
    if not before:
        return Derived(at, total.value, total.status, rows)
    (less,) = before
    value = CONTEXT.subtract(total.value, less.value)
    return Derived(at, value, less_final(total.status, less.status), rows)
