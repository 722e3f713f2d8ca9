"""Where a span will end by what its figures say: one function per method (DOMAIN §4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.period import Span, same_day_last_year
from schemas.records.dossier import Fact
from services.series.measured import Figure
from services.series.months import ONE_DAY, months_between, months_left, share_by_months
from services.series.profile import History, profile
from services.series.spread import of_profile, of_share, past_years


@dataclass(frozen=True)
class Made:
    """A forecast of the span's end: its value, by which method and from which facts.

    `errors` are those the same method made at this day of past years, in the figure's unit.
    """

    value: Decimal
    method: str
    facts: tuple[Fact, ...] = ()
    errors: Iterable[Decimal] = ()


def of_flow(history: History, span: Span, end: date, actual: Decimal, years: int) -> Made | None:
    """actual / mean profile share of the last years, without one as by_months; None at share 0."""
    found = profile(history, span, end, years)
    if found is None:
        return by_months(history, span, end, actual)
    if found.share <= 0:
        return None
    value = actual / found.share
    errors = of_profile(history, span, end, years)
    return Made(value, "profile", found.facts, (value * error for error in errors))


def by_months(history: History, span: Span, end: date, actual: Decimal) -> Made | None:
    """actual / share of the months that are over; None before the first."""
    share = share_by_months(span, end)
    if share <= 0:
        return None
    value = actual / share
    errors = of_share(history, span, end, share)
    return Made(value, "linear", errors=(value * error for error in errors))


def of_stock(history: History, span: Span, end: date, actual: Decimal) -> Made | None:
    """actual + mean monthly net addition of the last 12 months × full months left."""
    found = _net_addition(history, span, end)
    if found is None:
        return None
    added, oldest = found
    return Made(actual + added, "stock", oldest.facts, _errors_of_stock(history, span, end))


def _net_addition(history: History, span: Span, end: date) -> tuple[Decimal, Figure] | None:
    """What is still added by the span's end at the pace of 12 months, and where they begin."""
    window = Span(same_day_last_year(end), end - ONE_DAY)
    oldest = next(history.index.levels(history.scope, window, history.pick), None)
    level = history.index.level(history.scope, end, history.pick)
    months = months_between(oldest.end, end) if oldest else 0
    if oldest is None or level is None or months == 0:
        return None
    return (level.value - oldest.value) / months * months_left(span, end), oldest


def _errors_of_stock(history: History, span: Span, end: date) -> Iterator[Decimal]:
    """Outcome less forecast, at the same day of past years."""
    for _, earlier, day in past_years(history, span, end):
        found = _net_addition(history, earlier, day)
        level = history.index.level(history.scope, day, history.pick)
        outcome = history.index.level(history.scope, earlier.end, history.pick)
        if found is not None and level is not None and outcome is not None:
            yield outcome.value - level.value - found[0]


def of_rate(history: History, span: Span, end: date, actual: Decimal) -> Made:
    """The last rate; its error is how far the year's end was from it."""

    def errors() -> Iterator[Decimal]:
        for _, earlier, day in past_years(history, span, end):
            then = rate(history, Span(earlier.start, day))
            outcome = rate(history, earlier)
            if then is not None and outcome is not None:
                yield outcome.value - then.value

    return Made(actual, "last", errors=errors())


def rate(history: History, span: Span) -> Figure | None:
    """What a goal judged by points reads at the span's end."""
    return history.index.figure(history.family, history.scope, span, history.pick)
