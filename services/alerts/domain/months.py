"""Months and days of a target's span."""

from datetime import date, datetime, timedelta, timezone

from schemas.period import Span, month_end, same_day_last_year

# Since 1991 Asia/Shanghai has had no other offset; a fixed one needs no time-zone database.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)


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


def months_left(span: Span, end: date) -> int:
    """Months of the span that begin after `end`."""
    return months_between(end, span.end)


def years_earlier(span: Span, years: int) -> Span:
    """The same span some years earlier."""
    return Span(same_day_last_year(span.start, years), same_day_last_year(span.end, years))
