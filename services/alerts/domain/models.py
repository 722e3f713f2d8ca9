"""A time-series model beside the profile: taken only where it would have been better a year ago.

Whoever judges hands the model in, fitted where it pleases (AutoETS: exponential smoothing whose
form is chosen by AICc, Hyndman and others 2002); `ABSENT` stands in where none is installed, so
that the sentence can say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import NormalDist
from typing import NamedTuple, Protocol

from schemas.period import Span, is_month_end, same_day_last_year
from schemas.records import Fact
from services.alerts.domain.measured import Figure
from services.alerts.domain.months import ONE_DAY, months_left, years_earlier
from services.alerts.domain.profile import History, profile
from services.alerts.domain.spread import Spread

FEWEST_POINTS = 24
_YEAR = 12
_UPPER = NormalDist().inv_cdf(0.9)


class Prediction(NamedTuple):
    """What a sum will come to, with the standard deviation of a normal distribution."""

    value: Decimal
    deviation: Decimal


class Model(Protocol):
    """A model of monthly values. `installed` is False where there is none."""

    @property
    def installed(self) -> bool:
        """Can it predict at all?"""

    def ahead(self, points: Sequence[Decimal], months: int) -> Prediction | None:
        """The sum of the next months after these monthly points; None if it cannot tell."""


@dataclass(frozen=True)
class Absent:
    """No model is installed."""

    installed: bool = False

    def ahead(self, points: Sequence[Decimal], months: int) -> Prediction | None:
        """Nothing."""
        return None


ABSENT = Absent()


class Modelled(NamedTuple):
    """The rest of the span by the model, and the facts it was fitted to."""

    rest: Prediction
    facts: tuple[Fact, ...]


def monthly(history: History, end: date) -> list[Figure]:
    """The values of the months up to a day, oldest first, as far back as there is no gap."""
    found: list[Figure] = []
    while is_month_end(end):
        month = Span(end.replace(day=1), end)
        figure = history.index.between(history.scope, month, history.pick)
        if figure is None:
            break
        found.append(figure)
        end = month.start - ONE_DAY
    return found[::-1]


def by_model(history: History, span: Span, end: date, years: int, model: Model) -> Modelled | None:
    """The model's forecast, where at the same day last year it was nearer than the profile."""
    months, left = monthly(history, end), months_left(span, end)
    if len(months) < FEWEST_POINTS or left == 0:
        return None
    points = [month.value for month in months]
    last, day = years_earlier(span, 1), same_day_last_year(end)
    tried, share = model.ahead(points[:-_YEAR], left), profile(history, last, day, years)
    done, total = history.gained(last, day), history.gained(last, last.end)
    if tried is None or share is None or done is None or total is None or share.share <= 0:
        return None
    if abs(done.value + tried.value - total.value) >= abs(done.value / share.share - total.value):
        return None
    rest = model.ahead(points, left)
    facts = tuple(fact for month in months for fact in month.facts)
    return None if rest is None else Modelled(rest, facts)


def normal(
    forecast: Decimal, deviation: Decimal, threshold: Decimal | None, *, higher: bool
) -> Spread:
    """80 % interval and odds of a normal distribution; `threshold` meets the goal."""
    reach = deviation * Decimal(repr(_UPPER))
    low, high = forecast - reach, forecast + reach
    if threshold is None:
        return Spread(low, high)
    ahead = forecast - threshold if higher else threshold - forecast
    if deviation == 0:
        return Spread(low, high, Decimal(ahead >= 0))
    return Spread(low, high, Decimal(repr(NormalDist().cdf(float(ahead / deviation)))))
