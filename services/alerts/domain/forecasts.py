"""Where the year will end at this rate, and what is still needed each month (DOMAIN §4)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.goals import LastYearProfile
from schemas.period import same_day_last_year
from schemas.records.dossier import Fact
from services.alerts.domain.standing import Case, Sort, Standing
from services.series.measured import Family
from services.series.methods import Made, of_flow, of_rate, of_stock
from services.series.models import Model, by_model, enough
from services.series.months import months_left, years_earlier
from services.series.spread import spread

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Forecast:
    """The value at the span's end, by which method and from which facts.

    `low` and `high` are where it lies with 80 %, `p_meet` is the probability that the goal is met;
    None where the past does not tell (spread). `unmodelled`: there would be months enough for a
    model, only none is installed.
    """

    value: Decimal | None = None
    method: str = "none"
    facts: tuple[Fact, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    p_meet: Decimal | None = None
    unmodelled: bool = False


def forecast(case: Case, standing: Standing, model: Model | None = None) -> Forecast:
    """By the method of the figure's sort; goals that are met or not have none.

    A `model` takes the place of the profile where it was better a year ago.
    """
    made = None if standing.sort is Sort.YES_NO else _by_formula(case, standing)
    if made is None:
        return Forecast()
    unmodelled = False
    if made.method == "profile" and model is not None:
        given = case.history, case.span, case.end
        modelled = by_model(*given, standing.actual, _years(case), model)
        unmodelled = modelled is None and not model.installed and enough(*given)
        made = modelled or made
    found = spread(made.value, list(made.errors), standing.threshold, higher=standing.higher)
    return Forecast(
        made.value, made.method, made.facts, found.low, found.high, found.p_meet, unmodelled
    )


def _by_formula(case: Case, standing: Standing) -> Made | None:
    given = case.history, case.span, case.end, standing.actual
    if standing.sort is Sort.RATE:
        return of_rate(*given)
    return of_flow(*given, _years(case)) if case.family is Family.FLOW else of_stock(*given)


def _years(case: Case) -> int:
    trajectory = case.target.trajectory
    return trajectory.years if isinstance(trajectory, LastYearProfile) else 1


@dataclass(frozen=True)
class Required:
    """Per remaining full month: an amount, or for growth the rate in %."""

    value: Decimal | None = None
    facts: tuple[Fact, ...] = ()


def required(case: Case, standing: Standing) -> Required:
    """What is still needed per full month left; null with none left."""
    left = months_left(case.span, case.end)
    if left == 0:
        return Required()
    if case.target.goal.kind == "growth":
        return _required_growth(case)
    if standing.sort is not Sort.AMOUNT:
        return Required()
    return Required(max(_ZERO, (standing.goal - standing.actual) / left))


def _required_growth(case: Case) -> Required:
    """((1+g)·L − A)/(L − L_e) − 1 in %, from levels where they are comparable."""
    if not (case.indicator.is_flow and case.indicator.levels_comparable):
        return Required()
    goal: Any = case.target.goal
    index, scope, pick = case.index, case.target.scope, case.history.pick
    last = years_earlier(case.span, 1)
    total = index.to_date(scope, last.start, last.end, pick)
    same = index.to_date(scope, last.start, same_day_last_year(case.end), pick)
    actual = index.to_date(scope, case.span.start, case.end, case.figure.beside)
    if total is None or same is None or actual is None or total.value <= same.value:
        return Required()
    wanted = (1 + goal.percent / 100) * total.value
    rate = (wanted - actual.value) / (total.value - same.value) - 1
    return Required(rate * 100, total.facts + same.facts + actual.facts)
