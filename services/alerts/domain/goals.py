"""How each kind of goal is judged: one entry per kind (DOMAIN §2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas import unit
from schemas.data import IndicatorDefined, Measure
from schemas.period import Span
from schemas.records import Lamp
from services.alerts.domain.index import Family, Figure, family_of
from services.alerts.domain.months import ONE_DAY, years_earlier
from services.alerts.domain.profile import profile
from services.alerts.domain.standing import Case, Grey, Outcome, Sort, Standing
from services.alerts.domain.trajectories import WRITTEN_DOWN, Path, walk

_ZERO = Decimal(0)


@dataclass(frozen=True)
class GoalRule:
    """One kind of goal: which figures it reads, and the verdict on one of them.

    `silent` is the reason while there is no figure at all. A goal that `reads` None is not
    judged by the series' own figures.
    """

    judge: Callable[[Case], Outcome]
    reads: Callable[[Any, IndicatorDefined], Family | None]
    silent: str = "no_data"


def own(goal: Any, indicator: IndicatorDefined) -> Family:
    """The indicator's own figures."""
    return family_of(indicator)


def reported_growth(goal: Any, indicator: IndicatorDefined) -> Family:
    """The year-on-year rate that is published beside the amounts."""
    return Family.RATE


def own_or_growth(goal: Any, indicator: IndicatorDefined) -> Family:
    """The reported rate when the comparison is `of: growth`."""
    return Family.RATE if goal.of == "growth" else family_of(indicator)


def nothing(goal: Any, indicator: IndicatorDefined) -> None:
    """No figure of the series itself."""
    return


def in_points(indicator: IndicatorDefined) -> bool:
    """Is the indicator itself a rate, judged in percentage points?"""
    if indicator.is_flow:
        return False
    return indicator.measure is Measure.RATE or unit.parse(indicator.unit).kind == "%"


def _tolerance(case: Case) -> Decimal:
    goal: Any = case.target.goal
    given: Decimal | None = goal.tolerance
    if given is not None:
        return given
    return case.indicator.tolerance or _ZERO


def _path(case: Case, base: Decimal | None, goal: Decimal) -> Path:
    return Path(
        case.span,
        case.end,
        base,
        goal,
        case.target.trajectory,
        lambda years: profile(case.history, case.span, case.end, years),
    )


def _fell_back(case: Case, used: str) -> bool:
    return case.target.trajectory.kind != used


def _no_baseline(case: Case, actual: Decimal | None) -> Grey:
    day = (case.span.start - ONE_DAY).isoformat()
    return Grey("no_baseline", {"day": day}, actual, case.figure.facts)


def _before(case: Case) -> Figure | None:
    """The level or rate at the end of the previous span."""
    day = case.span.start - ONE_DAY
    look = {Family.STOCK: case.index.level, Family.RATE: case.index.rate_ending}
    return look[case.family](case.target.scope, day, case.figure.history)


def level_goal(case: Case, *, higher: bool) -> Outcome:
    """`at_least` and `at_most`: an amount, or a rate when the indicator is in %."""
    if in_points(case.indicator):
        return _rate_with_goal(case, higher=higher)
    return amount(case, higher=higher, added=False)


def increase(case: Case) -> Outcome:
    """What a flow came to, or what a stock gained since the day before the span."""
    return amount(case, higher=True, added=case.family is not Family.FLOW)


def amount(case: Case, *, higher: bool, added: bool) -> Outcome:
    """An amount against its trajectory; a stock starts from the level of the day before S."""
    goal: Any = case.target.goal
    tolerance = _tolerance(case)
    value: Decimal = goal.value - tolerance if higher else goal.value + tolerance
    actual, base, facts = case.figure.value, _ZERO, case.figure.facts
    taken_off: Decimal | None = _ZERO
    if case.family is not Family.FLOW:
        before = _before(case)
        if before is None and (added or not case.at_end):
            return _no_baseline(case, None if added else actual)
        facts += before.facts if before else ()
        taken_off = before.value if before else None
        if added and before:
            actual, taken_off = actual - before.value, _ZERO
        base = taken_off or _ZERO
    way = walk(_path(case, base, value))
    assert way.expected is not None  # the base is known here
    return Standing(
        Sort.AMOUNT,
        higher,
        actual,
        way.expected,
        value,
        facts + way.facts,
        case.at_end,
        taken_off=taken_off,
        strict=goal.strict,
        can_be_blue=higher,
        trajectory_used=way.used,
        fell_back=_fell_back(case, way.used),
    )


