"""Goals that compare a series with others: 高于全市平均, 同步, 位次 (DOMAIN §2).

Others are read without scope, at the same period end; a forecast is none of their figures.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from schemas import unit
from schemas.goals import Rank, SeriesName
from schemas.period import Span
from schemas.records.dossier import Fact
from services.alerts.domain.goals.rule import (
    higher_is_better,
    in_points,
    no_comparison,
    scope_differs,
    yes_or_no,
)
from services.alerts.domain.standing import Case, Grey, Outcome, Sort, Standing
from services.series.measured import Family, family_of


def above(case: Case) -> Outcome:
    """own − (other + by), in % as a rate, else met or not; only the goal's own tolerance counts."""
    goal: Any = case.target.goal
    found = _side(case, goal.other, growth=goal.of == "growth")
    if isinstance(found, Grey):
        return found
    expected = found.value + goal.by
    standing = Standing(
        Sort.RATE,
        higher_is_better(case),
        case.figure.value,
        expected,
        expected,
        case.figure.facts + found.facts,
        case.at_end,
        tolerance=goal.tolerance,
        strict=goal.strict,
        goal_moves=True,
        against="other",
        beside=found.names,
    )
    return standing if _is_rate(case) else yes_or_no(standing)


def in_sync(case: Case) -> Outcome:
    """gap = tolerance − |own − other|, or the tolerance itself when own is the better one."""
    goal: Any = case.target.goal
    found = _side(case, goal.other, growth=goal.of == "growth")
    if isinstance(found, Grey):
        return found
    higher = higher_is_better(case)
    ahead = case.figure.value - found.value if higher else found.value - case.figure.value
    allowed: Decimal = goal.tolerance
    standing = Standing(
        Sort.RATE,
        higher,
        case.figure.value,
        found.value,
        found.value - allowed if higher else found.value + allowed,
        case.figure.facts + found.facts,
        case.at_end,
        goal_moves=True,
        measured=allowed + min(ahead, Decimal(0)),
        against="other",
        beside=found.names,
    )
    return standing if _is_rate(case) else yes_or_no(standing)


def rank(case: Case) -> Outcome:
    """1 + peers strictly better, at most the goal's; every peer must have its figure."""
    goal = case.target.goal
    assert isinstance(goal, Rank)
    name, entity = case.indicator.indicator, case.entity
    peers = [each for each in dict.fromkeys(goal.among or case.world.peers) if each != entity]
    if not peers:
        return no_comparison(case, "among")
    facts, better = case.figure.facts, 0
    for peer in peers:
        found = _side(case, SeriesName(indicator=name, entity=peer), growth=False)
        if isinstance(found, Grey):
            return found
        ahead = found.value - case.figure.value
        better += ahead > 0 if higher_is_better(case) else ahead < 0
        facts += found.facts
    limit = Decimal(goal.at_most)
    standing = Standing(
        Sort.YES_NO,
        False,
        Decimal(1 + better),
        limit,
        limit,
        facts,
        case.at_end,
        against="rank",
        unit="位",
    )
    return yes_or_no(standing)


def _is_rate(case: Case) -> bool:
    return case.family is Family.RATE or in_points(case.indicator)


class _Side(NamedTuple):
    """The other side's figure, in the unit of the target's indicator, and its name."""

    value: Decimal
    facts: tuple[Fact, ...]
    names: tuple[str, str]


def _side(case: Case, name: SeriesName, *, growth: bool) -> _Side | Grey:
    other = case.world.others.get((name.indicator, name.entity))
    if other is None:
        return no_comparison(case, f"{name.indicator}/{name.entity}")
    family = Family.RATE if growth else family_of(other.indicator)
    span, pick = Span(case.figure.start, case.end), case.figure.beside
    found = other.index.figure(family, "", span, pick)
    if found is None:
        elsewhere = other.index.elsewhere(family, "", case.end, pick)
        if elsewhere:
            return scope_differs(case, "", {fact.scope for fact in elsewhere})
        return no_comparison(case, *(f"{name} {case.end.isoformat()}" for name in other.names))
    theirs, ours = unit.parse(other.indicator.unit), unit.parse(case.indicator.unit)
    if growth:
        return _Side(found.value, found.facts, other.names)
    if theirs.kind != ours.kind:
        return no_comparison(case, f"{other.indicator.unit} → {case.indicator.unit}")
    return _Side(unit.convert(found.value, theirs, ours), found.facts, other.names)
