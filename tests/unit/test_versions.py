"""Which version of a target judges a figure, and which ones hold on a day."""

from datetime import date

import pytest

from services.alerts.domain.versions import in_force
from tests.unit.judging import at_least, fact, judged, target

MONTHLY = {"kind": "linear_months"}
GOAL = target(at_least("100"), trajectory=MONTHLY)
GROWTH = target({"kind": "growth", "percent": "6"}, 2, effective_from="2024-07-01")
MILESTONE = target(
    {
        "kind": "milestone",
        "name": "通车",
        "due": "2024-12-31",
        "indicator": "vehicle_output",
        "value": "100",
    },
    2,
    effective_from="2024-07-01",
)


def test_a_figure_of_the_former_kind_is_judged_no_more() -> None:
    """Recorded in September, when a goal of growth is in force: there is no rate to judge."""
    rows = judged([fact("2024-05", "30", "2024-06-10"), fact("2024-08", "50", "2024-09-10")], GOAL)
    assert {period: row.version for period, row in rows.items()} == {"2024-05": 1, "2024-08": 1}
    rows = judged(
        [fact("2024-05", "30", "2024-06-10"), fact("2024-08", "50", "2024-09-10")], GOAL, GROWTH
    )
    assert {period: row.version for period, row in rows.items()} == {"2024-05": 1}


def test_a_rate_is_judged_once_growth_is_the_goal() -> None:
    rate = fact("2024-01/2024-08", "5", "2024-09-10", measure="rate")
    rows = judged([fact("2024-08", "50", "2024-09-10"), rate], GOAL, GROWTH)
    assert {period: row.version for period, row in rows.items()} == {"2024-08": 2}


def test_a_milestone_in_force_leaves_amounts_unjudged() -> None:
    rows = judged([fact("2024-08", "50", "2024-09-10")], GOAL, MILESTONE)
    assert {row.version for row in rows.values()} == {2}


def test_before_all_of_them_the_earliest_judges_what_is_of_its_kind() -> None:
    later = [
        target(at_least("100"), 1, effective_from="2024-06-01", trajectory=MONTHLY),
        target({"kind": "growth", "percent": "6"}, 2, effective_from="2024-07-01"),
    ]
    assert judged([fact("2024-03", "30", "2024-04-10")], *later)["2024-03"].version == 1
    rate = fact("2024-01/2024-03", "5", "2024-04-10", measure="rate")
    assert [row.reason for row in judged([rate], *later).values()] == ["no_data"]


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        (date(2024, 1, 15), [1]),  # before any takes effect: the earliest
        (date(2024, 6, 15), [2]),  # the second takes the place of the first, of the same year
        (date(2024, 12, 31), [2]),
        (date(2025, 1, 5), [3, 2]),  # last year's reports are still due
    ],
)
def test_of_every_span_the_newest_in_force_holds(day: date, numbers: list[int]) -> None:
    versions = [
        target(at_least("100"), 1, effective_from="2024-02-01"),
        target(at_least("90"), 2, effective_from="2024-06-01"),
        target(at_least("120"), 3, effective_from="2025-01-01", year=2025),
    ]
    held = in_force([each.data for each in versions], day)
    assert [version.version for version in held] == numbers
