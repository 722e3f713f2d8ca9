"""What a charger counts for, as it was known at every moment."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from schemas.formulas import CountChargers
from services.aggregate.chargers import ChargerState, changes, counted

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
END = date(2024, 12, 31)


def state(day: str, stage: str = "in_service", **more: Any) -> ChargerState:
    """Recorded `told` days after FIRST; without it, when it was so."""
    on = date.fromisoformat(day)
    told = more.pop("told", (on - FIRST.date()).days)
    given = {
        "rank": on.toordinal(),
        "recorded_at": FIRST + timedelta(days=told),
        "day": on,
        "entity": "wujin",
        "use": "public",
        "stage": stage,
        "commissioned_on": None,
        "event_id": f"{day}-{told}",
    }
    return ChargerState(**(given | more))


def formula(*use: str, **more: str) -> CountChargers:
    return CountChargers.model_validate_json(
        orjson.dumps({"kind": "count_chargers", "use": use or ["public"], **more})
    )


def count(states: Sequence[ChargerState], until: date = END, told: int = 999) -> tuple[int, int]:
    """New in the year and in service on a day, as known so many days after FIRST."""
    known = FIRST + timedelta(days=told)
    found = changes(states)
    new = counted(formula(since="year"), found).changes
    there = counted(formula(), found).changes
    return (
        sum(
            int(c.amounts[0])
            for c in new
            if c.at <= known and until.year == c.day.year <= 9999 and c.day <= until
        ),
        sum(int(c.amounts[0]) for c in there if c.at <= known and c.day <= until),
    )


def test_new_ones_stay_new_when_they_close_and_stock_is_what_serves() -> None:
    states = [state("2024-01-10"), state("2024-03-31", "closed")]
    assert count(states, date(2024, 1, 9)) == (0, 0)
    assert count(states, date(2024, 1, 31)) == (1, 1)
    assert count(states, date(2024, 3, 31)) == (1, 0)
    assert count(states, date(2025, 1, 31)) == (0, 0)


def test_who_was_never_in_service_is_neither_new_nor_there() -> None:
    assert count([state("2024-01-10", "planned"), state("2024-02-10", "building")]) == (0, 0)


def test_a_reported_date_goes_before_the_first_day_it_was_seen() -> None:
    told = state("2024-03-10", commissioned_on=date(2023, 12, 31))
    assert count([told], date(2023, 12, 31)) == (1, 1)
    assert count([told]) == (0, 1)
    later = state("2024-05-10", commissioned_on=date(2024, 2, 1))
    assert count([told, later], date(2024, 2, 1)) == (1, 1)
    assert count([told, later], date(2023, 12, 31)) == (0, 0)


def test_a_charger_counts_where_it_stands_and_for_its_use() -> None:
    moved = [state("2024-01-10", entity="xinbei"), state("2024-02-10")]
    private = state("2024-03-10", use="private")
    found = changes([*moved, private])
    there = [
        (c.said.entity, c.said.use, c.said.day.month, c.chargers)
        for c in found
        if c.said.what == "in_service"
    ]
    assert there == [
        ("xinbei", "public", 1, 1),
        ("wujin", "public", 2, 1),
        ("xinbei", "public", 2, -1),
        ("wujin", "private", 3, 1),
        ("wujin", "public", 3, -1),
    ]
    assert count([*moved, private]) == (0, 0)


def test_a_push_that_says_nothing_new_changes_nothing() -> None:
    found = changes([state("2024-01-10"), state("2024-01-11"), state("2024-01-12")])
    assert {change.at for change in found} == {FIRST + timedelta(days=9)}


def test_what_came_late_is_known_from_then_on() -> None:
    states = [state("2024-01-10"), state("2024-02-10", "closed", told=90)]
    assert count(states, date(2024, 2, 29), told=60) == (1, 1)
    assert count(states, date(2024, 2, 29), told=90) == (1, 0)


def test_fewer_new_ones_than_last_year_are_counted_as_they_are() -> None:
    """4600 in 2023, 3500 as the target of 2024: nothing is to be corrected there."""
    last = changes([state("2023-05-01")]) * 4600
    this = changes([state("2024-05-01", use="dedicated")]) * 3500
    new = counted(formula("public", "dedicated", since="year"), last + this).changes
    by_year = [sum(int(c.amounts[0]) for c in new if c.day.year == y) for y in (2023, 2024)]
    assert by_year == [4600, 3500]


def test_every_month_with_an_event_is_heard_of_whatever_the_use() -> None:
    found = changes([state("2024-01-10", use="private"), state("2024-01-20"), state("2024-03-02")])
    heard = counted(formula(), found).heard
    assert sorted({each.day for each in heard}) == [date(2024, 1, 1), date(2024, 3, 1)]


STATES = st.lists(
    st.builds(
        state,
        st.dates(date(2023, 12, 1), date(2024, 4, 30)).map(str),
        st.sampled_from(["planned", "in_service", "in_service", "closed", "removed"]),
        told=st.integers(0, 9),
        entity=st.sampled_from(["wujin", "xinbei"]),
        use=st.sampled_from(["public", "private"]),
        commissioned_on=st.none() | st.dates(date(2023, 11, 1), date(2024, 5, 1)),
    ),
    max_size=7,
    unique_by=lambda each: each.day,
)


def plainly(states: Sequence[ChargerState], until: date, told: int) -> tuple[int, int]:
    """New and in service in wujin, public, from the states known by then."""
    known = sorted(s for s in states if s.recorded_at <= FIRST + timedelta(days=told))
    if not known:
        return 0, 0
    given = [s.commissioned_on for s in known if s.commissioned_on]
    seen = [s.day for s in known if s.stage == "in_service"]
    since = given[-1] if given else min(seen, default=None)
    last = known[-1]
    here = ("wujin", "public")
    new = (
        (last.entity, last.use) == here
        and last.stage in ("in_service", "closed", "removed")
        and since is not None
        and since.year == until.year
        and since <= until
    )
    by_then = [s for s in known if s.day <= until]
    first = known[0]
    if not by_then and since is not None and first.stage == "in_service" and since <= until:
        by_then = [first]
    there = bool(by_then) and (by_then[-1].entity, by_then[-1].use) == here
    return int(new), int(there and by_then[-1].stage == "in_service")


@given(STATES, st.permutations(range(7)))
def test_counts_at_every_moment_are_what_the_known_states_say(
    states: list[ChargerState], order: list[int]
) -> None:
    shuffled = [states[n] for n in order if n < len(states)]
    here = [c for c in changes(shuffled) if c.said.entity == "wujin"]
    for told in range(10):
        known = FIRST + timedelta(days=told)
        for until in (date(2023, 12, 31), date(2024, 2, 29), date(2024, 4, 30)):
            new, there = (
                sum(
                    int(c.amounts[0])
                    for c in counted(formula(**since), here).changes
                    if c.at <= known and c.day <= until and (not since or c.day.year == until.year)
                )
                for since in ({"since": "year"}, {})
            )
            assert (new, there) == plainly(states, until, told)


def serving_at(states: Sequence[ChargerState], until: date = END, told: int = 999) -> set[Any]:
    """Where it is in service on a day, as known so many days after FIRST."""
    known = FIRST + timedelta(days=told)
    there: Counter[Any] = Counter()
    for change in changes(states):
        if change.said.what == "in_service" and change.at <= known and change.said.day <= until:
            there[change.said.place] += change.chargers
    return {place for place, chargers in there.items() if chargers}


HERE, THERE = (114.0, 22.5), (114.1, 22.5)


def test_a_charger_stays_where_it_was_told_to_be_until_it_is_told_elsewhere() -> None:
    states = [
        state("2024-01-10", place=HERE),
        state("2024-02-10"),
        state("2024-03-10", place=THERE),
    ]
    assert serving_at(states, date(2024, 2, 28)) == {HERE}
    assert serving_at(states) == {THERE}
    assert serving_at(states, told=60) == {HERE}
    assert count(states) == (1, 1)


def test_a_place_that_is_told_late_was_its_place_before() -> None:
    states = [state("2024-01-10"), state("2024-03-10", place=HERE)]
    assert serving_at(states, date(2024, 1, 31)) == {HERE}
    assert serving_at(states, date(2024, 1, 31), told=60) == {()}
