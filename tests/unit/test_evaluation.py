"""Derived indicators follow their definition at every moment, whatever arrived first."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formula_world import FIRST, World, indicator

CITY, TOWNS = "city", ("x", "y")
MONTHS = ("2023-03", "2024-03")
SHARE = {"kind": "share", "part": "a", "whole": {"indicator": "all", "entity": "parent"}}
SUM = {"kind": "sum_of_children", "indicator": "a"}
Told = tuple[str, str, int, int | None, str]


def chain() -> World:
    """The share of a town in the sum of the towns, and that share's distance to the other's."""
    return World(
        indicator("a"),
        indicator("b"),
        indicator("all", SUM, unit="亿元", measure="cumulative"),
        indicator("share", SHARE),
        indicator("grown", {"kind": "yoy", "indicator": "all"}),
        indicator("per", {"kind": "ratio", "a": "all", "b": "b"}),
        indicator("first", {"kind": "primacy", "indicator": "a", "among": TOWNS, "of": "rank"}),
        below=dict.fromkeys(TOWNS, CITY),
    )


def told_in_order(told: list[Told], order: list[int]) -> World:
    """The same figures, arriving in another order: coordinates stay what they are."""
    world = chain()
    for number in order:
        entity, name, day, value, status = told[number]
        text = None if value is None else str(value)
        series = "b" if entity == CITY else "a"
        world.tell(series, entity, name, text, status, day=day, at=number)
    return world


TOLD = st.lists(
    st.tuples(
        st.sampled_from((*TOWNS, CITY)),
        st.sampled_from(MONTHS),
        st.integers(0, 4),
        st.none() | st.integers(1, 9),
        st.sampled_from("APE"),
    ),
    max_size=10,
)


def newest_by_class(told: list[Told], entity: str, name: str) -> dict[str, Decimal]:
    """The newest value of each class since the figure was last taken back."""
    found: dict[str, Decimal] = {}
    mine = [(day, n) for n, (e, p, day, _, _) in enumerate(told) if (e, p) == (entity, name)]
    for _, number in sorted(mine):
        *_, value, status = told[number]
        if value is None:
            found = {}
        else:
            found = {k: v for k, v in found.items() if k != status} | {status: Decimal(value)}
    return found


def newest(told: list[Told], entity: str, name: str) -> Decimal | None:
    return next(reversed(newest_by_class(told, entity, name).values()), None)


def total(told: list[Told], name: str) -> Decimal | None:
    """The sum of the towns: every one that reports anything has to have reported this."""
    values = [newest(told, town, name) for town in TOWNS]
    silent = [town for town in TOWNS if all(newest(told, town, m) is None for m in MONTHS)]
    there = [value for value in values if value is not None]
    return sum(there) if there and len(there) + len(silent) == len(TOWNS) else None


def plain(told: list[Told]) -> dict[tuple[str, str, str], Decimal]:
    """The definitions, written down once more; the share's history of sums is left to `share`."""
    found: dict[tuple[str, str, str], Decimal] = {}
    for name in MONTHS:
        whole, below = total(told, name), newest(told, CITY, name)
        if whole is not None:
            found["all", CITY, name] = whole
            if below:
                found["per", CITY, name] = round(whole * 100 / below, 4)
        values = {town: newest(told, town, name) for town in TOWNS}
        for town in TOWNS:
            if None not in values.values():
                others = [v for peer, v in values.items() if peer != town]
                found["first", town, name] = Decimal(1 + sum(v > values[town] for v in others))
    return found


@given(TOLD)
def test_it_equals_a_straightforward_evaluation_of_the_definition(told: list[Told]) -> None:
    world = told_in_order(told, list(range(len(told))))
    found = {}
    for name, entity in [("all", CITY), ("per", CITY), ("first", "x"), ("first", "y")]:
        for fact, value in said(world, name, entity).items():
            found[name, entity, fact] = value
    assert found == plain(told)


@given(TOLD)
def test_a_share_of_a_derived_whole_is_of_one_class(told: list[Told]) -> None:
    world = told_in_order(told, list(range(len(told))))
    days = sorted({day for _, _, day, _, _ in told})
    for town in TOWNS:
        for name in MONTHS:
            # The whole's newest sum of each class since there was last none.
            sums: dict[str, Decimal] = {}
            for day in days:
                known = [each for each in told if each[2] <= day]
                whole = total(known, name)
                classes = [list(newest_by_class(known, t, name)) for t in TOWNS]
                if whole is None:
                    sums = {}
                else:
                    worst = max((c[-1] for c in classes if c), key="APE".index)
                    sums[worst] = whole
            part = newest_by_class(told, town, name)
            common = next((c for c in "APE" if c in part and c in sums), None)
            expected = None if common is None else round(part[common] * 100 / sums[common], 4)
            assert said(world, "share", town).get(name) == expected