def _rate_with_goal(case: Case, *, higher: bool) -> Outcome:
    goal: Any = case.target.goal
    value: Decimal = goal.value
    expected, used, facts = value, "", case.figure.facts
    if case.target.trajectory.kind in WRITTEN_DOWN:
        before = _before(case)
        way = walk(_path(case, before.value if before else None, value))
        if way.expected is None:
            return _no_baseline(case, case.figure.value)
        expected, used = way.expected, way.used
        facts += before.facts if before else ()
    return Standing(
        Sort.RATE,
        higher,
        case.figure.value,
        expected,
        value,
        facts,
        case.at_end,
        tolerance=_tolerance(case),
        strict=goal.strict,
        trajectory_used=used,
    )


def growth(case: Case) -> Outcome:
    """The reported year-on-year rate against the goal, the same at every period."""
    goal: Any = case.target.goal
    return Standing(
        Sort.RATE,
        case.indicator.direction == "higher",
        case.figure.value,
        goal.percent,
        goal.percent,
        case.figure.facts,
        case.at_end,
        tolerance=_tolerance(case),
        strict=goal.strict,
    )


def keep_falling(case: Case) -> Outcome:
    """Against the same period last year: lower green, equal yellow (0 and 0 green), else red."""
    last = _last_year(case)
    if isinstance(last, Grey):
        return last
    actual, before = case.figure.value, last.value
    lamp = Lamp.YELLOW if actual == before else Lamp.GREEN if actual < before else Lamp.RED
    if actual == before == 0:
        lamp = Lamp.GREEN
    facts = case.figure.facts + last.facts
    return Standing(Sort.YES_NO, False, actual, before, before, facts, case.at_end, fixed_lamp=lamp)


def _last_year(case: Case) -> Figure | Grey:
    scope, pick = case.target.scope, case.figure.history
    start, end = years_earlier(Span(case.figure.start, case.end), 1)
    found = case.index.figure(case.family, scope, Span(start, end), pick)
    if found is not None:
        return found
    elsewhere = case.index.elsewhere(case.family, scope, end, pick)
    code = "scope_differs" if elsewhere else "no_comparison"
    scopes = "、".join(sorted({fact.scope or "-" for fact in elsewhere}))
    words = {"scopes": scopes, "scope": scope or "-", "missing": end.isoformat()}
    return Grey(code, words, case.figure.value, case.figure.facts)


def no_comparison(case: Case) -> Outcome:
    """The other side of the comparison is not part of what was given."""
    words: dict[str, str] = {"missing": case.target.goal.kind}
    return Grey("no_comparison", words, case.figure.value, case.figure.facts)


def awaiting_target(case: Case) -> Outcome:
    """A placeholder until the superior's target arrives."""
    return Grey("awaiting_target", {}, case.figure.value, case.figure.facts)


GOALS: Mapping[str, GoalRule] = {
    "at_least": GoalRule(lambda case: level_goal(case, higher=True), own),
    "at_most": GoalRule(lambda case: level_goal(case, higher=False), own),
    "increase": GoalRule(increase, own),
    "growth": GoalRule(growth, reported_growth),
    "keep_falling": GoalRule(keep_falling, own),
    "above": GoalRule(no_comparison, own_or_growth),
    "in_sync": GoalRule(no_comparison, own_or_growth),
    "rank": GoalRule(no_comparison, own),
    "not_below_last": GoalRule(no_comparison, own),
    "milestone": GoalRule(no_comparison, nothing, silent="not_due"),
    "assigned": GoalRule(awaiting_target, own, silent="awaiting_target"),
    # Nothing is judged while this version is in force.
    "withdrawn": GoalRule(awaiting_target, own),
}
