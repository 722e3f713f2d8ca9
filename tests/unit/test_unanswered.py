"""An alert that nobody acknowledges goes to the supervisor, once, whatever data say meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.records.alert import AlertState
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import take_command, take_dossier, take_tick
from services.alerts.domain.state import SeriesState
from services.alerts.domain.unanswered import next_look
from services.alerts.notify.messages import worth_telling
from tests.unit.judging import at_least, dossier, fact, target
from tests.unit.test_loop_commands import WHEN, command, only

RULES = Settings(escalate_hours=24)
OPENED = datetime(2026, 1, 31, 2, tzinfo=UTC)
DAY = timedelta(days=1)
GOAL = target(
    at_least("100"), trajectory={"kind": "linear_months"}, lead="czgxj", supervisor="czzfb"
)


def told(state: SeriesState, number: int, at: datetime, *values: str) -> SeriesState:
    """After a dossier with these years-to-date from March on."""
    facts = [fact(f"2024-{month:02}", value) for month, value in enumerate(values, 3)]
    return take_dossier(state, dossier(facts, GOAL, at=at), number, RULES).state


def opened() -> SeriesState:
    return told(SeriesState(), 0, OPENED, "20")


def test_it_waits_from_its_opening_and_is_escalated_after_its_hours() -> None:
    state = opened()
    assert next_look(state, RULES) == OPENED + DAY
    early = take_tick(state, OPENED + DAY - timedelta(seconds=1), RULES)
    assert (early.state, early.reason, early.transitions) == (state, "nothing_due", ())
    step = take_tick(state, OPENED + DAY, RULES)
    changed = only(step)
    assert (changed.seq, changed.state, changed.reason) == (2, AlertState.OPEN, "escalated")
    assert "提请czzfb督办" in changed.notes[-1].text
    assert worth_telling(changed)
    assert next_look(step.state, RULES) is None
    assert take_tick(step.state, OPENED + 9 * DAY, RULES).transitions == ()


def test_data_that_move_it_do_not_start_the_hours_anew() -> None:
    state = told(opened(), 1, OPENED + DAY / 2, "20", "25")
    assert next_look(state, RULES) == OPENED + DAY
    escalated = take_tick(state, OPENED + DAY, RULES).state
    assert next_look(told(escalated, 2, OPENED + 2 * DAY, "20", "25", "30"), RULES) is None


def test_dispatching_it_is_no_acknowledgement() -> None:
    state = take_command(opened(), command("dispatch", unit="czgxj")).state
    assert next_look(state, RULES) == OPENED + DAY


@pytest.mark.parametrize(
    "given", [{"action": "acknowledge"}, {"action": "plan", "due": "2026-03-31"}]
)
def test_who_answers_ends_the_waiting(given: dict[str, Any]) -> None:
    state = take_command(opened(), command(**given)).state
    assert next_look(state, RULES) is None


def test_a_cure_ends_the_waiting_and_a_relapse_begins_it_anew() -> None:
    cured = told(opened(), 1, OPENED + DAY, "20", "40")
    assert next_look(cured, RULES) is None
    relapsed = told(cured, 2, OPENED + 5 * DAY, "20", "40", "41")
    assert next_look(relapsed, RULES) == OPENED + 6 * DAY


def test_a_silent_one_waits_until_it_may_speak() -> None:
    until = WHEN + 3 * DAY
    silenced = command("silence", until=until.isoformat(), reason="停产检修")
    state = take_command(opened(), silenced).state
    assert next_look(state, RULES) == until


def test_without_hours_nothing_is_escalated() -> None:
    assert next_look(opened(), Settings(escalate_hours=0)) is None
