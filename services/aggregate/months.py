"""Values of months that follow from year-to-dates at two month ends; pure."""

from datetime import date, timedelta
from functools import lru_cache

from schemas.period import is_month_end, month_end
from services.aggregate.year_to_date import Row, Year, day_before


@lru_cache(maxsize=65536)
def next_to(end: date) -> tuple[date, ...]:
    """The ends of the months whose values follow from the year-to-date at an end."""
    if not is_month_end(end):
        return ()
    return (end,) if end.month == 12 else (end, month_end(end + timedelta(days=1)))


def follow(year: Year, end: date) -> tuple[Row, ...] | None:
    """The year-to-dates at a month's end and before it, where nobody reported the month itself.

    January is the first of them alone. None where one of them is not known.
    """
    total = year.rows.get(end)
    start = end.replace(day=1)
    if total is None or year.reports_month(start, end):
        return None
    if start.month == 1:
        return (total,)
    before = year.rows.get(day_before(start))
    return None if before is None else (total, before)
