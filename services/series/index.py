"""The facts of a dossier, indexed once: which figure stands at the end of a period."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from schemas.data import Measure
from schemas.period import Span
from schemas.records.dossier import Fact
from services.series.measured import (
    FAMILY_OF,
    Family,
    Figure,
    Pick,
    judgeable,
    new_year,
    recorded_on,
)
from services.series.months import ONE_DAY, day_in_china

Age = tuple[datetime, tuple[int, int, int], bool]
_NOWHERE = (-1, -1, -1)


def _start(fact: Fact) -> date:
    return new_year(fact.end) if fact.measure is Measure.CUMULATIVE else fact.start


class FactIndex:
    """Facts by family, end and scope."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._at: dict[Family, dict[date, dict[str, list[Fact]]]] = {
            family: defaultdict(lambda: defaultdict(list)) for family in Family
        }
        for fact in facts:
            self._at[FAMILY_OF[fact.measure]][fact.end][fact.scope].append(fact)
        self._at[Family.PERIOD] = self._at[Family.FLOW]
        self._ends = {family: sorted(ends) for family, ends in self._at.items()}
        # The day on which the oldest figure ends; the last day there is without any.
        self.first_end = min((ends[0] for ends in self._ends.values() if ends), default=date.max)
        # Every period end asks for last year's total again.
        self._sums: dict[tuple[str, date, date, Pick], Figure | None] = {}
        self._tiled: dict[tuple[str, date, Pick], dict[date, tuple[Fact, ...]]] = {}

    def ends(self, family: Family, span: Span) -> list[date]:
        """Days of the span, ascending, on which some figure of the family ends."""
        ends = self._ends[family]
        return ends[bisect_left(ends, span.start) : bisect_right(ends, span.end)]

    def ending(self, family: Family, scope: str, end: date, pick: Pick) -> list[Fact]:
        """Facts of one scope that end on a day."""
        found = self._at[family].get(end, {}).get(scope, [])
        return [fact for fact in found if pick(fact)]

    def elsewhere(self, family: Family, scope: str, end: date, pick: Pick) -> list[Fact]:
        """Facts of every other scope that end on a day."""
        scopes = self._at[family].get(end, {})
        return [fact for name in scopes if name != scope for fact in scopes[name] if pick(fact)]

    def to_date(self, scope: str, start: date, end: date, pick: Pick) -> Figure | None:
        """What a flow came to from `start` to `end`.

        Within a year from 1 January that is the year-to-date as it is stored; any other span is
        tiled by period values and years-to-date, with the fewest pieces.
        """
        key = (scope, start, end, pick)
        if key not in self._sums:
            self._sums[key] = self._sum(*key)
        return self._sums[key]

    def _sum(self, scope: str, start: date, end: date, pick: Pick) -> Figure | None:
        if start == new_year(end):
            whole = [
                fact for fact in self.ending(Family.FLOW, scope, end, pick) if _start(fact) == start
            ]
            return _newest(whole, start, end)
        pieces = self._tiles(scope, start, pick).get(end)
        if pieces is None:
            return None
        value = sum((fact.value for fact in pieces), Decimal(0))
        return Figure(value, start, end, recorded_on(pieces), pieces)

    def between(self, scope: str, span: Span, pick: Pick) -> Figure | None:
        """What a flow came to in a period: as it was sent, else between two years-to-date."""
        sent = [
            fact
            for fact in self.ending(Family.FLOW, scope, span.end, pick)
            if _start(fact) == span.start
        ]
        first = new_year(span.end)
        if sent or span.start <= first:
            return _newest(sent, *span)
        whole = self.to_date(scope, first, span.end, pick)
        before = self.to_date(scope, first, span.start - ONE_DAY, pick)
        if whole is None or before is None:
            return None
        recorded = max(whole.first_recorded_on, before.first_recorded_on)
        facts = whole.facts + before.facts
        return Figure(whole.value - before.value, *span, recorded, facts)

    def shortest(self, scope: str, end: date, pick: Pick) -> Span | None:
        """The shortest period that was sent and ends on a day."""
        sent = self.ending(Family.FLOW, scope, end, pick)
        starts = [fact.start for fact in sent if fact.measure is Measure.PERIOD]
        return Span(max(starts), end) if starts else None

    def newest_end(self, family: Family, scope: str, before: date, pick: Pick) -> date | None:
        """The last day before another on which a figure of the family ends."""
        ends = self._ends[family]
        earlier = reversed(ends[: bisect_left(ends, before)])
        return next((end for end in earlier if self.ending(family, scope, end, pick)), None)

    def level(self, scope: str, end: date, pick: Pick) -> Figure | None:
        """A stock's level on a day."""
        return _newest(self.ending(Family.STOCK, scope, end, pick), end, end)

    def levels(self, scope: str, span: Span, pick: Pick) -> Iterator[Figure]:
        """A stock's levels within a span, oldest first."""
        for end in self.ends(Family.STOCK, span):
            figure = self.level(scope, end, pick)
            if figure is not None:
                yield figure

    def rate(self, scope: str, start: date, end: date, pick: Pick) -> Figure | None:
        """The rate that ends on a day: the one from `start`, else the one over most days."""
        found = self.ending(Family.RATE, scope, end, pick)
        if not found:
            return None
        starts = {fact.start for fact in found}
        chosen = start if start in starts else min(starts)
        return _newest([fact for fact in found if fact.start == chosen], chosen, end)

    def rate_ending(self, scope: str, end: date, pick: Pick) -> Figure | None:
        """The rate that ends on a day, whatever it covers most of."""
        return self.rate(scope, date.min, end, pick)

    def figure(self, family: Family, scope: str, span: Span, pick: Pick) -> Figure | None:
        """The family's figure at the span's end."""
        if family is Family.FLOW:
            return self.to_date(scope, span.start, span.end, pick)
        if family is Family.PERIOD:
            return self.between(scope, span, pick)
        if family is Family.STOCK:
            return self.level(scope, span.end, pick)
        return self.rate(scope, span.start, span.end, pick)

    def _tiles(self, scope: str, start: date, pick: Pick) -> dict[date, tuple[Fact, ...]]:
        """Every day that pieces reach from `start` without gap or overlap, with the pieces."""
        key = (scope, start, pick)
        if key in self._tiled:
            return self._tiled[key]
        reached: dict[date, tuple[Fact, ...]] = {start - ONE_DAY: ()}
        for end in self._ends[Family.FLOW]:
            candidates = [
                (*reached[_start(fact) - ONE_DAY], fact)
                for fact in self.ending(Family.FLOW, scope, end, pick)
                if _start(fact) - ONE_DAY in reached
            ]
            if candidates:
                reached[end] = max(candidates, key=_preference)
        self._tiled[key] = reached
        return reached

    def hole(self, scope: str, start: date, end: date) -> Span:
        """The first days between `start` and `end` that no piece covers without overlap."""
        reached = max(day for day in self._tiles(scope, start, judgeable) if day < end) + ONE_DAY
        later = [
            _start(fact)
            for day in self.ends(Family.FLOW, Span(reached, end))
            for fact in self.ending(Family.FLOW, scope, day, judgeable)
            if _start(fact) > reached
        ]
        return Span(reached, min(later) - ONE_DAY if later else end)


def _preference(pieces: tuple[Fact, ...]) -> tuple[int, date, Age]:
    last = pieces[-1]
    # Fewest pieces, then the finest; of two names of one piece the newer.
    return -len(pieces), _start(last), _age(last)


def _age(fact: Fact) -> Age:
    """Greater for the newer; what was reported goes before what only follows from it."""
    return fact.recorded_at, fact.coordinates or _NOWHERE, not fact.derived


def _newest(facts: list[Fact], start: date, end: date) -> Figure | None:
    """The newest of several names of one figure; it was first published under the first name."""
    if not facts:
        return None
    newest = facts[0] if len(facts) == 1 else max(facts, key=_age)
    first = min(day_in_china(fact.first_recorded_at) for fact in facts)
    return Figure(newest.value, start, end, first, (newest,))
