"""Milestones: reached in time, late, near due, not due; on a clock that is given."""

from datetime import datetime
from typing import Any

import pytest

from schemas.records.assessment import Assessment, Lamp
from schemas.records.dossier import ProjectStage
from services.alerts.domain.assess import judge
from tests.unit.judging import comparand, dossier, fact, judged, moment, stage, target

GOAL = {"kind": "milestone", "name": "理想三基地投产", "due": "2024-09-30", "project": "base"}


def on(day: str, goal: dict[str, Any], *facts: Any, **beside: Any) -> Assessment:
    """The milestone as it looks at noon (in China) of a day."""
    given = dossier(list(facts), target(goal), beside={"projects": ()} | beside)
    ((opinion,),) = [judged.opinions for judged in judge(given, 0, now=moment(day))]
    return opinion.assessment


@pytest.mark.parametrize(
    ("day", "lamp", "reason"),
    [
        ("2024-08-30", Lamp.GREY, "not_due"),  # 31 days before
        ("2024-08-31", Lamp.YELLOW, "behind"),  # 30 days before
        ("2024-09-30", Lamp.YELLOW, "behind"),
        ("2024-10-01", Lamp.RED, "missed"),
    ],
)
def test_what_is_not_reached_goes_by_the_clock(day: str, lamp: Lamp, reason: str) -> None:
    row = on(day, GOAL, projects=(stage("building", "2024-03-01", "2024-03-02"),))
    assert (row.lamp, row.reason) == (lamp, reason)
    assert (row.period, str(row.period_end)) == ("2024-09-30", "2024-09-30")
    assert (row.as_of, row.basis, row.actual, row.gap) == (None, (), None, None)
    assert "理想三基地投产" in row.reason_zh
    assert "2024-09-30" in row.reason_en


def test_the_day_turns_in_china() -> None:
    """30 September, 17:00 UTC is the first of October there."""
    late: datetime = moment("2024-09-30").replace(hour=17)
    nothing = dossier([], target(GOAL), beside={"projects": ()})
    ((opinion,),) = [j.opinions for j in judge(nothing, 0, now=late)]
    assert (opinion.assessment.lamp, opinion.assessment.assessed_at) == (Lamp.RED, late)


COMPLETED = stage("completed", "2024-09-30", "2024-10-08")


@pytest.mark.parametrize(
    ("stages", "lamp", "reason", "decided"),
    [
        ([COMPLETED], Lamp.BLUE, "met", COMPLETED),  # in time, though told a week later
        ([stage("completed", "2024-10-01", "2024-10-08")], Lamp.RED, "missed", None),
        # A later stage says that this one was reached; the earliest day decides.
        ([stage("producing", "2024-09-20", "2024-09-21"), COMPLETED], Lamp.BLUE, "met", None),
        ([stage("building", "2024-01-01", "2024-01-02")], Lamp.RED, "missed", None),
    ],
)
def test_a_project_reaches_a_stage(
    stages: list[ProjectStage], lamp: Lamp, reason: str, decided: ProjectStage | None
) -> None:
    row = on("2024-12-01", GOAL, projects=tuple(stages))
    assert (row.lamp, row.reason) == (lamp, reason)
    if decided is not None:
        assert (row.as_of, row.basis) == (decided.recorded_at, (decided.event_id,))
        assert row.reason_zh.endswith("理想三基地投产 已于 2024-09-30 完成，期限 2024-09-30")


def test_reached_late_says_when() -> None:
    row = on("2024-12-01", GOAL, projects=(stage("completed", "2024-10-02", "2024-10-08"),))
    assert row.reason_zh.endswith("逾期，期限 2024-09-30，2024-10-02 才完成")
    assert row.as_of == moment("2024-10-08")
    assert on("2024-12-01", GOAL).reason_en.endswith(
        "is late, due 2024-09-30, not reported as reached"
    )


