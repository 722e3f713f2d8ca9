"""What has been counted by each month end, as it was known at every moment; pure."""

from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.exact import CONTEXT

SHANGHAI = ZoneInfo("Asia/Shanghai")
Amounts = tuple[Decimal, ...]
# So many moments are told apart; where there are more, each day has one.
MOMENTS = 1_000


class Change(NamedTuple):
    """From the moment `at` on it is known that the counts change by `amounts` from `day` on."""

    at: datetime
    day: date
    amounts: Amounts
    event_id: str


class Heard(NamedTuple):
    """From the moment `at` on it is known that there is an event on this day."""

    at: datetime
    day: date
    event_id: str


class Counted(NamedTuple):
    """All that counts towards one figure, in any order; every change has as many amounts."""

    changes: Sequence[Change]
    heard: Sequence[Heard]
    received_at: datetime | None = None


class Step(NamedTuple):
    """What one count came to from a moment on, and the event that made it so."""

    at: datetime
    amounts: Amounts
    event_id: str


def course(counted: Counted, *, yearly: bool) -> dict[date, list[Step]]:
    """The count at each month end from the first to the newest month of an event in its year.

    Counts of a year begin anew on 1 January, others run on.
    """
    width = max((len(change.amounts) for change in counted.changes), default=1)
    nothing = (Decimal(0),) * width
    changes = sorted(counted.changes, key=lambda change: (change.at, change.event_id))
    found: dict[date, list[Step]] = {}
    for end, known in sorted(_month_ends(counted.heard).items()):
        first = end.replace(month=1, day=1) if yearly else date.min
        counting = [change for change in changes if first <= change.day <= end]
        found[end] = _steps(counting, known, nothing)
    return found


def _steps(changes: Sequence[Change], known: Heard, nothing: Amounts) -> list[Step]:
    before = bisect_right(changes, known.at, key=lambda change: change.at)
    total = nothing
    for change in changes[:before]:
        total = _add(total, change.amounts)
    made = changes[before - 1].event_id if before else known.event_id
    steps = [Step(known.at, total, made)]
    for at, together in groupby(changes[before:], key=lambda change: change.at):
        for change in together:
            total, made = _add(total, change.amounts), change.event_id
        if total != steps[-1].amounts:
            steps.append(Step(at, total, made))
    return steps


def _add(one: Amounts, other: Amounts) -> Amounts:
    return tuple(CONTEXT.add(a, b) for a, b in zip(one, other, strict=True))


def _month_ends(heard: Iterable[Heard]) -> dict[date, Heard]:
    """The month ends that have a count, and what first made it known."""
    years: dict[int, dict[int, Heard]] = defaultdict(dict)
    for each in heard:
        months = years[each.day.year]
        months[each.day.month] = min(each, months.get(each.day.month, each))
    return {
        month_end(date(year, month, 1)): _known(months, month)
        for year, months in years.items()
        for month in range(min(months), max(months) + 1)
    }


def _known(months: Mapping[int, Heard], month: int) -> Heard:
    """A month between two events has a count as soon as both are known."""
    before = min(each for there, each in months.items() if there <= month)
    after = min(each for there, each in months.items() if there >= month)
    return max(before, after)


def month_end(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def in_days(counted: Counted) -> Counted:
    """The same, where it has too many moments, as it was known at the last one of each day."""
    moments = {change.at for change in counted.changes} | {each.at for each in counted.heard}
    if len(moments) <= MOMENTS:
        return counted
    last: dict[date, datetime] = {}
    for at in sorted(moments):
        last[at.astimezone(SHANGHAI).date()] = at

    def then(at: datetime) -> datetime:
        return last[at.astimezone(SHANGHAI).date()]

    return counted._replace(
        changes=[each._replace(at=then(each.at)) for each in counted.changes],
        heard=[each._replace(at=then(each.at)) for each in counted.heard],
    )
