"""What a kind of goal is: which figures it reads, and the verdict on one of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from schemas import unit
from schemas.data import IndicatorDefined, Measure
from schemas.records.assessment import Lamp
from services.alerts.domain.standing import Case, Grey, Outcome, Sort, Standing
from services.series.measured import Family, family_of

_ZERO = Decimal(0)


@dataclass(frozen=True)
class GoalRule:
    """One kind of goal: which figures it reads, and the verdict on one of them.

    `silent` is the reason while there is no figure at all.
    """

    judge: Callable[[Case], Outcome]
    reads: Callable[[Any, IndicatorDefined], Family]
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


def own_or_period(goal: Any, indicator: IndicatorDefined) -> Family:
    """Of a flow the value of the period where it is compared with the period before."""
    family = family_of(indicator)
    return Family.PERIOD if goal.versus == "previous" and family is Family.FLOW else family


def in_points(indicator: IndicatorDefined) -> bool:
    """Is the indicator itself a rate, judged in percentage points?"""
    if indicator.is_flow:
        return False
    return indicator.measure is Measure.RATE or unit.parse(indicator.unit).kind == "%"


def tolerance(case: Case) -> Decimal:
    """The goal's, else the indicator's, else none."""
    goal: Any = case.target.goal
    given: Decimal | None = goal.tolerance
    if given is not None:
        return given
    return case.indicator.tolerance or _ZERO


def higher_is_better(case: Case) -> bool:
    """The indicator's own direction."""
    return case.indicator.direction == "higher"


def yes_or_no(standing: Standing) -> Standing:
    """Met or not: green or red, whatever the scheme."""
    lamp = Lamp.GREEN if standing.met else Lamp.RED
    return replace(standing, sort=Sort.YES_NO, fixed_lamp=lamp)


def scope_differs(case: Case, scope: str, scopes: set[str]) -> Grey:
    """The other side of a comparison is there, only under other scopes."""
    words = {"scopes": "、".join(sorted(each or "-" for each in scopes)), "scope": scope or "-"}
    return Grey("scope_differs", words, case.figure.value, case.figure.facts)


def no_comparison(case: Case, missing: str, in_english: str = "") -> Grey:
    """The other side of a comparison is not there; `missing` names it."""
    words, english = {"missing": missing}, {"missing": in_english or missing}
    return Grey("no_comparison", words, case.figure.value, case.figure.facts, english)