def test_a_cancelled_project_never_counts() -> None:
    cancelled = stage("cancelled", "2024-09-30", "2024-11-01")
    assert on("2024-12-01", GOAL, projects=(COMPLETED, cancelled)).lamp is Lamp.RED
    again = stage("completed", "2024-09-30", "2024-11-02")
    row = on("2024-12-01", GOAL, projects=(COMPLETED, cancelled, again))
    assert (row.lamp, row.as_of) == (Lamp.BLUE, COMPLETED.recorded_at)


def test_the_stage_may_be_named() -> None:
    goal = GOAL | {"stage": "started"}
    row = on("2024-06-01", goal, projects=(stage("building", "2024-03-01", "2024-03-02"),))
    assert (row.lamp, row.reason) == (Lamp.BLUE, "met")


def test_other_projects_do_not_count() -> None:
    other = stage("completed", "2024-01-01", "2024-01-02", "x")
    assert on("2024-12-01", GOAL, projects=(other,)).lamp is Lamp.RED


# --- by an indicator's value ---------------------------------------------------------------------
VALUE = {
    "kind": "milestone",
    "name": "百万辆",
    "due": "2024-09-30",
    "indicator": "vehicle_output",
    "value": "70",
}


@pytest.mark.parametrize(
    ("facts", "lamp"),
    [
        ([fact("2024-08", "69"), fact("2024-09", "70", "2024-10-20")], Lamp.BLUE),
        ([fact("2024-09", "69.9"), fact("2024-10", "78")], Lamp.RED),
        ([fact("2024-09", "70", status="F")], Lamp.RED),  # a forecast reaches nothing
        ([fact("2024-09", "70", scope="含经开区")], Lamp.RED),
        ([fact("2024-05", "70", measure="period")], Lamp.RED),  # what came before May is unknown
    ],
)
def test_an_indicator_reaches_a_value(facts: list[Any], lamp: Lamp) -> None:
    row = on("2024-12-01", VALUE, *facts)
    assert row.lamp is lamp
    if lamp is Lamp.BLUE:
        assert (row.as_of, row.basis) == (moment("2024-10-20"), ("cumulative-2024-09",))


@pytest.mark.parametrize(("value", "lamp"), [("15", Lamp.BLUE), ("16", Lamp.RED)])
def test_another_indicator_of_the_same_entity(value: str, lamp: Lamp) -> None:
    """“15分钟医保服务圈”: minutes, lower is better."""
    goal = VALUE | {"indicator": "minutes", "value": "15"}
    minutes = {"indicator": "minutes", "measure": "stock", "unit": "分钟", "direction": "lower"}
    other = comparand("changzhou", fact("2024-06", value, measure="stock"), **minutes)
    assert on("2024-12-01", goal, comparands=(other,)).lamp is lamp


def test_what_nobody_looked_up_is_grey_not_late() -> None:
    row = on("2024-12-01", VALUE | {"indicator": "minutes"})
    assert (row.lamp, row.reason) == (Lamp.GREY, "no_comparison")
    assert "minutes/changzhou" in row.reason_zh
    row = on("2024-12-01", GOAL, projects=None)
    assert (row.lamp, row.reason) == (Lamp.GREY, "no_comparison")
    assert row.reason_en.endswith("due 2024-09-30, nothing known to judge it by (base)")


# --- beside versions that read figures -----------------------------------------------------------
def test_a_version_may_turn_into_a_milestone() -> None:
    first = target({"kind": "at_least", "value": "100"})
    second = target(GOAL, 2, effective_from="2024-05-01")
    rows = judged([fact("2024-03", "30", "2024-04-10")], first, second)
    assert {name: row.version for name, row in rows.items()} == {"2024-03": 1, "2024-09-30": 2}


def test_judgements_are_in_the_order_of_their_days() -> None:
    first = target({"kind": "at_least", "value": "100"})
    second = target(GOAL | {"due": "2024-02-15"}, 2, effective_from="2024-05-01")
    rows = judged([fact("2024-03", "30", "2024-04-10")], first, second)
    assert list(rows) == ["2024-02-15", "2024-03"]


def test_without_a_clock_the_dossiers_own_time_counts() -> None:
    rows = judged([], target(GOAL), beside={"projects": ()})
    assert rows["2024-09-30"].lamp is Lamp.RED  # the dossier is of 2026
