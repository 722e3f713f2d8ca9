"""A time-series model beside the profile: taken only where it was nearer a year ago.

Whoever reads the series hands the model in; what AutoETS answers comes from autoets through
answers. Its errors of past years are those of the same model at the same day, fitted to what was
known by then: a year it could not be fitted in has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from schemas.period import Span, is_month_end, same_day_last_year
from services.series.measured import Figure
from services.series.methods import Made
from services.series.months import ONE_DAY, months_between, months_left, years_earlier
from services.series.profile import History, profile
from services.series.spread import past_years

FEWEST_POINTS = 24
# Of what was known in a past year.
_FEWEST_THEN = 12
_YEAR = 12


class Model(Protocol):
    """A model of monthly values. `installed` is False where there is none."""

    @property
    def installed(self) -> bool:
        """Can it predict at all?"""

    def ahead(self, points: Sequence[Decimal], months: int) -> Decimal | None:
        """The sum of the next months after these monthly points; None if it cannot tell."""


@dataclass(frozen=True)
class Absent:
    """No model is installed."""

    installed: bool = False

    def ahead(self, points: Sequence[Decimal], months: int) -> Decimal | None:
        """Nothing."""
        return None


ABSENT = Absent()


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


def enough(history: History, span: Span, end: date) -> bool:
    """Is there anything left to forecast, and are there months enough to fit a model to?"""
    if months_left(span, end) == 0:
        return False
    reach = months_between(history.index.first_end, end) + 1
    return reach >= FEWEST_POINTS and len(monthly(history, end)) >= FEWEST_POINTS


def by_model(
    history: History, span: Span, end: date, actual: Decimal, years: int, model: Model
) -> Made | None:
    """The model's forecast, where at the same day last year it was nearer than the profile."""
    if not enough(history, span, end):
        return None
    points = [month.value for month in monthly(history, end)]
    if not _nearer(history, span, end, years, points, model):
        return None
    return modelled(history, span, end, actual, model)


def modelled(history: History, span: Span, end: date, actual: Decimal, model: Model) -> Made | None:
    """The model's forecast from all months without a gap; None if it cannot tell."""
    months = monthly(history, end)
    points = [month.value for month in months]
    rest = _rest(model, points, months_left(span, end))
    if rest is None:
        return None
    value = actual + rest
    facts = tuple(fact for month in months for fact in month.facts)
    return Made(value, "autoets", facts, _errors(history, span, end, points, model, value))


class _Try(NamedTuple):
    """What the model would have said in a past year, and what came."""

    forecast: Decimal
    outcome: Decimal


def _try(
    history: History, span: Span, end: date, back: int, points: Sequence[Decimal], model: Model
) -> _Try | None:
    """At the same day `back` years ago, from the points that were known by then."""
    known, earlier = points[: -_YEAR * back], years_earlier(span, back)
    done = history.gained(earlier, same_day_last_year(end, back))
    total = history.gained(earlier, earlier.end)
    if len(known) < _FEWEST_THEN or done is None or total is None:
        return None
    rest = _rest(model, known, months_left(span, end))
    return None if rest is None else _Try(done.value + rest, total.value)


def _nearer(
    history: History, span: Span, end: date, years: int, points: Sequence[Decimal], model: Model
) -> bool:
    last, day = years_earlier(span, 1), same_day_last_year(end)
    done, share = history.gained(last, day), profile(history, last, day, years)
    if done is None or share is None or share.share <= 0:
        return False
    tried = _try(history, span, end, 1, points, model)
    if tried is None:
        return False
    said, outcome = tried
    return abs(said - outcome) < abs(done.value / share.share - outcome)


def _errors(
    history: History,
    span: Span,
    end: date,
    points: Sequence[Decimal],
    model: Model,
    value: Decimal,
) -> Iterator[Decimal]:
    """Relative, as those of the profile are."""
    for back, _, _ in past_years(history, span, end):
        tried = _try(history, span, end, back, points, model)
        if tried is not None and tried.forecast > 0:
            yield value * (tried.outcome / tried.forecast - 1)


def _rest(model: Model, points: Sequence[Decimal], left: int) -> Decimal | None:
    """What is still to come; where no month ever was below zero, the rest is not either."""
    rest = model.ahead(points, left)
    if rest is None or min(points) < 0:
        return rest
    return max(rest, Decimal(0))
