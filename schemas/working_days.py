"""Chinese working days: deadlines that fall on a day of rest move to the next of them."""

from datetime import date, timedelta
from functools import lru_cache

from chinese_calendar import is_workday

_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """A day of work, by the State Council's calendar; a weekday where that is not out yet."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=4096)
def due_day(end: date, days: int) -> date:
    """`days` calendar days after the end, moved to the next working day."""
    due = end + timedelta(days=days)
    while not is_working_day(due):
        due += _DAY
    return due
