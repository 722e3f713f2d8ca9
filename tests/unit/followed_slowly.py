"""What follows from figures, found again whole at every moment: slow, and plain to read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from schemas.data import FLOW, Measure
from schemas.period import is_month_end
from schemas.status import Status
from services.aggregate.derived import Key
from services.aggregate.fact import Fact, least_final
from services.aggregate.history import Change

Pieces = tuple[Fact, ...]
# Value and status, None where it ended, and the events that it rests on.
Told = tuple[datetime, tuple[Decimal, Status] | None, tuple[str, ...]]
_DAY = timedelta(days=1)


def history(changes: Sequence[Change]) -> dict[Key, list[Told]]:
    """Every vintage of every derived figure."""
    found: dict[Key, list[Told]] = {}
    years = {(key.scope, key.end.year) for _, key, _ in changes if key.measure in FLOW}
    for scope, year in years:
        mine = [c for c in changes if (c[1].scope, c[1].end.year) == (scope, year)]
        before: dict[Key, Told] = {}
        for at in sorted({moment for moment, _, _ in mine}):
            known = {key: fact for moment, key, fact in _in_order(mine) if moment <= at}
            now = _follow(at, [fact for fact in known.values() if fact is not None])
            for key in before.keys() - now.keys():
                found[key].append((at, None, before[key][2]))
            for key, told in now.items():
                if key not in before or before[key][2] != told[2]:
                    found.setdefault(key, []).append(told)
            before = now
    return found


def _in_order(changes: Sequence[Change]) -> list[Change]:
    # Figures in the order in which the store gives them, their vintages by moment.
    return sorted(changes, key=lambda c: (c[1].end, c[1].start, c[1].measure, c[0]))


def _follow(at: datetime, facts: Sequence[Fact]) -> dict[Key, Told]:
    found: dict[Key, Told] = {}
    reported: set[Key] = set()
    for simulated in (False, True):
        same = [
            fact
            for fact in facts
            if (fact.status is Status.EXPERIMENTAL) is simulated
            and fact.measure in FLOW
            and fact.start.year == fact.end.year
            and fact.status is not Status.FORECAST
        ]
        if not same:
            continue
        scope, first = same[0].scope, date(same[0].end.year, 1, 1)
        totals = _totals(first, same)
        reported |= {Key(f.scope, f.measure, f.start, f.end) for f in same}
        for end, pieces in totals.items():
            key = Key(scope, Measure.CUMULATIVE, first, end)
            if key not in reported | found.keys():
                found[key] = _told(at, pieces)
            start = end.replace(day=1)
            key = Key(scope, Measure.PERIOD, start, end)
            before: Pieces | None = () if start == first else totals.get(start - _DAY)
            if is_month_end(end) and key not in reported | found.keys() and before is not None:
                found[key] = _told(at, pieces, before)
    return found


def _told(at: datetime, pieces: Pieces, less: Pieces = ()) -> Told:
    value = sum(piece.value for piece in pieces) - sum(piece.value for piece in less)
    both = pieces + less
    return (
        at,
        (Decimal(value), least_final(piece.status for piece in both)),
        tuple(e for piece in both for e in piece.basis),
    )


def _totals(first: date, facts: Iterable[Fact]) -> dict[date, Pieces]:
    reported: dict[date, Fact] = {}
    pieces: dict[date, list[Fact]] = defaultdict(list)
    ends: set[date] = set()
    for fact in facts:
        ends.add(fact.end)
        if fact.start == first:
            there = reported.get(fact.end)
            if there is None or there.recorded_at < fact.recorded_at:
                reported[fact.end] = fact
        if fact.measure is Measure.PERIOD:
            pieces[fact.start].append(fact)
    tiled = _reach(first, pieces)
    rows = ((end, _row(end, reported, pieces, tiled)) for end in sorted(ends))
    return {end: row for end, row in rows if row is not None}


def _row(
    end: date,
    reported: dict[date, Fact],
    pieces: dict[date, list[Fact]],
    tiled: dict[date, Pieces],
) -> Pieces | None:
    if end in reported:
        return (reported[end],)
    for before in sorted((day for day in reported if day < end), reverse=True):
        follows = _reach(before + _DAY, pieces).get(end)
        if follows is not None:
            return (reported[before], *follows)
    return tiled.get(end)


def _reach(start: date, pieces: dict[date, list[Fact]]) -> dict[date, Pieces]:
    """The best row of pieces from `start` to every end that can be reached without gap."""
    reached: dict[date, Pieces] = {}
    waiting: dict[date, Pieces] = {start: ()}
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


def _rank(pieces: Pieces) -> tuple[int, list[int]]:
    # Among equally many pieces the finest are those whose longest is shortest.
    return len(pieces), sorted(((p.end - p.start).days for p in pieces), reverse=True)
