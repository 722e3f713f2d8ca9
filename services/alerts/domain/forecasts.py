"""Where the year will end at this rate, and what is still needed each month (DOMAIN §4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.period import Span, same_day_last_year
from schemas.records import Fact
from services.alerts.domain.index import Family, judgeable
from services.alerts.domain.months import ONE_DAY, months_between, months_left, years_earlier
from services.alerts.domain.profile import profile
from services.alerts.domain.standing import Case, Sort, Standing
from services.alerts.domain.trajectories import share_by_months

_ZERO = Decimal(0)
_YEAR = 12


@dataclass(frozen=True)
class Forecast:
    """The value at the span's end, by which method and from which facts."""

    value: Decimal | None = None
    method: str = "none"
    facts: tuple[Fact, ...] = ()


def _flow(case: Case, standing: Standing) -> Forecast:
    """actual / mean profile share, else actual / months completed; null at share 0."""
    years = getattr(case.target.trajectory, "years", 1)
    found = profile(case.history, case.span, case.end, years)
    share = found.share if found else share_by_months(case.span, case.end)
    if share <= 0:
        return Forecast()
    if found is None:
        return Forecast(standing.actual / share, "linear")
    return Forecast(standing.actual / share, "profile", found.facts)


def _stock(case: Case, standing: Standing) -> Forecast:
    """actual + mean monthly net addition of the last 12 months × full months left."""
    history = case.history
    year_ago = same_day_last_year(case.end)
    window = Span(year_ago, case.end - ONE_DAY)
    oldest = next(case.index.levels(history.scope, window, history.pick), None)
    months = months_between(oldest.end, case.end) if oldest else 0
    if oldest is None or months == 0:
        return Forecast()
    mean = (case.figure.value - oldest.value) / months
    value = standing.actual + mean * months_left(case.span, case.end)
    return Forecast(value, "stock", oldest.facts)


def _last(case: Case, standing: Standing) -> Forecast:
    """Rates: the last rate."""
    return Forecast(standing.actual, "last")


_METHODS: Mapping[Family, Callable[[Case, Standing], Forecast]] = {
    Family.FLOW: _flow,
    Family.STOCK: _stock,
    Family.RATE: _last,
}


def forecast(case: Case, standing: Standing) -> Forecast:
    """By the method of the figure's sort; goals that are met or not have none."""
    if standing.sort is Sort.YES_NO:
        return Forecast()
    return (_last if standing.sort is Sort.RATE else _METHODS[case.family])(case, standing)


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
