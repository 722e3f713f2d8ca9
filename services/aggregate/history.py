"""What follows from the figures of a series, at every moment one of them changed; pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import is_, itemgetter
from typing import TypeVar

from schemas.data import FLOW, Measure
from schemas.exact import CONTEXT
from schemas.status import Status
from services.aggregate import months
from services.aggregate.derived import Derived, Key
from services.aggregate.fact import Fact, less_final
from services.aggregate.months import Month
from services.aggregate.year_to_date import Total, Year, day_before, longer, new_year

# From a moment on, a figure says this: it is known by its key.
Change = tuple[datetime, Key, Fact | None]
Histories = dict[Key, list[Derived]]
_Totals = tuple[Total, ...]
_At = TypeVar("_At", date, Month)


def history(changes: Iterable[Change]) -> Histories:
    """Every derived figure with its vintages, one per moment at which what it rests on changed.

    Of several changes of one figure at one moment the last one counts.
    """
    years: dict[tuple[str, int], list[Change]] = {}
    for change in changes:
        scope, measure, start, end = change[1]
        # What reaches over two years is no piece of either.
        if measure in FLOW and start.year == end.year:
            years.setdefault((scope, end.year), []).append(change)
    found: Histories = {}
    for (scope, _), of_year in years.items():
        facts = _published_once(of_year)
        found |= _year(scope, of_year) if facts is None else _plain_year(scope, facts)
    return found


def _published_once(changes: Sequence[Change]) -> dict[date, Fact] | None:
    """The figures by their end, if there is one for each and nothing more to tell of any.

    Most years are like that: every total then has one row and one vintage.
    """
    facts = {key.end: fact for _, key, fact in changes if fact is not None}
    if len(facts) < len(changes):
        return None
    statuses = {fact.status for fact in facts.values()}
    if Status.FORECAST in statuses or (Status.EXPERIMENTAL in statuses and len(statuses) > 1):
        return None
    return facts


def _plain_year(scope: str, facts: dict[date, Fact]) -> Histories:
    """What follows where nothing was ever changed: it does so since its last piece was recorded."""
    found: Histories = {}
    totals: dict[date, Total] = {}
    for end in sorted(facts):
        fact = facts[end]
        if fact.start == new_year(end):
            totals[end] = fact
        elif (before := totals.get(day_before(fact.start))) is not None:
            totals[end] = longer(before, fact)
    for end, total in totals.items():
        own = facts[end]
        if own.measure is Measure.PERIOD:
            key = Key(scope, Measure.CUMULATIVE, new_year(end), end)
            found[key] = [_made(total.first_recorded_at, (total,))]
        month = months.ending(end)
        if month is None or (own.measure is Measure.PERIOD and own.start == month.start):
            continue
        if month.before is None:
            grounds: _Totals = (total,)
        elif (before := totals.get(month.before)) is not None:
            grounds = (total, before)
        else:
            continue
        at = max([ground.first_recorded_at for ground in grounds])
        found[Key(scope, Measure.PERIOD, month.start, end)] = [_made(at, grounds)]
    return found


def _year(scope: str, changes: list[Change]) -> Histories:
    """What followed from moment to moment."""
    changes.sort(key=itemgetter(0))
    # Simulated figures add up among themselves, and give way to what was really measured.
    sides: dict[bool, Year] = {}
    totals: dict[date, list[Derived]] = {}
    by_month: dict[Month, list[Derived]] = {}
    years: list[Year] = []
    for at, together in groupby(changes, key=itemgetter(0)):
        for _, (_, measure, start, end), fact in together:
            known = None if fact is None or fact.status is Status.FORECAST else fact
            simulated = known is not None and known.status is Status.EXPERIMENTAL
            if simulated not in sides:
                sides[simulated] = Year()
                years = [sides[side] for side in (False, True) if side in sides]
            for side, year in sides.items():
                year.put(measure, start, end, known if side is simulated else None)
        ends = set().union(*(year.settle() for year in years))
        for end in sorted(ends):
            _note(totals, end, at, _first(years, Year.reports, _total, end))
        for month in sorted({month for end in ends for month in months.next_to(end)}):
            _note(by_month, month, at, _first(years, months.reported, months.follow, month))
    found = {
        Key(scope, Measure.CUMULATIVE, new_year(end), end): held for end, held in totals.items()
    }
    for month, held in by_month.items():
        found[Key(scope, Measure.PERIOD, month.start, month.end)] = held
    return found


def _first(
    years: Iterable[Year],
    reports: Callable[[Year, _At], bool],
    follow: Callable[[Year, _At], _Totals | None],
    at: _At,
) -> _Totals | None:
    for year in years:
        if reports(year, at):
            return None
        grounds = follow(year, at)
        if grounds is not None:
            return grounds
    return None


def _total(year: Year, end: date) -> _Totals | None:
    """The year-to-date at an end."""
    total = year.totals.get(end)
    return None if total is None else (total,)


def _note(held: dict[_At, list[Derived]], of: _At, at: datetime, grounds: _Totals | None) -> None:
    """Add a vintage if what the figure rests on is not what it rested on before."""
    past = held.get(of)
    holds = past is not None and past[-1].value is not None
    if grounds is None:
        if past is not None and holds:
            past.append(past[-1]._replace(recorded_at=at, value=None))
    elif past is None:
        held[of] = [_made(at, grounds)]
    # Totals are told apart by identity: one that rests on another vintage is another one.
    elif not (holds and all(map(is_, past[-1].grounds, grounds))):
        past.append(_made(at, grounds))


def _made(at: datetime, grounds: _Totals) -> Derived:
    total = grounds[0]
    if len(grounds) == 1:
        return Derived(at, total.value, total.status, grounds)
    less = grounds[1]
    value = CONTEXT.subtract(total.value, less.value)
    return Derived(at, value, less_final(total.status, less.status), grounds)
