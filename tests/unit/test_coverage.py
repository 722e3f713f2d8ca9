"""Points in reach, as they were known at every moment."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.coverage import Serving, Station, changes

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def serving(day: int, month: int, chargers: int = 1) -> Serving:
    return Serving(FIRST + timedelta(days=day), date(2024, month, 1), chargers, f"e-{day}-{month}")


def station(points: set[int], *told: Serving) -> Station:
    return Station(np.array(sorted(points), np.uint32), told)


def covered(stations: list[Station], day: int, month: int) -> int:
    """By the changes: how many points were in reach at the end of a month, as known on a day."""
    known, until = FIRST + timedelta(days=day), date(2024, month, 1)
    return sum(
        int(each.amounts[0]) for each in changes(stations) if each.at <= known and each.day <= until
    )


def test_two_stations_reach_a_point_once() -> None:
    both = [station({1, 2, 3}, serving(1, 1)), station({3, 4}, serving(2, 2))]
    assert [covered(both, 1, 1), covered(both, 1, 2)] == [3, 3]
    assert [covered(both, 2, 1), covered(both, 2, 2)] == [3, 4]


def test_a_station_serves_until_its_last_charger_does_not() -> None:
    told = [serving(1, 1, 2), serving(2, 2, -1), serving(3, 3, -1)]
    one = [station({1, 2}, *told)]
    assert [covered(one, 9, month) for month in (1, 2, 3)] == [2, 2, 0]
    assert covered(one, 2, 3) == 2


def test_what_another_reaches_stays_when_one_goes() -> None:
    both = [
        station({1, 2}, serving(1, 1), serving(2, 2, -1)),
        station({2, 3}, serving(1, 1)),
    ]
    assert [covered(both, 2, 1), covered(both, 2, 2)] == [3, 2]


def test_of_several_events_of_a_moment_the_greatest_id_made_it() -> None:
    both = [station({1}, serving(1, 3)), station({2}, serving(1, 2))]
    assert {each.event_id for each in changes(both)} == {"e-1-3"}


def test_nothing_in_reach_is_no_change() -> None:
    assert changes([]) == []
    assert changes([station(set(), serving(1, 1))]) == []


told = st.lists(
    st.builds(serving, st.integers(0, 4), st.integers(1, 5), st.integers(-2, 2)), max_size=6
)
stations = st.lists(st.builds(lambda p, t: station(p, *t), st.sets(st.integers(0, 8)), told))


@given(stations)
def test_the_changes_add_up_to_a_count_made_anew(some: list[Station]) -> None:
    for day in range(5):
        for month in range(1, 6):
            known = FIRST + timedelta(days=day)
            reached: set[int] = set()
            for each in some:
                there = sum(
                    one.chargers
                    for one in each.serving
                    if one.at <= known and one.month.month <= month
                )
                if there > 0:
                    reached |= set(each.points.tolist())
            assert covered(some, day, month) == len(reached)
