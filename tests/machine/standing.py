"""Which figure a target judges at the end of a period, and what was there before.

Rules: DOMAIN, fine print. A look at the figures as they stand now, nothing is kept between two.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.machine.figures import Fact, Series, new_year
from tests.machine.told import Told

FLOW, STOCK, RATE = ("period", "cumulative"), ("stock",), ("rate",)
Kind = tuple[str, ...]
Pick = Callable[[Fact], bool]
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Figure(NamedTuple):
    """A value, the first day it covers, when it was first published, and what it rests on."""

    value: Decimal
    start: date
    first: date
    facts: tuple[Fact, ...]

    @property
    def simulated(self) -> bool:
        return any(fact.status == "G" for fact in self.facts)


class Lack(NamedTuple):
    """Why there is none at an end, though something ends there."""

    reason: str
    first: date
    facts: tuple[Fact, ...]


def is_actual(fact: Fact) -> bool:
    """A forecast is shown, never judged."""
    return fact.status != "F"


def past_of(figure: Figure) -> Pick:
    """Status is free in the past, but for simulated, which goes with simulated only."""
    return lambda fact: (fact.status == "G") is figure.simulated


class Sight:
    """The current figures of one series."""

    def __init__(self, told: Told, series: Series) -> None:
        reported = [course[-1].fact for course in told.reported.get(series, {}).values()]
        derived = [course[-1].fact for course in told.derived[series].values() if course]
        self._reported = [fact for fact in reported if fact]
        self._facts = self._reported + [fact for fact in derived if fact]

    def ends(self, kind: Kind, year: int) -> list[date]:
        """The days of a year on which anything ends."""
        keys = [fact.key for fact in self._facts if fact.key.measure in kind]
        return sorted({key.end for key in keys if key.end.year == year})

    def at(self, kind: Kind, scope: str, end: date) -> Figure | Lack | None:
        """What a target of a calendar year judges."""
        found = self._one(kind, scope, end, is_actual)
        if found is not None:
            return found
        here = [f for f in self._facts if f.key.measure in kind and f.key.end == end]
        actual = list(filter(is_actual, here))
        own = [fact for fact in actual if fact.key.scope == scope]
        if own:
            return Lack("incomplete", _last_first(own), tuple(own))
        return Lack("scope_differs", _last_first(actual), tuple(actual)) if actual else None

    def _one(self, kind: Kind, scope: str, end: date, pick: Pick) -> Figure | None:
        if kind == FLOW:
            return self.to_date(scope, end, pick)
        if kind == STOCK:
            return self.level(scope, end, pick)
        return self._rate(scope, end, pick)

    def _ending(self, kind: Kind, scope: str, end: date, pick: Pick) -> list[Fact]:
        return [
            fact
            for fact in self._facts
            if fact.key.measure in kind and (fact.key.scope, fact.key.end) == (scope, end)
            if pick(fact)
        ]

    def to_date(self, scope: str, end: date, pick: Pick) -> Figure | None:
        """The year-to-date, under either name the newer."""
        facts = self._ending(FLOW, scope, end, pick)
        return self._newest(fact for fact in facts if fact.key.start == new_year(end))

    def level(self, scope: str, end: date, pick: Pick) -> Figure | None:
        """A stock's level."""
        return self._newest(self._ending(STOCK, scope, end, pick))

    def levels(self, scope: str, first: date, before: date, pick: Pick) -> Iterable[date]:
        """The days from the first to before another on which there is a level."""
        days = {fact.key.end for fact in self._facts if fact.key.measure in STOCK}
        return (d for d in sorted(days) if first <= d < before and self.level(scope, d, pick))

    def _rate(self, scope: str, end: date, pick: Pick) -> Figure | None:
        """The rate that covers the year to date, else the one there is."""
        facts = self._ending(RATE, scope, end, pick)
        first = min((fact.key.start for fact in facts), default=end)
        start = new_year(end) if any(f.key.start == new_year(end) for f in facts) else first
        return self._newest(fact for fact in facts if fact.key.start == start)

    def _newest(self, names: Iterable[Fact]) -> Figure | None:
        """Of several names of one figure; it was first published under the first of them."""
        facts = list(names)
        if not facts:
            return None
        newest = max(facts, key=lambda f: (f.recorded, f in self._reported, f.where))
        first = min(_day(fact) for fact in facts)
        return Figure(newest.value, newest.key.start, first, (newest,))


def _day(fact: Fact) -> date:
    return fact.first.astimezone(_SHANGHAI).date()


def _last_first(facts: Sequence[Fact]) -> date:
    """A sum is there with the last of its pieces."""
    return max(map(_day, facts))
