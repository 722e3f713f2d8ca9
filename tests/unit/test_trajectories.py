"""What each trajectory expects, by hand."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal as D
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.goals import Trajectory
from schemas.period import Span
from services.alerts.domain.trajectories import (
    TRAJECTORIES,
    Path,
    share_by_days,
    walk,
)
from services.series.months import share_by_months
from services.series.profile import Profile
from tests.unit.judging import PROFILE, at_least, fact, judged, target, year_to_date

YEAR = Span(date(2024, 1, 1), date(2024, 12, 31))
READ: TypeAdapter[Any] = TypeAdapter(Trajectory)
PLAN = {"kind": "plan", "values": {"2024-03": "20", "2024-06": "50", "2024-12": "100"}}
STEPS = {
    "kind": "steps",
    "steps": [{"on": "2024-03-31", "value": "20"}, {"on": "2024-09-30", "value": "70"}],
}


def path(
    trajectory: dict[str, Any], end: date, base: str | None = "0", shares: Sequence[str] = ()
) -> Path:
    profile = Profile(D(shares[0]), ()) if shares else None
    known = None if base is None else D(base)
    return Path(
        YEAR, end, known, D(100), READ.validate_json(json.dumps(trajectory)), lambda years: profile
    )


@pytest.mark.parametrize(
    ("trajectory", "end", "base", "expected"),
    [
        ({"kind": "linear_days"}, date(2024, 3, 31), "0", D(9100) / 366),  # 91 of 366 days
        ({"kind": "linear_days"}, date(2024, 3, 31), "40", 40 + D(60) * 91 / 366),
        ({"kind": "linear_days"}, date(2024, 12, 31), "40", D(100)),
        ({"kind": "linear_days"}, date(2024, 12, 31), None, D(100)),
        ({"kind": "linear_days"}, date(2024, 6, 30), None, None),
        ({"kind": "linear_months"}, date(2024, 3, 31), "0", D(25)),  # 3 of 12
        ({"kind": "linear_months"}, date(2024, 3, 30), "0", D(100) * 2 / 12),  # March not over
        ({"kind": "linear_months"}, date(2024, 1, 30), "0", D(0)),
        ({"kind": "linear_months"}, date(2024, 12, 31), "0", D(100)),
        (PLAN, date(2024, 3, 31), "0", D(20)),
        (PLAN, date(2024, 5, 15), "0", 20 + D(30) * 45 / 91),  # 45 of the 91 days March to June
        (PLAN, date(2024, 2, 15), "0", D(20) * 46 / 91),  # 46 of the 91 days since the base
        (PLAN, date(2024, 2, 15), "6", 6 + D(14) * 46 / 91),
        (PLAN, date(2024, 2, 15), None, None),
        (PLAN, date(2024, 6, 30), None, D(50)),
        (PLAN, date(2024, 12, 31), "0", D(100)),
        ({"kind": "plan", "values": {"2024-06": "100"}}, date(2024, 9, 30), "0", D(100)),
        (STEPS, date(2024, 3, 30), "0", D(0)),
        (STEPS, date(2024, 3, 30), None, None),
        (STEPS, date(2024, 3, 31), "0", D(20)),  # counts from its date on
        (STEPS, date(2024, 9, 29), "0", D(20)),
        (STEPS, date(2024, 11, 30), None, D(70)),
        (STEPS, date(2024, 12, 31), "0", D(70)),  # what the last step says, whatever the goal
    ],
)
def test_expected(
    trajectory: dict[str, Any], end: date, base: str | None, expected: D | None
) -> None:
    way = walk(path(trajectory, end, base))
    assert way.used == trajectory["kind"]
    if expected is None:
        assert way.expected is None
    else:
        assert way.expected is not None
        assert abs(way.expected - expected) < D("1e-20")


def test_a_profile_gives_its_share_of_the_way() -> None:
    way = walk(path(PROFILE, date(2024, 6, 30), "10", ["0.4"]))
    assert (way.expected, way.used) == (D("46.0"), "last_year_profile")


def test_a_profile_without_history_is_by_days() -> None:
    way = walk(path(PROFILE, date(2024, 6, 30)))
    assert (way.expected, way.used) == (D(100) * (D(182) / 366), "linear_days")


def test_every_trajectory_of_the_contract_has_an_entry() -> None:
    kinds = {"linear_days", "linear_months", "last_year_profile", "plan", "steps"}
    assert set(TRAJECTORIES) == kinds


def test_a_profile_is_the_mean_of_the_years_that_have_both_values() -> None:
    """2023: 30 / 80 = 0.375; 2022: 40 / 80 = 0.5; 2021 has no June. Mean 0.4375 of 100."""
    facts = [fact("2024-06", "50")]
    facts += [fact("2023-06", "30"), fact("2023-12", "80")]
    facts += [fact("2022-06", "40"), fact("2022-12", "80"), fact("2021-12", "60")]
    goal = target(at_least("100"), trajectory=PROFILE | {"years": 3})
    row = judged(facts, goal)["2024-06"]
    assert row.expected == D("43.75")
    # 50 / 0.4375
    assert row.forecast == D("114.2857")


@pytest.mark.parametrize(
    "history",
    [
        [fact("2023-06", "30", scope="with_zone"), fact("2023-12", "80")],  # another scope
        [fact("2023-06", "30", status="G"), fact("2023-12", "80")],  # simulated
        [fact("2023-06", "30"), fact("2023-12", "0")],  # no total to divide by
    ],
)
def test_history_that_may_not_be_set_beside_counts_as_absent(history: list[Any]) -> None:
    facts = [fact("2024-06", "50"), *history]
    row = judged(facts, target(at_least("100"), trajectory=PROFILE))["2024-06"]
    assert (row.trajectory_used, row.method) == ("linear_days", "linear")


def test_simulated_figures_have_simulated_history() -> None:
    facts = [fact("2024-06", "50", status="G"), fact("2023-06", "30", status="G")]
    facts += [fact("2023-12", "80", status="G")]
    row = judged(facts, target(at_least("100"), trajectory=PROFILE))["2024-06"]
    assert row.expected == D("37.5")


def test_the_same_span_a_year_earlier_for_a_span_across_years() -> None:
    """July to June; last year 20 of 50 by December: 40 %."""
    facts = [fact("2023-H2", "45", measure="period"), fact("2022-H2", "20", measure="period")]
    facts += [fact("2023-06", "30")]
    span = {"from": "2023-07-01", "to": "2024-06-30", "effective_from": "2023-07-01"}
    row = judged(facts, target(at_least("100"), trajectory=PROFILE, **span))["2023-12"]
    assert (row.expected, row.pace) == (D("40"), D("1.125"))


@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=4).map(sorted),
    st.sampled_from(["plan", "steps"]),
    st.lists(st.dates(YEAR.start, YEAR.end), min_size=2, max_size=2).map(sorted),
)
def test_a_way_whose_points_never_fall_never_falls_and_ends_where_they_end(
    values: list[int], kind: str, days: list[date]
) -> None:
    ends = ["2024-03", "2024-06", "2024-09", "2024-12"][-len(values) :]
    steps = [{"on": f"{end}-28", "value": str(v)} for end, v in zip(ends, values, strict=True)]
    points = {end: str(v) for end, v in zip(ends, values, strict=True)}
    way = {"kind": kind} | ({"values": points} if kind == "plan" else {"steps": steps})

    def at(day: date) -> D:
        found = walk(
            Path(
                YEAR,
                day,
                D(0),
                D(values[-1]),
                READ.validate_json(json.dumps(way)),
                lambda years: None,
            )
        )
        assert found.expected is not None
        return found.expected

    assert at(days[0]) <= at(days[1]) <= at(YEAR.end) == values[-1]


_DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@given(st.tuples(_DAYS, _DAYS, _DAYS, _DAYS).map(sorted))
def test_linear_shares_never_fall_and_end_at_one(days: list[date]) -> None:
    start, earlier, later, end = days
    span = Span(start, end)
    for share in (share_by_days, share_by_months):
        assert 0 <= share(span, earlier) <= share(span, later) <= 1
        assert share(span, end) == 1


@given(st.lists(st.integers(0, 50), min_size=12, max_size=12), st.integers(1, 500))
def test_a_profile_of_a_year_that_never_fell_never_falls_and_ends_at_one(
    added: list[int], december: int
) -> None:
    last_year = list(accumulate([*added[:11], added[11] + december]))
    facts = year_to_date(2023, *map(str, last_year)) + year_to_date(2024, *["1"] * 12)
    rows = judged(facts, target(at_least("1000"), trajectory=PROFILE))
    # January alone is grey, and has its expected value all the same.
    due = [rows[f"2024-{month:02d}"].expected for month in range(1, 13)]
    assert None not in due
    assert due == sorted(due, key=lambda value: value or 0)
    assert due[-1] == 1000
