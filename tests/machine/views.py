"""What each `bi.*` view must show of a namespace, row by row."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tests.machine import chargers, projects
from tests.machine.conflicts import used_ids
from tests.machine.door import Arrival, Verdict, converted, firsts
from tests.machine.figures import Course, Fact, Key, Series, key_of, unit_of
from tests.machine.formulas import rounded
from tests.machine.found import Found, findings
from tests.machine.judged import Judgement, as_row, judged
from tests.machine.plan import Sent, moment
from tests.machine.told import Told, tell

Row = tuple[Any, ...]
# The moments that `bi.values_as_of` is asked for.
AS_OF = (moment(4), moment(9), moment(16))


class Expected(NamedTuple):
    """The rows of every view; and what alerts rest on, of which not all rows are determined."""

    rows: dict[str, list[Row]]
    judged: dict[str, list[Judgement]]
    findings: list[Found]


def expected(
    arrivals: list[Arrival],
    refused: Iterable[tuple[Sent, Verdict]],
    until: date,
    shared: dict[str, dict[str, Any]],
) -> Expected:
    """What must be shown; of days those up to one that is given.

    `shared` are the definitions in force of indicators that count in every namespace.
    """
    first, conflicts = firsts(arrivals)
    indicators = _in_force(first, "indicator.defined", "indicator")
    entities = _in_force(first, "entity.defined", "entity")
    parents = {name: e.get("parent") for name, e in entities.items()}
    told = tell(first, shared | indicators, parents)
    found = findings(told) + used_ids(first, conflicts)
    published = _published(first, indicators)
    judgements = judged(told, _versions(first))
    rows: dict[str, list[Row]] = {
        "observations": [_observation(each) for each in first if _is_figure(each)],
        "current_values": list(_current(told)),
        "values_as_of": [row for at in AS_OF for row in _as_of(told, published, at)],
        "revisions": list(_revisions(published)),
        "undefined_values": [
            (*series, key.scope, key.period, key.start, key.end, key.measure, reason)
            for series, lacks in told.lacks.items()
            for key, reason in lacks.items()
        ],
        "findings": [tuple(each) for each in found],
        "indicators": [_indicator(data) for data in indicators.values()],
        "entities": [
            (name, data["kind"], data["name_zh"], data.get("parent", ""))
            for name, data in entities.items()
        ],
        "targets": [_target(data) for data in _versions(first)],
        "projects": list(projects.projects(first)),
        "project_history": projects.history(first),
        "chargers": list(chargers.chargers(first)),
        "charger_daily": list(chargers.daily(first, until)),
        "rejected": [
            (sent.id, sent.department, verdict.code, verdict.field) for sent, verdict in refused
        ],
        "assessments": [as_row(each) for every in judgements.values() for each in every],
        "latest_assessments": [as_row(every[-1]) for every in judgements.values()],
    }
    return Expected(rows, judgements, found)


def _is_figure(each: Arrival) -> bool:
    return each.sent.kind == "metric.observed"


def _in_force(first: list[Arrival], kind: str, name: str) -> dict[str, dict[str, Any]]:
    """The newest definitions, in order of their first."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    for each in sorted(first, key=lambda each: each.where[1]):
        if each.sent.kind == kind:
            rank = each.sent.recorded, each.where
            data = each.sent.data
            if data[name] not in found or found[data[name]][0] <= rank:
                found[data[name]] = rank, data
    return {name: data for name, (_, data) in found.items()}


def _observation(each: Arrival) -> Row:
    data, key = each.sent.data, key_of(each.sent.data)
    return (
        data["indicator"],
        data["entity"],
        key.scope,
        key.period,
        key.start,
        key.end,
        key.measure,
        each.value,
        each.unit,
        data["status"],
        each.sent.recorded,
        each.sent.department,
        each.sent.id,
        each.sent.source,
    )


def _value_row(told: Told, series: Series, fact: Fact, vintages: int, is_derived: bool) -> Row:
    key, definition = fact.key, told.indicators[series[0]]
    value = rounded(definition.get("formula"), fact.value) if is_derived else fact.value
    return (
        *series,
        key.scope,
        key.period,
        key.start,
        key.end,
        key.measure,
        value,
        unit_of(definition, key.measure),
        fact.status,
        fact.recorded,
        vintages,
        is_derived,
    )


