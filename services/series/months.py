"""Months and days of a target's span."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from schemas.period import Span, is_month_end, month_end, same_day_last_year

# Since 1991 Asia/Shanghai has had no other offset; a fixed one needs no time-zone database.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_DAYS = {"day": 1, "week": 7}


@lru_cache(maxsize=8192)
def day_in_china(moment: datetime) -> date:
    """The day of a moment where targets come into force."""
    return moment.astimezone(CHINA).date()


def _number(day: date) -> int:
    return day.year * 12 + day.month


def months_between(earlier: date, later: date) -> int:
    """Whole calendar months from the month of one day to that of the other."""
    return _number(later) - _number(earlier)


def months_touched(span: Span) -> int:
    """Months that the span touches."""
    return months_between(span.start, span.end) + 1


def months_done(span: Span, end: date) -> int:
    """Months of the span whose last day is not after `end`."""
    whole = months_between(span.start, end) + (1 if month_end(end) == end else 0)
    return max(0, min(whole, months_touched(span)))


def share_by_months(span: Span, end: date) -> Decimal:
    """Months completed over months the span touches; 1 on its last day."""
    if end >= span.end:
        return Decimal(1)
    return Decimal(months_done(span, end)) / months_touched(span)


def months_left(span: Span, end: date) -> int:
    """Months of the span that begin after `end`."""
    return months_between(end, span.end)


@lru_cache(maxsize=4096)
def years_earlier(span: Span, years: int) -> Span:
    """The same span some years earlier."""
    return Span(same_day_last_year(span.start, years), same_day_last_year(span.end, years))


def period_of(frequency: str, end: date) -> Span | None:
    """The regular period that ends on a day; None if none does."""
    if frequency in _DAYS:
        return Span(end - timedelta(days=_DAYS[frequency] - 1), end)
    months = _MONTHS[frequency]
    if end.month % months or not is_month_end(end):
        return None
    return Span(end.replace(month=end.month - months + 1, day=1), end)


def period_before(span: Span) -> Span:
    """The period of the same length right before: as many months, else as many days."""
    end = span.start - ONE_DAY
    if span.start.day != 1 or not is_month_end(span.end):
        return Span(end - timedelta(days=span.days - 1), end)
    year, month = divmod(_number(end) - months_touched(span), 12)
    return Span(date(year, month + 1, 1), end)
