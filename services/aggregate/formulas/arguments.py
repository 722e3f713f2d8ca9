"""What a series said and when, as an argument of a formula; pure."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from schemas.data import IndicatorDefined, Measure
from schemas.period import Span, is_month_end
from schemas.status import Status
from services.aggregate.derived import Key
from services.aggregate.fact import Fact


class Vintage(NamedTuple):
    """What a figure said from a moment on; nothing once it was taken back or ceased to follow."""

    recorded_at: datetime
    fact: Fact | None


Line = Sequence[Vintage]


class Timeline:
    """One figure at every moment, of several lines: its names, each as it was reported and derived.

    Vintages cross names. What is derived of a name has ended where that was reported, unless it was
    a forecast.
    """

    def __init__(self, *lines: Line) -> None:
        self._lines = lines

    @property
    def moments(self) -> set[datetime]:
        """When it changed."""
        return {vintage.recorded_at for line in self._lines for vintage in line}

    def known(self, at: datetime) -> list[Fact]:
        """Every vintage of then that was not taken back, forecasts too, the newest last."""
        if len(self._lines) == 1:
            return _live(self._lines[0], at)
        facts = [fact for line in self._lines for fact in _live(line, at)]
        return sorted(facts, key=lambda fact: fact.age)

    def actual(self, at: datetime) -> list[Fact]:
        """The same without forecasts: they are shown, but nothing is made from them."""
        return [fact for fact in self.known(at) if fact.status is not Status.FORECAST]

    def changes(self) -> Iterator[tuple[datetime, Fact | None]]:
        """From when on `newest` said what; of several of one moment the last one holds."""
        if len(self._lines) == 1:
            for moment, fact in self._lines[0]:
                yield moment, _actual(fact)
        else:
            for moment in sorted(self.moments):
                yield moment, self.newest(moment)

    def newest(self, at: datetime) -> Fact | None:
        """What it said then; a forecast is shown, but nothing is made from it."""
        facts = [fact for line in self._lines if (fact := _actual(_last(line, at))) is not None]
        if len(facts) > 1:
            return max(facts, key=lambda fact: fact.age)
        return facts[0] if facts else None


def _actual(fact: Fact | None) -> Fact | None:
    return None if fact is None or fact.status is Status.FORECAST else fact


def _last(line: Line, at: datetime) -> Fact | None:
    count = bisect_right(line, at, key=lambda vintage: vintage.recorded_at)
    return line[count - 1].fact if count else None


def _live(vintages: Sequence[Vintage], at: datetime) -> list[Fact]:
    count = bisect_right(vintages, at, key=lambda vintage: vintage.recorded_at)
    found: list[Fact] = []
    for vintage in reversed(vintages[:count]):
        if vintage.fact is None:
            break
        found.append(vintage.fact)
    return found[::-1]


class Arguments:
    """The figures of a series' own measure: a growth reported beside amounts is no argument."""

    def __init__(
        self, indicator: IndicatorDefined, told: Mapping[Key, Sequence[Line]] | None = None
    ) -> None:
        self.indicator = indicator
        rates = indicator.measure is Measure.RATE
        self._told = {
            key: lines
            for key, lines in (told or {}).items()
            if (key.measure is Measure.RATE) is rates
        }
        self._reporting: dict[str, list[tuple[datetime, bool]]] = {}

    @property
    def keys(self) -> set[Key]:
        """Which figures there ever were."""
        return set(self._told)

    def over(self, scope: str, key: Key) -> Timeline:
        """What the series says over the same days as a figure of another one.

        A stock is read at their end; beside a stock a flow is the year-to-date.
        """
        names = _names(self.indicator.measure, scope, key.measure, key.start, key.end)
        return Timeline(*[line for name in names for line in self._told.get(name, ())])

    def elsewhere(self, scope: str, key: Key, at: datetime) -> bool:
        """Does it say something over these days under another scope only?"""
        others = {name.scope for name in self._told} - {scope}
        return any(self.over(other, key).actual(at) for other in others)

    def reporting(self, scope: str) -> list[tuple[datetime, bool]]:
        """When the series began, and ceased, to say anything at all under a scope."""
        if scope not in self._reporting:
            self._reporting[scope] = list(self._changes(scope))
        return self._reporting[scope]

    def reports(self, scope: str, at: datetime) -> bool:
        """Did it say anything under the scope at a moment?"""
        changes = self.reporting(scope)
        count = bisect_right(changes, at, key=lambda change: change[0])
        return count > 0 and changes[count - 1][1]

    def _changes(self, scope: str) -> Sequence[tuple[datetime, bool]]:
        told = [
            (vintage.recorded_at, (key, number), vintage.fact is not None)
            for key, lines in self._told.items()
            if key.scope == scope
            for number, line in enumerate(lines)
            for vintage in line
        ]
        live: set[tuple[Key, int]] = set()
        found: list[tuple[datetime, bool]] = []
        by_moment = sorted(told, key=lambda each: each[0])
        for moment, changes in groupby(by_moment, key=lambda each: each[0]):
            for _, line, says in changes:
                (live.add if says else live.discard)(line)
            if not found or found[-1][1] is not bool(live):
                found.append((moment, bool(live)))
        return found


def first_of_year(day: date) -> date:
    """1 January of its year."""
    return day.replace(month=1, day=1)


def covered(key: Key) -> Span:
    """The days a rate made from this figure is about: a level at a month's end is of the month."""
    if key.measure is Measure.STOCK and is_month_end(key.end):
        return Span(key.end.replace(day=1), key.end)
    return Span(key.start, key.end)


@lru_cache(maxsize=65536)
def _names(own: Measure, scope: str, measure: Measure, start: date, end: date) -> Sequence[Key]:
    if own is Measure.STOCK:
        return (Key(scope, Measure.STOCK, end, end),)
    if own is Measure.RATE:
        return (Key(scope, Measure.RATE, *covered(Key(scope, measure, start, end))),)
    since = first_of_year(end)
    period = Key(scope, Measure.PERIOD, since if measure is Measure.STOCK else start, end)
    # A period value that begins on 1 January is the year-to-date under another name.
    both = period, period._replace(measure=Measure.CUMULATIVE)
    return both if period.start == since else both[:1]
