"""What follows from reported figures, at every moment one of them changed; pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from schemas.data import Measure
from schemas.records import Fact
from schemas.status import Status
from services.aggregate import months, year_to_date


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
    pieces: tuple[Fact, ...]

    @property
    def holds(self) -> bool:
        """Did it follow from something?"""
        return self.value is not None

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it rests on."""
        return tuple(event for piece in self.pieces for event in piece.basis)


def history(
    years: Iterable[tuple[Sequence[int], Sequence[datetime]]],
    as_of: Callable[[int, datetime], Fact | None],
) -> dict[Key, list[Derived]]:
    """Every derived figure with its vintages, one per moment at which what it rests on changed.

    `years` gives the figures of each scope and year, and the moments; `as_of` what one of them
    said at a moment.
    """
    found: dict[Key, list[Derived]] = {}
    for figures, moments in years:
        before: dict[Key, Derived] = {}
        for at in moments:
            known = [fact for figure in figures if (fact := as_of(figure, at)) is not None]
            now = follow(known, at)
            for key in before.keys() - now.keys():
                found[key].append(before[key]._replace(recorded_at=at, value=None))
            for key, derived in now.items():
                if key not in before or before[key].basis != derived.basis:
                    found.setdefault(key, []).append(derived)
            before = now
    return found


def merged(*histories: Iterable[Derived]) -> list[Derived]:
    """One figure that followed from several things in turn: where one ends another may begin."""
    both = sorted(chain(*histories), key=lambda each: (each.recorded_at, each.holds))
    return list({each.recorded_at: each for each in both}.values())


def _is_total(fact: Fact) -> bool:
    return fact.measure is Measure.CUMULATIVE and fact.status is not Status.FORECAST


def follow(facts: Sequence[Fact], at: datetime) -> dict[Key, Derived]:
    """What follows from the figures of one scope and year as they were known at a moment."""
    found: dict[Key, Derived] = {}
    # Simulated figures add up among themselves, and give way to what was really measured.
    for simulated in (True, False):
        same = [fact for fact in facts if (fact.status is Status.EXPERIMENTAL) is simulated]
        totals = year_to_date.totals(same)
        published = {fact.end for fact in same if _is_total(fact)}
        for end in (each for each in totals if each not in published):
            total = totals[end]
            first = end.replace(month=1, day=1)
            key = Key(total.pieces[0].scope, Measure.CUMULATIVE, first, end)
            found[key] = Derived(at, total.value, total.status, total.pieces)
        for month in months.derive(same, totals):
            key = Key(month.pieces[0].scope, Measure.PERIOD, month.start, month.end)
            found[key] = Derived(at, month.value, month.status, month.pieces)
    return found
