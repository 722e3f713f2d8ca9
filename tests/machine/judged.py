"""What `bi.assessments` must show of the figures as they stand: DOMAIN §2 to §4, fine print.

Goals of a calendar year: at_least, at_most, increase and growth; trajectories linear_days,
linear_months and last_year_profile; the schemes of tests.machine.lamps.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, NamedTuple

from schemas.period import end_name
from tests.machine import lamps, outlook
from tests.machine.case import Case, kind_of
from tests.machine.figures import Fact
from tests.machine.lamps import Standing
from tests.machine.standing import FLOW, RATE, STOCK, Lack, Sight
from tests.machine.told import Told

_ZERO = Decimal(0)
_YEAR_DAYS = 366


class Judgement(NamedTuple):
    """One current row; `short` tells whether its forecast falls short of the goal."""

    target: str
    version: int
    indicator: str
    entity: str
    scope: str
    period: str
    end: date | None
    lamp: str
    scheme: str
    reason: str
    as_of: datetime | None = None
    actual: Decimal | None = None
    expected: Decimal | None = None
    gap: Decimal | None = None
    pace: float | None = None
    required: Decimal | None = None
    forecast: Decimal | None = None
    # No sequence has two past years, so that nothing is known of errors.
    low: Decimal | None = None
    high: Decimal | None = None
    p_meet: float | None = None
    method: str = "none"
    trajectory: str = ""
    basis: tuple[str, ...] = ()
    short: bool | None = None


def judged(told: Told, versions: Iterable[dict[str, Any]]) -> dict[str, list[Judgement]]:
    """Of each target what holds now, by period end."""
    by_target: dict[str, list[dict[str, Any]]] = {}
    for version in sorted(versions, key=lambda v: (v["effective_from"], v["version"])):
        by_target.setdefault(version["target"], []).append(version)
    with localcontext() as context:
        context.prec = 60
        return {name: _target(told, given) for name, given in by_target.items()}


def _target(told: Told, versions: list[dict[str, Any]]) -> list[Judgement]:
    newest = versions[-1]
    definition = told.indicators[newest["indicator"]]
    sight = Sight(told, (newest["indicator"], newest["entity"]))
    kinds = {kind_of(version, definition) for version in versions}
    ends = sorted({end for kind in kinds for end in sight.ends(kind, newest["year"])})
    found = [each for end in ends if (each := _at(sight, definition, versions, end))]
    return found or [_row(newest, None, "grey", "no_data")]


def _at(
    sight: Sight, definition: dict[str, Any], versions: list[dict[str, Any]], end: date
) -> Judgement | None:
    """By the newest version that was in force when the figure was first published.

    One that asks for another kind of figure than was published judges nothing.
    """
    asked = [
        (version, sight.at(kind_of(version, definition), version.get("scope", ""), end))
        for version in versions
    ]
    days = [figure.first for _, figure in asked if figure]
    if not days:
        return None
    held = asked[0]
    for version, figure in asked:
        published = figure.first if figure else max(days)
        if date.fromisoformat(version["effective_from"]) <= published:
            held = version, figure
    version, figure = held
    if figure is None:
        return None
    if isinstance(figure, Lack):
        return _row(version, end, "grey", figure.reason, figure.facts)
    return _judged(Case(sight, definition, version, end, figure))


def _row(
    version: dict[str, Any],
    end: date | None,
    lamp: str,
    reason: str,
    facts: Iterable[Fact] = (),
    **columns: Any,
) -> Judgement:
    rests_on = list(facts)
    return Judgement(
        version["target"],
        version["version"],
        version["indicator"],
        version["entity"],
        version.get("scope", ""),
        "" if end is None else end_name(end),
        end,
        lamp,
        version["lamps"],
        reason,
        max((fact.recorded for fact in rests_on), default=None),
        basis=tuple(sorted({id for fact in rests_on for _, id in fact.events})),
        **columns,
    )


def _judged(case: Case) -> Judgement:
    if case.kind == RATE:
        return _verdict(case, _rate(case), "", ())
    facts, base, actual = case.figure.facts, _ZERO, case.figure.value
    taken_off: Decimal | None = _ZERO
    if case.kind == STOCK:
        before = case.sight.level(case.scope, date(case.end.year - 1, 12, 31), case.past)
        added = case.goal["kind"] == "increase"
        if before is None and (added or not case.at_end):
            said = {} if added else {"actual": _amount(actual)}
            return _row(case.version, case.end, "grey", "no_baseline", facts, **said)
        taken_off = before.value if before else None
        facts += before.facts if before else ()
        base = before.value if before else _ZERO
        if added:
            actual, base, taken_off = actual - base, _ZERO, _ZERO
    higher = case.goal["kind"] != "at_most"
    allowed = case.tolerance()
    goal = Decimal(case.goal["value"]) + (-allowed if higher else allowed)
    share, used, rests_on = _way(case)
    expected = goal if case.at_end else base + (goal - base) * share
    standing = Standing(
        False, higher, actual, expected, goal, taken_off, _ZERO, case.strict(), case.at_end
    )
    return _verdict(case, standing, used, facts[1:] + rests_on)


def _rate(case: Case) -> Standing:
    growth = case.goal["kind"] == "growth"
    higher = case.goal["kind"] == "at_least"
    if growth:
        higher = case.definition["direction"] == "higher"
    goal = Decimal(case.goal["percent" if growth else "value"])
    allowed, strict = case.tolerance(), case.strict()
    actual = case.figure.value
    return Standing(True, higher, actual, goal, goal, None, allowed, strict, case.at_end)


def _way(case: Case) -> tuple[Decimal, str, tuple[Fact, ...]]:
    """How much of the way is due, by which trajectory and from which past."""
    kind = case.version.get("trajectory", {"kind": "linear_days"})["kind"]
    if kind == "linear_months":
        return case.months_done(), kind, ()
    past = case.profile() if kind == "last_year_profile" else None
    if past is not None:
        return past[0], kind, past[1]
    days = (case.end - date(case.end.year, 1, 1)).days + 1
    return Decimal(days) / _YEAR_DAYS, "linear_days", ()


def _verdict(case: Case, standing: Standing, used: str, more: tuple[Fact, ...]) -> Judgement:
    lamp = lamps.lamp(case.version["lamps"], standing, case.months_done())
    columns: dict[str, Any] = {
        "actual": _amount(standing.actual),
        "expected": _amount(standing.expected),
        "gap": _amount(standing.gap),
        "trajectory": used,
    }
    facts = case.figure.facts + more
    if lamp != "blue" and _january_alone(case):
        return _row(case.version, case.end, "grey", "jan_feb", facts, **columns)
    forecast, method, ahead = outlook.forecast(case, standing)
    required, needed = outlook.required(case, standing)
    columns |= {
        "pace": _ratio(standing.pace),
        "required": _amount(required),
        "forecast": _amount(forecast),
        "method": method,
        "short": None if forecast is None else standing.falls_short(forecast),
    }
    reason = {"blue": "met", "green": "on_pace"}.get(lamp)
    reason = reason or ("missed" if case.at_end else "behind")
    return _row(case.version, case.end, lamp, reason, facts + ahead + needed, **columns)


def _january_alone(case: Case) -> bool:
    if (case.end.month, case.end.day, case.figure.start.month) != (1, 31, 1):
        return False
    if case.figure.start.day != 1 or case.kind == STOCK:
        return False
    return case.kind == FLOW or case.goal["kind"] == "growth"


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


def _ratio(value: Decimal | None) -> float | None:
    return None if value is None else float(value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN))


def as_row(judgement: Judgement) -> tuple[Any, ...]:
    """As `bi.assessments` shows it."""
    return tuple(judgement)[:-1]
