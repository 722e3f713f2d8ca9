"""A report is late from the day after it was due, and until the last one of the span is due."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest

from schemas.records.alert import AlertChanged
from schemas.records.assessment import Lamp
from schemas.records.dossier import Fact, TargetVersion
from services.alerts.domain.loop import Settings
from services.alerts.domain.overdue import of_reports
from services.alerts.domain.series import take_command, take_dossier
from services.alerts.domain.state import SeriesState
from services.series.months import CHINA
from tests.unit.judging import at_least, dossier, fact, target
from tests.unit.test_loop_commands import command

DUE_IN_20 = {"due_days": 20}


def morning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(9), CHINA)


def late(
    day: str, *facts: Fact, aim: dict[str, Any] | None = None, **defined: Any
) -> tuple[str, ...]:
    """The periods whose report is late on a day; each is due twenty days after its end."""
    of = target(**({"goal": at_least("100")} | (aim or {})))
    made = dossier(list(facts), of, **(DUE_IN_20 | defined))
    _, grounds = of_reports(made, [of.data], morning(day))
    return tuple(ground.period for ground in grounds)


@pytest.mark.parametrize(
    ("day", "periods"),
    [
        # 30 April + 20 days = Monday 20 May
        ("2024-05-20", ("2024-03",)),
        ("2024-05-21", ("2024-04",)),
        # 30 June + 20 days = Saturday 20 July, so Monday 22 July
        ("2024-07-22", ("2024-05",)),
        ("2024-07-23", ("2024-06",)),
        # January is published with February: 29 February + 20 days = Wednesday 20 March
        ("2024-03-20", ()),
        ("2024-03-21", ("2024-02",)),
        # the last one is due on 20 January: until then November is the newest that was due
        ("2025-01-20", ("2024-11",)),
        ("2025-01-21", ()),
    ],
)
def test_the_newest_due_period_is_late_from_the_day_after(
    day: str, periods: tuple[str, ...]
) -> None:
    assert late(day) == periods


def test_a_level_is_reported_for_january_too() -> None:
    assert late("2024-02-20", measure="stock") == ()
    assert late("2024-02-21", measure="stock") == ("2024-01",)


def test_a_report_for_the_newest_due_period_is_enough() -> None:
    assert late("2024-05-21", fact("2024-04", "30")) == ()
    assert late("2024-05-21", fact("2024-03", "25")) == ("2024-04",)


def test_a_growth_that_was_reported_is_a_report_too() -> None:
    assert late("2024-05-21", fact("2024-04", "6", measure="rate")) == ()


def test_a_forecast_or_another_scope_is_no_report() -> None:
    assert late("2024-05-21", fact("2024-04", "30", status="F")) == ("2024-04",)
    assert late("2024-05-21", fact("2024-04", "30", scope="rural")) == ("2024-04",)
    rural = {"goal": at_least("1"), "scope": "rural"}
    assert late("2024-05-21", fact("2024-04", "30", scope="rural"), aim=rural) == ()


@pytest.mark.parametrize(
    ("frequency", "day", "period"),
    [
        ("quarter", "2024-05-21", "2024-Q1"),
        ("quarter", "2024-07-23", "2024-Q2"),
        ("half", "2024-07-23", "2024-H1"),
        # Sunday 28 April + 20 days = Saturday 18 May, so Monday 20 May
        ("week", "2024-05-20", "2024-04-15/2024-04-21"),
        ("week", "2024-05-21", "2024-04-22/2024-04-28"),
        ("day", "2024-05-21", "2024-04-30"),
    ],
)
def test_periods_are_those_of_the_frequency(frequency: str, day: str, period: str) -> None:
    assert late(day, frequency=frequency) == (period,)


def test_a_week_is_reported_by_a_figure_of_any_of_its_days() -> None:
    assert late("2024-05-21", fact("2024-04-26", "3"), frequency="week") == ()
    assert late("2024-05-21", fact("2024-04-21", "3"), frequency="week") != ()


@pytest.mark.parametrize(
    "without",
    [
        {"due_days": None},
        {"formula": {"kind": "yoy", "indicator": "x"}},
        {"aim": {"goal": {"kind": "assigned", "from": "jiangsu"}}},
        {"aim": {"goal": {"kind": "withdrawn"}}},
        {
            "aim": {
                "goal": {"kind": "milestone", "name": "通车", "due": "2024-06-30", "project": "p"}
            }
        },
    ],
    ids=["no due days", "derived", "assigned", "withdrawn", "milestone"],
)
def test_where_nobody_has_to_report_nothing_is_late(without: dict[str, Any]) -> None:
    assert late("2024-05-21", **without) == ()


GOAL = target(at_least("100"), lead="czgxj", supervisor="czzfb")


def moved(
    state: SeriesState, day: str, *facts: Fact, versions: Sequence[TargetVersion] = (GOAL,)
) -> tuple[SeriesState, list[AlertChanged]]:
    """The series on the clock of a day, and what became of its late reports."""
    given = dossier(list(facts), *versions, at=morning("2024-01-02"), **DUE_IN_20)
    given = given.model_copy(update={"clock": morning(day)})
    step = take_dossier(state, given, state.offset + 1, Settings())
    return step.state, [each for each in step.transitions if each.kind == "overdue_report"]


def test_an_alert_opens_on_the_clock_and_ends_with_the_report() -> None:
    state, opened = moved(SeriesState(), "2024-05-20", fact("2024-03", "25", "2024-04-20"))
    assert not opened
    state, (opened,) = moved(state, "2024-05-21", fact("2024-03", "25", "2024-04-20"))
    said = (opened.alert, opened.target, opened.period, opened.lead, opened.supervisor)
    assert said == ("t-overdue_report-1", "t", "2024-04", "czgxj", "czzfb")
    assert (opened.lamp, opened.severity, opened.at) == (Lamp.GREY, "low", morning("2024-05-21"))
    assert "2024-05-20" in opened.notes[0].text
    state, again = moved(state, "2024-05-22", fact("2024-03", "25", "2024-04-20"))
    assert not again
    state, (closed,) = moved(state, "2024-05-23", fact("2024-04", "33", "2024-05-23"))
    assert (closed.state, closed.reason, closed.seq) == ("closed", "overdue_report_ended", 2)


def test_the_same_alert_goes_on_with_the_next_period() -> None:
    state, _ = moved(SeriesState(), "2024-05-21")
    state, (changed,) = moved(state, "2024-06-21")
    assert (changed.seq, changed.reason, changed.period) == (2, "still_overdue_report", "2024-05")
    assert (changed.alert, changed.opened_period) == ("t-overdue_report-1", "2024-04")


def test_a_version_that_is_not_in_force_yet_asks_for_nothing() -> None:
    later = target(at_least("100"), 2, scope="新口径", effective_from="2024-12-01")
    in_time = fact("2024-05", "40", "2024-06-10")
    assert moved(SeriesState(), "2024-06-25", in_time, versions=(GOAL, later))[1] == []
    # In force it does: nothing was ever reported under its scope.
    state, (opened,) = moved(SeriesState(), "2024-12-25", in_time, versions=(GOAL, later))
    assert opened.period == "2024-11"


def test_next_years_version_does_not_forgive_this_years_reports() -> None:
    later = target(at_least("120"), 2, year=2025, effective_from="2025-01-01", lead="other")
    told = fact("2024-09", "80", "2024-10-15")
    state, (opened,) = moved(SeriesState(), "2024-11-25", told, versions=(GOAL, later))
    assert (opened.period, opened.lead) == ("2024-10", "czgxj")
    # Until its last report is due, on 20 January, though the new year's is in force.
    state, (changed,) = moved(state, "2025-01-05", told, versions=(GOAL, later))
    assert (changed.reason, changed.period) == ("still_overdue_report", "2024-11")
    _, (closed,) = moved(state, "2025-01-21", told, versions=(GOAL, later))
    assert closed.state == "closed"


def test_a_withdrawn_target_asks_for_no_report() -> None:
    state, _ = moved(SeriesState(), "2024-05-21")
    ended = target({"kind": "withdrawn"}, 2, effective_from="2024-05-22")
    state, none = moved(state, "2024-05-21", versions=(GOAL, ended))
    assert not none
    _, (closed,) = moved(state, "2024-05-23", versions=(GOAL, ended))
    assert (closed.state, closed.reason) == ("closed", "target_withdrawn")


def test_what_is_opened_again_without_a_ground_is_closed_again() -> None:
    """By the next word on the series, or by whoever asks for it first."""
    told = fact("2024-04", "33", "2024-05-23")
    state, (opened,) = moved(SeriesState(), "2024-05-21")
    state, _ = moved(state, "2024-05-23", told)
    state = take_command(state, command("reopen", "c1", alert=opened.alert)).state
    asked = take_command(state, command("request_close", "c2", alert=opened.alert))
    assert [each.reason for each in asked.transitions] == ["closed_on_request"]
    _, (closed,) = moved(state, "2024-05-24", told)
    assert (closed.state, closed.reason) == ("closed", "overdue_report_ended")