def said(world: World, name: str, entity: str) -> dict[str, Decimal]:
    row = world.series(name, entity).row(entity, 1)
    return {
        f"{end:%Y-%m}": value
        for end, value, derived in zip(row.now_end, row.now_value, row.now_derived, strict=True)
        if derived
    }


DERIVED = [(name, CITY) for name in ("all", "grown", "per")] + [
    (name, town) for name in ("share", "first") for town in TOWNS
]


@given(TOLD, st.randoms())
def test_the_order_of_arrival_changes_nothing(told: list[Told], shuffle: Random) -> None:
    order = list(range(len(told)))
    before = told_in_order(told, order)
    shuffle.shuffle(order)
    after = told_in_order(told, order)
    for key in DERIVED:
        assert before.series(*key).row(key[1], 1) == after.series(*key).row(key[1], 1)


@given(TOLD, st.integers(0, 4))
def test_what_followed_at_a_moment_is_what_follows_from_what_was_known_then(
    told: list[Told], day: int
) -> None:
    world = told_in_order(told, list(range(len(told))))
    then = told_in_order(told, [n for n, each in enumerate(told) if each[2] <= day])
    at = FIRST + timedelta(days=day)
    for name, entity in DERIVED:
        row = world.series(name, entity).row(entity, 1)
        held: dict[object, Decimal] = {}
        past = zip(
            row.past_end,
            row.past_start,
            row.past_measure,
            row.past_value,
            row.past_recorded_at,
            strict=True,
        )
        for end, start, measure, value, recorded in past:
            if recorded <= at:
                held.pop((end, start, measure), None)
                if value is not None:
                    held[end, start, measure] = value
        now = then.series(name, entity).row(entity, 1)
        facts = zip(now.now_end, now.now_start, now.now_measure, now.now_value, strict=True)
        known = {(end, start, measure): value for end, start, measure, value in facts}
        assert held == known


def test_what_is_reported_is_never_replaced() -> None:
    world = chain().tell("a", "x", "2024-03", "4").tell("all", CITY, "2024-03", "9")
    assert world.said("all", CITY) == {"2024-03": "9"}
    assert world.history("all", CITY) == [(1, "4", "P"), (2, None, "P")]
    assert world.said("share", "x") == {"2024-Q1": "44.4444"}
    world.tell("all", CITY, "2024-03", None)
    assert world.said("all", CITY) == {"2024-03": "4"}


def test_a_month_of_its_own_that_follows_goes_before_the_formula() -> None:
    world = chain().tell("a", "x", "2024-02", "4").tell("a", "x", "2024-01", "1")
    world.tell("all", CITY, "2024-01", "3").tell("all", CITY, "2024-02", "5")
    facts = {(f.measure.value, f.period): int(f.value) for f in world.series("all", CITY).facts()}
    assert facts["period", "2024-02"] == 2


def test_a_correction_of_an_input_is_a_vintage_of_all_that_rests_on_it() -> None:
    world = chain().tell("a", "x", "2024-03", "1").tell("a", "y", "2024-03", "3")
    assert world.said("share", "x") == {"2024-Q1": "25"}
    world.tell("a", "y", "2024-03", "1")
    assert world.history("share", "x") == [(1, "100", "P"), (2, "25", "P"), (3, "50", "P")]
    (fact,) = world.series("share", "x").facts()
    assert (fact.vintages, fact.basis) == (3, ("e-1", "e-3"))
    assert fact.first_recorded_at == FIRST + timedelta(days=2)


def test_what_no_column_can_hold_is_undefined() -> None:
    world = chain().tell("a", "x", "2024-03", "9" * 28)
    assert world.lacks("all", CITY) == {"2024-03": "too_large"}


def test_a_formula_in_a_circle_or_without_its_parts_gives_nothing() -> None:
    circle = World(
        indicator("a", {"kind": "ratio", "a": "b", "b": "b"}),
        indicator("b", {"kind": "ratio", "a": "a", "b": "a"}),
        indicator("c", {"kind": "ratio", "a": "gone", "b": "gone"}),
    )
    assert [circle.said(name, "x") for name in "abc"] == [{}, {}, {}]
