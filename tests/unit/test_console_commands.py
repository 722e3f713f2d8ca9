"""Commands: what is offered, what a form means, what still waits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.data import Action, AlertCommand
from services.alerts.console.commands import (
    Sent,
    Wrong,
    offered,
    read_form,
    takes_long,
    waiting,
)
from services.alerts.console.rows import HistoryRow
from tests.console_demo import demo

NOW = datetime(2024, 7, 20, tzinfo=UTC)


def _read(**form: str) -> AlertCommand | Wrong:
    return read_form("a-1", {"command_id": "c-1", **form}, "admin")


def test_a_form_becomes_a_command_in_the_operators_name() -> None:
    assert _read(action="dispatch", unit="czgxj") == AlertCommand(
        command_id="c-1", alert="a-1", action=Action.DISPATCH, unit="czgxj", person="admin"
    )


def test_measures_carry_their_deadline() -> None:
    found = _read(action="plan", due="2024-08-31", note=" 每周调度 ")
    assert isinstance(found, AlertCommand)
    assert (found.due, found.note) == (date(2024, 8, 31), "每周调度")


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"action": "dispatch"}, "error.unit_missing"),
        ({"action": "note", "note": "  "}, "error.note_missing"),
        ({"action": "plan"}, "error.due_missing"),
        ({"action": "plan", "due": "31 August"}, "error.due_missing"),
        ({"action": "burn"}, "error.action"),
        ({"action": "silence", "reason": "停产"}, "error.until_missing"),
        ({"action": "silence", "until": "2024-08-01T08:00"}, "error.reason_missing"),
        ({"action": "silence", "until": "tomorrow", "reason": "停产"}, "error.until_missing"),
        ({"action": "extend", "due": "2024-08-31"}, "error.reason_missing"),
        ({"action": "reopen"}, "error.reason_missing"),
        ({}, "error.action"),
        ({"action": "note", "note": "x" * 2001}, "error.too_long"),
        ({"action": "request_close", "reason": "a\u202eb"}, "error.control"),
        ({"action": "acknowledge", "command_id": ""}, "error.control"),
    ],
)
def test_a_form_that_is_no_command_says_why(form: dict[str, str], complaint: str) -> None:
    found = _read(**form)
    assert isinstance(found, Wrong)
    assert found.key == complaint


def test_what_is_offered_follows_the_state() -> None:
    alert = demo().alert_rows[0]
    assert offered(alert)[0] is Action.ACKNOWLEDGE
    assert Action.ACKNOWLEDGE not in offered(replace(alert, state="acknowledged"))
    assert offered(replace(alert, state="closed")) == (Action.REOPEN, Action.NOTE)
    assert offered(replace(alert, state="withdrawn")) == ()


def _history(*reasons: str) -> list[HistoryRow]:
    return [
        HistoryRow("a-1", seq, "open", reason, "data", NOW) for seq, reason in enumerate(reasons, 1)
    ]


def test_more_time_is_offered_where_there_is_a_deadline_and_granted_where_it_was_asked_for() -> (
    None
):
    alert = replace(demo().alert_rows[0], state="rectifying", due_on=None)
    assert Action.EXTEND not in offered(alert)
    planned = replace(alert, due_on=date(2024, 8, 31))
    assert Action.EXTEND in offered(planned)
    assert Action.GRANT not in offered(planned)
    assert Action.GRANT in offered(planned, _history("behind", "extension_asked", "noted"))
    granted = _history("behind", "extension_asked", "extension_granted")
    assert Action.GRANT not in offered(planned, granted)


def test_a_silence_is_offered_or_its_end() -> None:
    alert = demo().alert_rows[0]
    assert Action.SILENCE in offered(alert)
    assert Action.UNSILENCE not in offered(alert)
    silent = offered(alert, _history("behind", "silenced"))
    assert Action.UNSILENCE in silent
    assert Action.SILENCE not in silent


def test_a_silence_ends_at_an_hour_in_china() -> None:
    found = _read(action="silence", until="2024-08-01T08:00", reason="停产检修")
    assert isinstance(found, AlertCommand)
    assert found.until == datetime(2024, 8, 1, tzinfo=UTC)


def test_a_command_waits_until_the_history_names_it() -> None:
    command = AlertCommand(command_id="c-1", alert="a-1", action=Action.ACKNOWLEDGE)
    sent = [Sent(command, NOW)]
    by_data = HistoryRow("a-1", 1, "open", "behind", "data", NOW)
    assert waiting(sent, [by_data]) == sent
    answered = replace(by_data, seq=2, by="admin", command_id="c-1")
    assert waiting(sent, [by_data, answered]) == []


def test_after_a_minute_somebody_should_look() -> None:
    sent = Sent(AlertCommand(command_id="c-1", alert="a-1", action=Action.NOTE, note="x"), NOW)
    assert not takes_long(sent, NOW + timedelta(seconds=60))
    assert takes_long(sent, NOW + timedelta(seconds=61))
