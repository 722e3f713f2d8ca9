"""Where the year will end at this rate, and what is still needed each month (DOMAIN §4)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from schemas.period import Span, same_day_last_year
from schemas.records import Fact
from services.alerts.domain.measured import Family, Figure, judgeable
from services.alerts.domain.models import (
    FEWEST_POINTS,
    Model,
    Modelled,
    by_model,
    monthly,
    normal,
)
from services.alerts.domain.months import ONE_DAY, months_between, months_left, years_earlier
from services.alerts.domain.profile import History, profile
from services.alerts.domain.spread import of_profile, of_share, past_years, spread
from services.alerts.domain.standing import Case, Sort, Standing
from services.alerts.domain.trajectories import share_by_months

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


class _Made(NamedTuple):
    """A forecast by one method, with its errors of past years in the unit of the figure."""

    forecast: Forecast
    errors: Iterator[Decimal] = iter(())


def _flow(case: Case, standing: Standing) -> _Made:
    """actual / mean profile share, else actual / months completed; null at share 0."""
    years = _years(case)
    history, span, end = case.history, case.span, case.end
    found = profile(history, span, end, years)
    share = found.share if found else share_by_months(span, end)
    if share <= 0:
        return _Made(Forecast())
    value = standing.actual / share
    if found is None:
        errors = of_share(history, span, end, share)
        return _Made(Forecast(value, "linear"), (value * error for error in errors))
    errors = of_profile(history, span, end, years)
    forecast = Forecast(value, "profile", found.facts)
    return _Made(forecast, (value * error for error in errors))


def _years(case: Case) -> int:
    years: int = getattr(case.target.trajectory, "years", 1)
    return years


def _stock(case: Case, standing: Standing) -> _Made:
    """actual + mean monthly net addition of the last 12 months × full months left."""
    found = _net_addition(case.history, case.span, case.end)
    if found is None:
        return _Made(Forecast())
    added, oldest = found
    forecast = Forecast(standing.actual + added, "stock", oldest.facts)
    return _Made(forecast, _errors_of_stock(case))


def _net_addition(history: History, span: Span, end: date) -> tuple[Decimal, Figure] | None:
    """What is still added by the span's end at the pace of 12 months, and where they begin."""
    window = Span(same_day_last_year(end), end - ONE_DAY)
    oldest = next(history.index.levels(history.scope, window, history.pick), None)
    level = history.index.level(history.scope, end, history.pick)
    months = months_between(oldest.end, end) if oldest else 0
    if oldest is None or level is None or months == 0:
        return None
    return (level.value - oldest.value) / months * months_left(span, end), oldest


def _errors_of_stock(case: Case) -> Iterator[Decimal]:
    """Outcome less forecast, at the same day of past years."""
    history = case.history
    for _, span, day in past_years(history, case.span, case.end):
        found = _net_addition(history, span, day)
        level = history.index.level(history.scope, day, history.pick)
        outcome = history.index.level(history.scope, span.end, history.pick)
        if found is not None and level is not None and outcome is not None:
            yield outcome.value - level.value - found[0]


def _last(case: Case, standing: Standing) -> _Made:
    """Rates: the last rate; its error is how far the year's end was from it."""

    def errors() -> Iterator[Decimal]:
        history, look = case.history, case.index.figure
        for _, span, day in past_years(history, case.span, case.end):
            then = look(case.family, history.scope, Span(span.start, day), history.pick)
            outcome = look(case.family, history.scope, span, history.pick)
            if then is not None and outcome is not None:
                yield outcome.value - then.value

    return _Made(Forecast(standing.actual, "last"), errors())


_METHODS: Mapping[Family, Callable[[Case, Standing], _Made]] = {
    Family.FLOW: _flow,
    Family.STOCK: _stock,
}


def forecast(case: Case, standing: Standing, model: Model | None = None) -> Forecast:
    """By the method of the figure's sort; goals that are met or not have none.

    A `model` takes the place of the profile where it was better a year ago.
    """
    if standing.sort is Sort.YES_NO:
        return Forecast()
    method = _last if standing.sort is Sort.RATE else _METHODS[case.family]
    made, errors = method(case, standing)
    value = made.value
    if value is None:
        return made
    if made.method == "profile" and model is not None:
        modelled = by_model(case.history, case.span, case.end, _years(case), model)
        if modelled is not None:
            return _modelled(standing, modelled)
        if not model.installed and not case.at_end:
            enough = len(monthly(case.history, case.end)) >= FEWEST_POINTS
            made = replace(made, unmodelled=enough)
    found = spread(value, list(errors), standing.threshold, higher=standing.higher)
    return replace(made, low=found.low, high=found.high, p_meet=found.p_meet)


def _modelled(standing: Standing, by: Modelled) -> Forecast:
    value = standing.actual + by.rest.value
    found = normal(value, by.rest.deviation, standing.threshold, higher=standing.higher)
    return Forecast(value, "autoets", by.facts, found.low, found.high, found.p_meet)


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
    actual = index.to_date(scope, case.span.start, case.end, pick)
    if total is None or same is None or actual is None or total.value <= same.value:
        return Required()
    if not all(map(judgeable, actual.facts)):
        return Required()
    wanted = (1 + goal.percent / 100) * total.value
    rate = (wanted - actual.value) / (total.value - same.value) - 1
    return Required(rate * 100, total.facts + same.facts + actual.facts)
