"""Due days move to the next Chinese working day."""

from datetime import date

import pytest

from schemas.working_days import due_day, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 7, 19), True),
        (date(2024, 7, 20), False),
        (date(2024, 2, 12), False),  # Spring Festival
        (date(2024, 2, 18), True),  # a Sunday worked in its stead
        (date(2001, 10, 1), True),  # no calendar of that year: a Monday
        (date(2148, 12, 29), False),
    ],
)
def test_a_working_day_is_what_the_calendar_says(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_what_is_due_on_a_day_of_rest_is_due_on_the_next_working_day() -> None:
    assert due_day(date(2024, 1, 31), 12) == date(2024, 2, 18)
    assert due_day(date(2024, 6, 30), 19) == date(2024, 7, 19)
