"""Goals with a number of their own: at least, at most, increase, growth (DOMAIN §2)."""

from decimal import Decimal
from typing import Any

from services.alerts.domain.goals.rule import higher_is_better, in_points, tolerance
from services.alerts.domain.standing import Case, Grey, Outcome, Sort, Standing
from services.alerts.domain.trajectories import WRITTEN_DOWN, Path, walk
from services.series.measured import Family, Figure
from services.series.months import ONE_DAY
from services.series.profile import profile

_ZERO = Decimal(0)


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
    allowed = tolerance(case)
    value: Decimal = goal.value - allowed if higher else goal.value + allowed
    actual, facts = case.figure.value, case.figure.facts
    taken_off: Decimal | None = _ZERO
    if case.family is not Family.FLOW:
        before = _before(case)
        if before is None and (added or not case.at_end):
            return _no_baseline(case, None if added else actual)
        facts += before.facts if before else ()
        taken_off = before.value if before else None
        if added and before:
            actual, taken_off = actual - before.value, _ZERO
    way = walk(_path(case, taken_off, value))
    assert way.expected is not None  # the base is known here, or not needed any more
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
        tolerance=tolerance(case),
        strict=goal.strict,
        trajectory_used=used,
    )


def growth(case: Case) -> Outcome:
    """The reported year-on-year rate against the goal, the same at every period."""
    goal: Any = case.target.goal
    return Standing(
        Sort.RATE,
        higher_is_better(case),
        case.figure.value,
        goal.percent,
        goal.percent,
        case.figure.facts,
        case.at_end,
        tolerance=tolerance(case),
        strict=goal.strict,
    )
