"""Goals that compare a series with its own past: 持续下降, 只升不降, 持续增长 (DOMAIN §2)."""

from collections.abc import Mapping
from functools import partial

from schemas.goals import NotBelowLast
from schemas.period import Span
from schemas.records.assessment import Lamp
from schemas.records.dossier import Fact
from schemas.status import CLASS_OF, StatusClass
from services.alerts.domain.goals.rule import (
    higher_is_better,
    no_comparison,
    scope_differs,
    yes_or_no,
)
from services.alerts.domain.standing import Case, Grey, Outcome, Sort, Standing
from services.series.measured import Family, Figure, Pick, judgeable
from services.series.months import ONE_DAY, period_before, years_earlier


def keep_falling(case: Case) -> Outcome:
    """Against the same period last year: lower green, equal yellow (0 and 0 green), else red."""
    last = _figure(case, _last_year(case), case.figure.history)
    if isinstance(last, Grey):
        return last
    actual, before = case.figure.value, last.value
    lamp = Lamp.YELLOW if actual == before else Lamp.GREEN if actual < before else Lamp.RED
    if actual == before == 0:
        lamp = Lamp.GREEN
    return Standing(
        Sort.YES_NO,
        False,
        actual,
        before,
        before,
        case.figure.facts + last.facts,
        case.at_end,
        fixed_lamp=lamp,
        against="last_year",
    )


def _of_class(wanted: StatusClass, fact: Fact) -> bool:
    return CLASS_OF[fact.status] is wanted


# The order in which classes are tried: what is most final first. A figure after a break compares
# with figures after a break only.
_CLASSES: Mapping[StatusClass, Pick] = {
    each: partial(_of_class, each)
    for each in (
        StatusClass.FINAL,
        StatusClass.PRELIMINARY,
        StatusClass.ESTIMATE,
        StatusClass.SIMULATED,
        StatusClass.OWN_SCOPE,
    )
}


def not_below_last(case: Case) -> Outcome:
    """Not worse than the period before, or than the same period last year; strict: better.

    Both sides are of the target's scope, and the newest vintages of the newest status class that
    both have: a preliminary figure is not held against a final one.
    """
    goal = case.target.goal
    assert isinstance(goal, NotBelowLast)
    span = _previous(case) if goal.versus == "previous" else _last_year(case)
    known = _figure(case, span, judgeable)
    if isinstance(known, Grey):
        return known
    for pick in _CLASSES.values():
        now = case.vintages.figure(case.family, case.target.scope, _covered(case), pick)
        before = case.vintages.figure(case.family, case.target.scope, span, pick)
        if now is not None and before is not None:
            return _compared(case, goal, now, before)
    words = {"ours": _statuses(case.figure), "theirs": _statuses(known)}
    facts = case.figure.facts + known.facts
    return Grey("status_differs", words, case.figure.value, facts)


def _compared(case: Case, goal: NotBelowLast, now: Figure, before: Figure) -> Standing:
    standing = Standing(
        Sort.YES_NO,
        higher_is_better(case),
        now.value,
        before.value,
        before.value,
        now.facts + before.facts,
        case.at_end,
        strict=goal.strict,
        against="previous" if goal.versus == "previous" else "last_year",
    )
    return yes_or_no(standing)


def _covered(case: Case) -> Span:
    return Span(case.figure.start, case.end)


def _last_year(case: Case) -> Span:
    return years_earlier(_covered(case), 1)


def _previous(case: Case) -> Span:
    """The period of the same length before; of a level or rate, the last day that has one."""
    if case.family is Family.PERIOD:
        return period_before(_covered(case))
    found = case.index.newest_end(case.family, case.target.scope, case.end, judgeable)
    end = found or case.end.replace(day=1) - ONE_DAY
    return Span(end, end)


def _figure(case: Case, span: Span, pick: Pick) -> Figure | Grey:
    scope = case.target.scope
    found = case.index.figure(case.family, scope, span, pick)
    if found is not None:
        return found
    elsewhere = case.index.elsewhere(case.family, scope, span.end, pick)
    if elsewhere:
        return scope_differs(case, scope, {fact.scope for fact in elsewhere})
    return no_comparison(case, span.end.isoformat())


def _statuses(figure: Figure) -> str:
    return "、".join(sorted({fact.status.value for fact in figure.facts}))
