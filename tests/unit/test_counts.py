"""Counts by month end, as they were known at every moment."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.counts import MOMENTS, Change, Counted, Heard, course, in_days

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def moment(n: int) -> datetime:
    return FIRST + timedelta(days=n)


def change(at: int, day: str, count: int = 1) -> Change:
    return Change(moment(at), date.fromisoformat(day), (Decimal(count),), f"e-{at}")


def heard(at: int, day: str) -> Heard:
    return Heard(moment(at), date.fromisoformat(day), f"e-{at}")


def said(counted: Counted, *, yearly: bool = True) -> dict[str, list[tuple[int, int]]]:
    """Days since FIRST and counts, by month."""
    return {
        f"{end:%Y-%m}": [((step.at - FIRST).days, int(step.amounts[0])) for step in steps]
        for end, steps in course(counted, yearly=yearly).items()
    }


def test_there_is_a_count_from_the_first_to_the_newest_month_with_an_event_in_the_year() -> None:
    counted = Counted([change(9, "2024-02-03")], [heard(9, "2024-02-03"), heard(9, "2024-04-01")])
    assert said(counted) == {"2024-02": [(9, 1)], "2024-03": [(9, 1)], "2024-04": [(9, 1)]}


def test_the_next_year_begins_at_nothing_and_a_stock_runs_on() -> None:
    counted = Counted([change(9, "2024-02-03")], [heard(9, "2024-02-03"), heard(400, "2025-02-03")])
    assert said(counted) == {"2024-02": [(9, 1)], "2025-02": [(400, 0)]}
    assert said(counted, yearly=False)["2025-02"] == [(400, 1)]


def test_a_month_between_two_events_is_known_with_the_later_one() -> None:
    counted = Counted([], [heard(3, "2024-01-03"), heard(70, "2024-03-09")])
    assert said(counted) == {"2024-01": [(3, 0)], "2024-02": [(70, 0)], "2024-03": [(70, 0)]}


def test_a_moment_that_changes_no_count_is_no_vintage() -> None:
    both = [change(5, "2024-01-02"), change(6, "2024-01-02"), change(6, "2024-01-03", -1)]
    counted = Counted(both, [heard(5, "2024-01-02")])
    (steps,) = course(counted, yearly=True).values()
    assert [(step.at, step.event_id) for step in steps] == [(moment(5), "e-5")]


def test_of_too_many_moments_the_last_of_each_day_is_kept() -> None:
    many = [
        Change(FIRST + timedelta(minutes=n), FIRST.date(), (Decimal(1),), f"e-{n}")
        for n in range(MOMENTS + 1)
    ]
    counted = Counted(many, [Heard(FIRST, FIRST.date(), "e-0")])
    (steps,) = course(in_days(counted), yearly=True).values()
    assert [int(step.amounts[0]) for step in steps] == [16 * 60, MOMENTS + 1]
    assert in_days(counted._replace(changes=many[:5])) == counted._replace(changes=many[:5])


days = st.dates(date(2023, 11, 1), date(2024, 4, 30))
moments = st.integers(0, 12)
CHANGES = st.lists(st.builds(change, moments, days.map(str), st.integers(-2, 3)), max_size=8)
HEARD = st.lists(st.builds(heard, moments, days.map(str)), max_size=6)


def plainly(counted: Counted, end: date, at: datetime, *, yearly: bool) -> int | None:
    """The count at one month end, as it was known at one moment."""
    first = date(end.year, 1, 1)
    months = [each.day for each in counted.heard if each.at <= at and each.day.year == end.year]
    if not any(day <= end for day in months):
        return None
    if not any(day >= end.replace(day=1) for day in months):
        return None
    return sum(
        int(each.amounts[0])
        for each in counted.changes
        if each.at <= at and each.day <= end and (not yearly or first <= each.day)
    )


@given(CHANGES, HEARD, st.booleans())
def test_every_vintage_is_what_counting_again_at_that_moment_gives(
    changes: Sequence[Change], told: Sequence[Heard], yearly: bool
) -> None:
    counted = Counted(changes, told)
    found = course(counted, yearly=yearly)
    for year, month in ((2023, 11), (2023, 12), (2024, 1), (2024, 2), (2024, 3), (2024, 4)):
        end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        for n in range(13):
            steps = [step for step in found.get(end, []) if step.at <= moment(n)]
            now = int(steps[-1].amounts[0]) if steps else None
            assert now == plainly(counted, end, moment(n), yearly=yearly)