def _newest(course: Course) -> Fact | None:
    return course[-1].fact if course else None


def _current(told: Told) -> Iterable[Row]:
    for courses, is_derived in ((told.reported, False), (told.shown, True)):
        for series, keys in courses.items():
            for course in keys.values():
                fact = _newest(course)
                if fact is not None:
                    yield _value_row(told, series, fact, _count(course, is_derived), is_derived)


def _count(course: Course, is_derived: bool) -> int:
    """A deletion is a vintage of what was reported; what follows from nothing is none."""
    return sum(vintage.fact is not None for vintage in course) if is_derived else len(course)


def _published(
    first: list[Arrival], indicators: dict[str, dict[str, Any]]
) -> dict[tuple[Series, Key], list[Arrival]]:
    """The vintages of every reported figure, in the unit of the definition in force."""
    found: dict[tuple[Series, Key], list[Arrival]] = {}
    for each in sorted(
        filter(_is_figure, first), key=lambda each: (each.sent.recorded, each.where)
    ):
        data = each.sent.data
        series = data["indicator"], data["entity"]
        unit = unit_of(indicators[data["indicator"]], data["measure"])
        value = None if each.value is None else converted(each.value, each.unit, unit)
        told = each._replace(value=value, unit=unit)
        found.setdefault((series, key_of(data)), []).append(told)
    return found


def _as_of(
    told: Told, published: dict[tuple[Series, Key], list[Arrival]], at: datetime
) -> Iterable[Row]:
    for (series, key), vintages in published.items():
        then = [each for each in vintages if each.sent.recorded <= at]
        if then and then[-1].value is not None:
            last = then[-1]
            place = (key.scope, key.period, key.start, key.end, key.measure)
            said = (last.value, last.unit, last.sent.data["status"], last.sent.recorded)
            yield (at, *series, *place, *said, len(then), False)
    for series, keys in told.shown.items():
        for course in keys.values():
            past = [vintage for vintage in course if vintage.recorded <= at]
            fact = _newest(past)
            if fact is not None:
                yield (at, *_value_row(told, series, fact, _count(past, True), True))


def _revisions(published: dict[tuple[Series, Key], list[Arrival]]) -> Iterable[Row]:
    for (series, key), vintages in published.items():
        before: Arrival | None = None
        for vintage, each in enumerate(vintages, 1):
            previous = before.value if before else None
            missing = each.value is None or previous is None
            yield (
                *series,
                key.scope,
                key.period,
                key.measure,
                vintage,
                each.value,
                None if missing else previous,
                None if missing else each.value - previous,
                each.sent.data["status"],
                each.sent.recorded,
                each.unit,
            )
            before = each


def _versions(first: list[Arrival]) -> Iterable[dict[str, Any]]:
    """Of each version of a target what was set first."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for each in sorted(first, key=lambda each: each.where):
        if each.sent.kind == "target.set":
            data = each.sent.data
            found.setdefault((data["target"], data["version"]), data)
    return found.values()


def _target(data: dict[str, Any]) -> Row:
    goal = data["goal"]
    return (
        data["target"],
        data["version"],
        data["indicator"],
        data["entity"],
        data.get("scope", ""),
        data["year"],
        goal["kind"],
        Decimal(goal["percent" if goal["kind"] == "growth" else "value"]),
        data.get("trajectory", {"kind": "linear_days"})["kind"],
        data["lamps"],
        data["lead"],
        date.fromisoformat(data["effective_from"]),
    )


def _indicator(data: dict[str, Any]) -> Row:
    tolerance = data.get("tolerance")
    return (
        data["indicator"],
        data["name_zh"],
        data["name_en"],
        data["unit"],
        data["measure"],
        data["direction"],
        data["owner"],
        data["frequency"],
        data.get("due_days"),
        data.get("formula", {}).get("kind", ""),
        None if tolerance is None else Decimal(tolerance),
        data.get("levels_comparable", True),
        tuple(data["granted"]),
    )
