"""The figures of a namespace at every moment, worked out again for each: slow and simple.

Rules: DOMAIN §1 with its fine print, CONTRACT "One fact, many names". It shares no code with the
services beyond the calendar.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from schemas.period import Span, end_name, is_month_end, parse, span_name
from tests.machine.door import Arrival, converted

# From the least to the most final: what rests on several is as final as the least of them.
FINALITY = "GEVDBPA"
Where = tuple[int, int]


class Key(NamedTuple):
    """One figure of a series."""

    scope: str
    measure: str
    start: date
    end: date

    @property
    def period(self) -> str:
        """Its canonical name."""
        if self.measure in ("cumulative", "stock"):
            return end_name(self.end)
        return span_name(Span(self.start, self.end))


class Fact(NamedTuple):
    """A figure as it was said from a moment on, in the unit of the definition in force.

    `where` orders what was said at one moment; `rounding` is half of its last digit as sent.
    """

    key: Key
    value: Decimal
    status: str
    recorded: datetime
    where: Where
    events: tuple[tuple[str, str], ...]
    first: datetime
    rounding: Decimal = Decimal(0)
    note: str = ""


class Vintage(NamedTuple):
    """What was said of a figure from a moment on: nothing when it was taken back."""

    recorded: datetime
    fact: Fact | None


Course = list[Vintage]
Series = tuple[str, str]


def key_of(data: dict[str, Any]) -> Key:
    """Which figure an event is about."""
    span = parse(data["period"])
    scope, measure = data.get("scope", ""), data["measure"]
    if measure == "cumulative":
        return Key(scope, measure, new_year(span.end), span.end)
    if measure == "stock":
        return Key(scope, measure, span.end, span.end)
    return Key(scope, measure, span.start, span.end)


def new_year(day: date) -> date:
    """1 January of its year."""
    return date(day.year, 1, 1)


def unit_of(definition: dict[str, Any], measure: str) -> str:
    """A growth beside amounts is in %."""
    beside = measure == "rate" and definition["measure"] != "rate"
    return "%" if beside else str(definition["unit"])


def reported(
    firsts: Iterable[Arrival], definitions: dict[str, dict[str, Any]]
) -> dict[Series, dict[Key, Course]]:
    """Every vintage of every reported figure, by recorded time, then coordinates."""
    found: dict[Series, dict[Key, list[Arrival]]] = {}
    for each in firsts:
        if each.sent.kind == "metric.observed":
            series = each.sent.data["indicator"], each.sent.data["entity"]
            found.setdefault(series, {}).setdefault(key_of(each.sent.data), []).append(each)
    return {
        series: {key: _course(key, told, definitions[series[0]]) for key, told in keys.items()}
        for series, keys in found.items()
    }


def _course(key: Key, told: list[Arrival], definition: dict[str, Any]) -> Course:
    ordered = sorted(told, key=lambda each: (each.sent.recorded, each.where))
    return [_vintage(key, each, ordered[0].sent.recorded, definition) for each in ordered]


def _vintage(key: Key, told: Arrival, first: datetime, definition: dict[str, Any]) -> Vintage:
    data = told.sent.data
    if told.value is None:
        return Vintage(told.sent.recorded, None)
    unit = unit_of(definition, key.measure)
    half = Decimal((0, (5,), int(Decimal(data["value"]).as_tuple().exponent) - 1))
    fact = Fact(
        key,
        converted(told.value, told.unit, unit),
        data["status"],
        told.sent.recorded,
        told.where,
        ((told.sent.source, told.sent.id),),
        first,
        converted(half, data["unit"], unit),
        data.get("note", ""),
    )
    return Vintage(told.sent.recorded, fact)


def said(course: Course, at: datetime) -> list[Fact]:
    """What had been said by a moment since the figure was last taken back, the newest last."""
    found: list[Fact] = []
    for recorded, fact in course:
        if recorded > at:
            break
        found = [*found, fact] if fact is not None else []
    return found


def least_final(pieces: Iterable[Fact]) -> str:
    """The status of what rests on these."""
    return min((piece.status for piece in pieces), key=FINALITY.index)


def made(
    key: Key, value: Decimal, pieces: Sequence[Fact], at: datetime, off: Decimal = Decimal(0)
) -> Fact:
    """A figure that follows from others at a moment; rounding may have put it `off` by that."""
    return Fact(
        key,
        value,
        least_final(pieces),
        at,
        max(piece.where for piece in pieces),
        tuple(event for piece in pieces for event in piece.events),
        max(piece.first for piece in pieces),
        off,
    )


def followed(facts: Sequence[Fact], at: datetime) -> dict[Key, Fact]:
    """Year-to-dates and months that nobody reported, of all scopes and years."""
    found: dict[Key, Fact] = {}
    there: set[Key] = set()
    amounts = [
        fact
        for fact in facts
        if fact.key.measure in ("period", "cumulative")
        and fact.status != "F"
        and fact.key.start.year == fact.key.end.year
    ]
    groups = sorted({(fact.key.scope, fact.key.end.year) for fact in amounts})
    for simulated in (False, True):  # what was really measured goes before
        for group in groups:
            same = [
                fact
                for fact in amounts
                if (fact.key.scope, fact.key.end.year) == group
                and (fact.status == "G") is simulated
            ]
            there |= {fact.key for fact in same}
            found = _of_one_year(same, there, at) | found
    return found


def _of_one_year(facts: list[Fact], there: set[Key], at: datetime) -> dict[Key, Fact]:
    found: dict[Key, Fact] = {}
    totals = {end: row for end in {f.key.end for f in facts} if (row := total(facts, end))}
    for end, row in totals.items():
        scope = row[0].key.scope
        key = Key(scope, "cumulative", new_year(end), end)
        if key not in there:
            found[key] = made(key, added(row), row, at, _off(row, []))
        month = Key(scope, "period", end.replace(day=1), end)
        if not is_month_end(end) or month in there:
            continue
        before = totals.get(month.start - timedelta(days=1), [])
        if end.month == 1 or before:
            difference = added(row) - added(before)
            found[month] = made(month, difference, [*row, *before], at, _off(row, before))
    return found


def _off(row: list[Fact], less: list[Fact]) -> Decimal:
    """Half of the last digit of each that is in one of the two sums: in both it cancels out."""
    one, other = ({fact.key: fact.rounding for fact in facts} for facts in (row, less))
    return sum((off for key, off in (one | other).items() if key in one.keys() ^ other), Decimal(0))


def added(pieces: Iterable[Fact]) -> Decimal:
    """The exact sum."""
    with localcontext() as context:
        context.prec = 60
        return sum((piece.value for piece in pieces), Decimal(0))


def total(facts: Sequence[Fact], end: date) -> list[Fact]:
    """The figures that make the year-to-date at an end; none when it does not follow."""
    first = new_year(end)
    whole = [fact for fact in facts if fact.key.start == first]
    at_end = [fact for fact in whole if fact.key.end == end]
    if at_end:
        return [max(at_end, key=_age)]
    for day in sorted({fact.key.end for fact in whole if fact.key.end < end}, reverse=True):
        rows = _rows(facts, day + timedelta(days=1), end)
        if rows:
            start = max((fact for fact in whole if fact.key.end == day), key=_age)
            return [start, *min(rows, key=_coarseness)]
    return []


def _age(fact: Fact) -> tuple[datetime, Where]:
    return fact.recorded, fact.where


def _rows(facts: Sequence[Fact], start: date, end: date) -> list[list[Fact]]:
    """Every way to cover the days with period values, without gap or overlap."""
    if start > end:
        return [[]]
    return [
        [fact, *rest]
        for fact in facts
        if fact.key.measure == "period" and fact.key.start == start and fact.key.end <= end
        for rest in _rows(facts, fact.key.end + timedelta(days=1), end)
    ]


def _coarseness(row: list[Fact]) -> tuple[int, list[int]]:
    return len(row), sorted(((f.key.end - f.key.start).days for f in row), reverse=True)
