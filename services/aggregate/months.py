"""Values of months that follow from year-to-dates at two month ends; pure."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from schemas.period import is_month_end, month_end
from services.aggregate.year_to_date import Total, Year, day_before


class Month(NamedTuple):
    """A month, and the end of the one before it in the same year."""

    start: date
    end: date
    before: date | None


@lru_cache(maxsize=65536)
def next_to(end: date) -> tuple[Month, ...]:
    """The months whose values follow from the year-to-date at an end."""
    if not is_month_end(end):
        return ()
    later = None if end.month == 12 else ending(month_end(end + timedelta(days=1)))
    return tuple(month for month in (ending(end), later) if month is not None)


@lru_cache(maxsize=65536)
def ending(end: date) -> Month | None:
    """The month that ends on a day."""
    if not is_month_end(end):
        return None
    start = end.replace(day=1)
    return Month(start, end, None if start.month == 1 else day_before(start))


def reported(year: Year, month: Month) -> bool:
    """Did somebody report the month itself?"""
    return year.reports_month(month.start, month.end)


def follow(year: Year, month: Month) -> tuple[Total, ...] | None:
    """The year-to-dates at a month's end and before it.

    January is the first of them alone. None where one of them is not known.
    """
    total = year.totals.get(month.end)
    if total is None:
        return None
    if month.before is None:
        return (total,)
    before = year.totals.get(month.before)
    return None if before is None else (total, before)
