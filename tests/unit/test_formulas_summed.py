"""Sums over many entities: each moment costs what changed in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.formula_world import FIRST, World, indicator

SUM = {"kind": "sum_of_children", "indicator": "a"}
TOWNS = ("x", "y", "z")
MONTHS = ("2024-01", "2024-02")
# Entity, month, measure, day of publication, value (none is a deletion), status.
Told = tuple[str, str, str, int, int | None, str]


def world(told: list[Told], until: int = 9) -> World:
    made = World(
        indicator("a"),
        indicator("all", SUM, unit="亿元", measure="cumulative"),
        below=dict.fromkeys(TOWNS, "city"),
    )
    for number, (entity, name, measure, day, value, status) in enumerate(told):
        kind = type(made.indicators["a"].measure)(measure)
        text = None if value is None else str(value)
        if day <= until:
            made.tell("a", entity, name, text, status, day=day, measure=kind, at=number)
    return made


TOLD = st.lists(
    st.tuples(
        st.sampled_from(TOWNS),
        st.sampled_from(MONTHS),
        st.sampled_from(["period", "cumulative"]),
        st.integers(0, 4),
        st.none() | st.integers(1, 9),
        st.sampled_from("PPPAGF"),
    ),
    max_size=12,
)


@settings(max_examples=200)
@given(TOLD, st.integers(0, 4))
def test_what_was_summed_at_a_moment_is_the_sum_of_what_was_known_then(
    told: list[Told], day: int
) -> None:
    whole, then = world(told), world(told, until=day)
    row = whole.series("all", "city").row("city", 1)
    told_of = zip(
        row.past_measure, row.past_period, row.past_value, row.past_recorded_at, strict=True
    )
    held: dict[tuple[str, str], object] = {}
    for measure, name, value, at in sorted(told_of, key=lambda each: each[3]):
        if (at - FIRST).days <= day:
            held.pop((measure, name), None)
            if value is not None:
                held[measure, name] = value
    ended = then.series("all", "city").row("city", 1)
    now = zip(ended.now_measure, ended.now_period, ended.now_value, strict=True)
    assert held == {(measure, name): value for measure, name, value in now}


def test_a_part_corrected_a_second_time_at_one_moment_counts_once() -> None:
    told: list[Told] = [
        ("x", "2024-01", "cumulative", 1, 5, "P"),
        ("x", "2024-01", "cumulative", 2, 6, "P"),
        ("x", "2024-01", "cumulative", 2, 7, "P"),
    ]
    of_year = world(told).series("all", "city").told()
    values = {
        key.measure.value: [v.fact and int(v.fact.value) for v in line]
        for key, (line,) in of_year.items()
    }
    assert values == {"cumulative": [5, 7], "period": [5, 7]}


@pytest.mark.timeout(20)  # where every moment adds all parts up again it takes minutes
def test_many_parts_published_one_after_the_other_are_followed_change_by_change() -> None:
    towns = [f"town-{number}" for number in range(300)]
    made = World(
        indicator("a", measure="stock"),
        indicator("all", SUM, unit="亿元", measure="stock"),
        below=dict.fromkeys(towns, "city"),
    )
    for name in ("2024-01", "2024-02", "2024-03"):
        for town in towns:
            made.tell("a", town, name, "1")
    assert made.said("all", "city")["2024-03"] == "300"
