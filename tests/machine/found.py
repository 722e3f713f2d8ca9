"""Which findings a namespace must show: every place looked at again for every moment."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.period import end_name, same_day_last_year
from schemas.working_days import due_day
from tests.machine.figures import Course, Fact, Key, Series, added, new_year, said
from tests.machine.told import Told

_RANKS = {"F": 0, "G": 0, "E": 1, "P": 2, "V": 2, "A": 3}
_FLOW = ("period", "cumulative")
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Found(NamedTuple):
    """A row of `bi.findings`, without its words."""

    kind: str
    indicator: str
    entity: str
    scope: str
    period: str
    events: tuple[str, ...]
    state: str
    at: datetime


# What is wrong: the period and the figures it rests on.
Breach = tuple[str, Sequence[Fact]]
Look = Callable[[datetime], Breach | None]


@dataclass
class _Sight:
    """What one series reported, as a finding sees it."""

    told: Told
    series: Series

    @property
    def courses(self) -> dict[Key, Course]:
        return self.told.reported.get(self.series, {})

    def newest(self, key: Key, at: datetime) -> Fact | None:
        """What was reported and no forecast."""
        facts = said(self.courses.get(key, []), at)
        return facts[-1] if facts and facts[-1].status != "F" else None

    def whole(self, scope: str, day: object, at: datetime) -> Fact | None:
        """The year-to-date that was reported, under either name."""
        keys = (Key(scope, m, new_year(day), day) for m in _FLOW)  # type: ignore[arg-type]
        facts = [fact for key in keys if (fact := self.newest(key, at))]
        return max(facts, key=lambda fact: (fact.recorded, fact.where), default=None)

    def follows(self, key: Key, at: datetime) -> Fact | None:
        """What followed from pieces."""
        facts = said(self.told.followed[self.series].get(key, []), at)
        return facts[-1] if facts else None

    def known(self, key: Key, at: datetime) -> Fact | None:
        """As reported; of the days from 1 January also as the year-to-date, which may follow."""
        own = self.newest(key, at)
        if own is not None:
            return own
        if key.measure in _FLOW and key.start == new_year(key.end):
            whole = self.whole(key.scope, key.end, at)
            return whole or self.follows(key._replace(measure="cumulative"), at)
        return self.follows(key, at)


def findings(told: Told) -> list[Found]:
    """All that was ever found, with what became of it."""
    found: list[Found] = []
    for series in told.reported:
        sight = _Sight(told, series)
        for kind, looks in _KINDS.items():
            for scope, look in looks(sight):
                found += _episodes(kind, series, scope, look, told.moments())
    return found


def _episodes(
    kind: str, series: Series, scope: str, look: Look, moments: list[datetime]
) -> Iterator[Found]:
    since: datetime | None = None
    period, events, explained = "", (), False

    def row(state: str) -> Found:
        assert since is not None
        return Found(kind, *series, scope, period, events, state, since)

    for at in moments:
        breach = look(at)
        if breach is None:
            if since is not None:
                yield row("corrected")
            since, explained = None, False
            continue
        since = since or at
        period, facts = breach
        events = tuple(sorted({id for fact in facts for _, id in fact.events}))
        explained |= any(fact.note and fact.recorded > since for fact in facts)
    if since is not None:
        yield row("explained" if explained else "open")


def _alike(facts: Sequence[Fact]) -> bool:
    return len({fact.status == "G" for fact in facts}) == 1


def _add_up(whole: Fact, pieces: Sequence[Fact]) -> bool:
    allowed = sum((fact.rounding for fact in (whole, *pieces)), Decimal(0))
    return abs(whole.value - added(pieces)) <= allowed


def _identity_broken(sight: _Sight) -> Iterator[tuple[str, Look]]:
    for key in sight.courses:
        if key.measure != "period" or key.start.year != key.end.year:
            continue

        def look(at: datetime, key: Key = key) -> Breach | None:
            own = sight.newest(key, at)
            if key.start == new_year(key.end):
                later = sight.newest(key._replace(measure="cumulative"), at)
                facts = [later, own]
            else:
                later = sight.whole(key.scope, key.end, at)
                facts = [later, own, sight.whole(key.scope, key.start - timedelta(days=1), at)]
            there = [fact for fact in facts if fact]
            if len(there) < len(facts) or not _alike(there) or _add_up(there[0], there[1:]):
                return None
            return end_name(key.end), there

        yield key.scope, look


def _cumulative_fell(sight: _Sight) -> Iterator[tuple[str, Look]]:
    every = sight.courses.keys() | sight.told.followed[sight.series].keys()
    wholes = {key for key in every if key.measure in _FLOW and key.start == new_year(key.end)}
    for scope, end in {(key.scope, key.end) for key in wholes}:
        earlier = sorted(
            {
                key.end
                for key in wholes
                if key.scope == scope and key.end.year == end.year and key.end < end
            },
            reverse=True,
        )

        def look(
            at: datetime, scope: str = scope, end: object = end, earlier: list[object] = earlier
        ) -> Breach | None:
            own = sight.whole(scope, end, at)
            if own is None:
                return None
            for day in earlier:
                key = Key(scope, "cumulative", new_year(day), day)  # type: ignore[arg-type]
                last = sight.whole(scope, day, at) or sight.follows(key, at)
                if last and _alike((own, last)):
                    low = own.value < last.value
                    return (end_name(end), (own, last)) if low else None  # type: ignore[arg-type]
            return None

        yield scope, look


def _unit_suspect(sight: _Sight) -> Iterator[tuple[str, Look]]:
    for key in sight.courses:
        if key.measure == "rate":
            continue
        last = key._replace(start=same_day_last_year(key.start), end=same_day_last_year(key.end))

        def look(at: datetime, key: Key = key, last: Key = last) -> Breach | None:
            own = sight.newest(key, at)
            before = sight.known(last, at)
            if own is None or before is None or not _alike((own, before)):
                return None
            return (key.period, (own, before)) if _slipped(own.value, before.value) else None

        yield key.scope, look


def _slipped(one: Decimal, other: Decimal) -> bool:
    if one * other <= 0:
        return False
    ratio = max(one / other, other / one)
    return any(factor / 2 <= ratio <= factor * 2 for factor in (10, 100, 10_000))


def _children_differ(sight: _Sight) -> Iterator[tuple[str, Look]]:
    told, (name, entity) = sight.told, sight.series
    sums = [each.get("formula", {}) for each in told.indicators.values()]
    if {"kind": "sum_of_children", "indicator": name} not in sums:
        return
    below = [
        _Sight(told, (name, child)) for child, parent in told.parents.items() if parent == entity
    ]
    for key in sight.courses:
        speaking = [each for each in below if any(k.scope == key.scope for k in each.courses)]
        if key.measure == "rate" or not speaking:
            continue

        def look(at: datetime, key: Key = key, speaking: list[_Sight] = speaking) -> Breach | None:
            facts = [sight.newest(key, at), *(each.known(key, at) for each in speaking)]
            there = [fact for fact in facts if fact]
            if len(there) < len(facts) or not _alike(there) or _add_up(there[0], there[1:]):
                return None
            return key.period, there

        yield key.scope, look


def _late_report(sight: _Sight) -> Iterator[tuple[str, Look]]:
    due_days = sight.told.indicators[sight.series[0]].get("due_days")
    if due_days is None:
        return
    for scope, end in {(key.scope, key.end) for key in sight.courses}:
        # Of two that were first published at one moment, the one that begins first.
        keys = sorted(
            (key for key in sight.courses if (key.scope, key.end) == (scope, end)),
            key=lambda key: (key.start, key.measure),
        )
        due = due_day(end, due_days)

        def look(at: datetime, keys: list[Key] = keys, due: object = due) -> Breach | None:
            facts = [fact for key in keys if (fact := sight.newest(key, at))]
            first = min(facts, key=lambda fact: fact.first, default=None)
            if first is None or first.first.astimezone(_SHANGHAI).date() <= due:  # type: ignore[operator]
                return None
            return first.key.period, [first]

        yield scope, look


def _status_regressed(sight: _Sight) -> Iterator[tuple[str, Look]]:
    for key, course in sight.courses.items():

        def look(at: datetime, key: Key = key, course: Course = course) -> Breach | None:
            facts = said(course, at)
            ranked = [fact for fact in facts[:-1] if fact.status in _RANKS]
            if not ranked or facts[-1].status not in _RANKS:
                return None
            best = max(reversed(ranked), key=lambda fact: _RANKS[fact.status])
            if _RANKS[facts[-1].status] >= _RANKS[best.status]:
                return None
            return key.period, (facts[-1], best)

        yield key.scope, look


_KINDS: dict[str, Callable[[_Sight], Iterator[tuple[str, Look]]]] = {
    "identity_broken": _identity_broken,
    "cumulative_fell": _cumulative_fell,
    "unit_suspect": _unit_suspect,
    "children_differ": _children_differ,
    "late_report": _late_report,
    "status_regressed": _status_regressed,
}
