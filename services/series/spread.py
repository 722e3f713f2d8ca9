"""How far the same method was off in past years: an 80 % interval, and the odds of the goal.

For each past year with an outcome the method makes its forecast at the same period end, from what
it would have known. Of flows the error is relative, outcome / forecast − 1; of levels and rates it
is the difference. With n ≥ 2 errors e and s = √(Σe²/n) the outcome is taken as forecast + s·T,
where T has Student's t distribution with n degrees of freedom: errors normal around zero, their
spread known from n of them only. So

    low, high = forecast ∓ t(0.9; n)·s        p_meet = P(T ≥ (goal − forecast) / s)

(≤ for lower-is-better), with s times the forecast where errors are relative. Fewer than two errors
say nothing: null. The years behind an error are no basis of the verdict, only of its certainty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.period import Span, same_day_last_year
from services.series.months import years_earlier
from services.series.profile import History, profile
from services.series.student import cdf, quantile

FEWEST = 2
_FURTHEST = 10
_UPPER = 0.9
_PLACES = 12


@dataclass(frozen=True)
class Spread:
    """Interval of 80 % and the probability of meeting the goal."""

    low: Decimal | None = None
    high: Decimal | None = None
    p_meet: Decimal | None = None


def past_years(history: History, span: Span, end: date) -> Iterator[tuple[int, Span, date]]:
    """The same span and day in past years, as far back as there are figures."""
    for back in range(1, _FURTHEST + 1):
        earlier = years_earlier(span, back)
        if earlier.end < history.index.first_end:
            return
        yield back, earlier, same_day_last_year(end, back)


def of_profile(history: History, span: Span, end: date, years: int) -> Iterator[Decimal]:
    """Relative errors of the profile of the years before, of the oldest that of the years after."""
    for back, earlier, day in past_years(history, span, end):
        found = profile(history, earlier, day, years)
        found = found or profile(history, earlier, day, min(years, back - 1), later=True)
        if found is not None:
            yield from _relative(history, earlier, day, found.share)


def of_share(history: History, span: Span, end: date, share: Decimal) -> Iterator[Decimal]:
    """Relative errors of the value to date over a share that is the same every year."""
    for _, earlier, day in past_years(history, span, end):
        yield from _relative(history, earlier, day, share)


def _relative(history: History, span: Span, end: date, share: Decimal) -> Iterator[Decimal]:
    done, total = history.gained(span, end), history.gained(span, span.end)
    if done is not None and total is not None and share > 0 and done.value > 0:
        yield total.value * share / done.value - 1


def spread(
    forecast: Decimal, errors: Sequence[Decimal], threshold: Decimal | None, *, higher: bool
) -> Spread:
    """From errors in the forecast's unit; `threshold` meets the goal, None if it moves."""
    degrees = len(errors)
    if degrees < FEWEST:
        return Spread()
    size = (sum((error * error for error in errors), Decimal(0)) / degrees).sqrt()
    reach = size * _exact(quantile(_UPPER, degrees))
    low, high = forecast - reach, forecast + reach
    if threshold is None:
        return Spread(low, high)
    ahead = forecast - threshold if higher else threshold - forecast
    if size == 0:
        return Spread(low, high, Decimal(ahead >= 0))
    return Spread(low, high, _exact(cdf(float(ahead / size), degrees)))


def _exact(value: float) -> Decimal:
    return Decimal(repr(round(value, _PLACES)))
