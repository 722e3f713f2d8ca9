"""Commands of operators: obeyed or refused, always with a transition that says why."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.data import Action
from schemas.events import COMMANDS, AlertCommandEvent
from schemas.records.alert import AlertChanged, AlertState
from services.alerts.domain.commands import ACTIONS
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import Step, take_command, take_dossier
from services.alerts.domain.state import SeriesState
from tests.unit.judging import at_least, dossier, fact, target

WHEN = datetime(2026, 2, 1, 1, tzinfo=UTC)


def command(action: str, command_id: str = "c1", **data: Any) -> AlertCommandEvent:
    given = {"command_id": command_id, "alert": "t-behind-1", "action": action} | data
    event = {
        "specversion": "1.0",
        "id": command_id,
        "source": "urn:pacekeeper:czzfb",
        "type": "pacekeeper.alert.command.v1",
        "time": "2026-02-01T09:00:00+08:00",
        "data": given,
    }
    return COMMANDS.validate_json(json.dumps(event))


def opened(clear_periods: int = 1, *values: str, **options: Any) -> SeriesState:
    goal = target(at_least("100"), trajectory={"kind": "linear_months"}, **options)
    facts, state = [], SeriesState()
    for number, value in enumerate(values or ("20",)):
        facts.append(fact(f"2024-{number + 3:02d}", value))
        state = take_dossier(state, dossier(facts, goal), number, Settings(clear_periods)).state
    return state


def only(step: Step) -> AlertChanged:
    (changed,) = step.transitions
    return changed


def test_every_action_of_the_contract_has_an_entry() -> None:
    assert set(ACTIONS) == set(Action)


def test_acknowledging_names_who_and_when() -> None:
    changed = only(take_command(opened(), command("acknowledge", person="王芳", note="收到")))
    assert (changed.state, changed.reason, changed.by) == (
        AlertState.ACKNOWLEDGED,
        "acknowledged",
        "王芳",
    )
    assert (changed.acknowledged_by, changed.acknowledged_at) == ("王芳", WHEN)
    assert (changed.seq, changed.at, changed.command_id) == (2, WHEN, "c1")
    assert [(note.by, note.text) for note in changed.notes] == [("王芳", "收到")]


def test_without_a_person_the_department_speaks() -> None:
    assert only(take_command(opened(), command("acknowledge"))).by == "czzfb"


def test_acknowledging_twice_is_refused() -> None:
    state = take_command(opened(), command("acknowledge")).state
    changed = only(take_command(state, command("acknowledge", "c2")))
    assert (changed.state, changed.reason) == (
        AlertState.ACKNOWLEDGED,
        "refused_already_acknowledged",
    )


def test_dispatching_sends_it_to_a_unit() -> None:
    changed = only(take_command(opened(), command("dispatch", unit="czgxj")))
    assert (changed.state, changed.lead, changed.reason) == (
        AlertState.DISPATCHED,
        "czgxj",
        "dispatched",
    )
    lead = only(take_command(opened(1, "20", lead="czfgw"), command("dispatch")))
    assert (lead.state, lead.lead) == (AlertState.DISPATCHED, "czfgw")


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("dispatch", "refused_unit_missing"),
        ("note", "refused_note_missing"),
        ("plan", "refused_due_missing"),
        ("extend", "refused_due_missing"),
        ("grant", "refused_nothing_asked"),
        ("silence", "refused_until_missing"),
        ("unsilence", "refused_not_silent"),
        ("reopen", "refused_not_closed"),
    ],
)
def test_a_refusal_is_history_and_changes_nothing_else(action: str, reason: str) -> None:
    state = opened()
    before = state.targets["t"].alerts["behind"].last
    changed = only(take_command(state, command(action)))
    assert changed.reason == reason
    stamp = {"seq": 1, "reason": "behind", "by": "data", "at": before.at, "command_id": ""}
    assert changed.model_copy(update=stamp) == before


def test_measures_with_a_deadline() -> None:
    changed = only(take_command(opened(), command("plan", due="2026-03-31", note="增开夜班")))
    assert (changed.state, changed.due_on) == (AlertState.RECTIFYING, date(2026, 3, 31))
    assert changed.notes[0].text == "增开夜班"


def planned() -> SeriesState:
    return take_command(opened(), command("plan", "p", due="2026-03-31")).state


def test_a_later_deadline_is_asked_for_and_granted() -> None:
    step = take_command(planned(), command("extend", due="2026-05-31", reason="等设备到货"))
    asked = only(step)
    assert (asked.reason, asked.due_on, asked.asked_due) == (
        "extension_asked",
        date(2026, 3, 31),
        date(2026, 5, 31),
    )
    assert asked.notes[-1].text == "等设备到货"
    granted = only(take_command(step.state, command("grant", "c2", person="李督查")))
    assert (granted.reason, granted.by) == ("extension_granted", "李督查")
    assert (granted.due_on, granted.asked_due) == (date(2026, 5, 31), None)
    shorter = only(take_command(step.state, command("grant", "c2", due="2026-04-30")))
    assert shorter.due_on == date(2026, 4, 30)


def test_a_deadline_is_extended_only_where_there_is_one_and_only_to_a_later_day() -> None:
    none = only(take_command(opened(), command("extend", due="2026-05-31")))
    assert none.reason == "refused_nothing_planned"
    same = only(take_command(planned(), command("extend", due="2026-03-31")))
    assert same.reason == "refused_not_later"


def test_an_alert_is_silent_until_a_moment_for_a_reason() -> None:
    until = "2026-02-03T09:00:00+08:00"
    why = only(take_command(opened(), command("silence", until=until)))
    assert why.reason == "refused_reason_missing"
    past = command("silence", until="2026-02-01T09:00:00+08:00", reason="停产检修")
    assert only(take_command(opened(), past)).reason == "refused_until_past"
    step = take_command(opened(), command("silence", until=until, reason="停产检修"))
    changed = only(step)
    assert (changed.reason, changed.silent_until) == (
        "silenced",
        datetime(2026, 2, 3, 1, tzinfo=UTC),
    )
    ended = only(take_command(step.state, command("unsilence", "c2")))
    assert (ended.reason, ended.silent_until) == ("unsilenced", None)


def test_what_was_closed_can_be_opened_again() -> None:
    step = take_command(opened(1, "20", "34"), command("reopen", note="数据存疑"))
    changed = only(step)
    assert (changed.state, changed.reason, changed.reopened) == (AlertState.OPEN, "reopened", 1)
    assert changed.closed_at is None
    goal = target(at_least("100"), trajectory={"kind": "linear_months"})
    facts = [fact("2024-03", "20"), fact("2024-04", "34"), fact("2024-05", "50")]
    cured, closed = take_dossier(step.state, dossier(facts, goal), 5, Settings()).transitions
    assert (cured.state, closed.state) == (AlertState.CURED, AlertState.CLOSED)


def test_nobody_closes_an_alert_while_the_figures_are_behind() -> None:
    changed = only(take_command(opened(), command("request_close", person="王芳")))
    assert (changed.state, changed.reason) == (AlertState.OPEN, "refused_still_behind")
    assert changed.notes[-1].text.startswith("数据未达标，不能关闭：2024-03 差距 -5（red）")


def test_what_the_data_have_cured_may_be_closed_on_request() -> None:
    state = opened(2, "20", "34")
    changed = only(take_command(state, command("request_close")))
    assert (changed.state, changed.reason, changed.closed_at) == (
        AlertState.CLOSED,
        "closed_on_request",
        WHEN,
    )


def test_an_ended_alert_takes_notes_and_is_opened_again_only() -> None:
    state = opened(1, "20", "34")
    assert only(take_command(state, command("acknowledge"))).reason == "refused_not_open"
    assert only(take_command(state, command("note", "c2", note="记录"))).reason == "noted"


def test_a_command_seen_before_changes_nothing() -> None:
    state = take_command(opened(), command("acknowledge")).state
    step = take_command(state, command("acknowledge"))
    assert (step.state, step.reason, step.transitions) == (state, "seen_before", ())


def test_an_unknown_alert_is_named() -> None:
    step = take_command(opened(), command("note", alert="t-behind-9", note="x"))
    assert (step.reason, step.transitions) == ("unknown_alert", ())
    assert take_command(SeriesState(), command("note", note="x")).reason == "unknown_alert"


def test_data_keep_the_state_that_people_gave_it() -> None:
    goal = target(at_least("100"), trajectory={"kind": "linear_months"})
    state = take_command(opened(), command("acknowledge")).state
    facts = [fact("2024-03", "20"), fact("2024-04", "25")]
    changed = only(take_dossier(state, dossier(facts, goal), 5, Settings()))
    assert (changed.state, changed.reason, changed.seq) == (
        AlertState.ACKNOWLEDGED,
        "still_behind",
        3,
    )
    assert changed.command_id == ""


def test_a_gap_that_is_not_known_is_said() -> None:
    state = opened()
    alert = state.targets["t"].alerts["behind"]
    bare = alert.model_copy(update={"last": alert.last.model_copy(update={"gap": None})})
    series = state.targets["t"].model_copy(update={"alerts": {"behind": bare}})
    found = state.model_copy(update={"targets": {"t": series}})
    changed = only(take_command(found, command("request_close")))
    assert "差距 —" in changed.notes[-1].text
