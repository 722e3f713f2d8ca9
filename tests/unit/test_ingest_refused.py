"""What the door refuses of a request and of an event: the code, the field, what is kept of it."""

import pytest

from tests.builders import observed, raw_event, target
from tests.unit.ingest_front_door import (
    BATCH,
    LINES,
    LONE,
    NOW,
    batch,
    changed,
)

MIB = 1024 * 1024
UNREADABLE: list[tuple[str, bytes, str, int]] = [
    ("no JSON", b"{", LONE, 400),
    ("nothing", b"", LONE, 400),
    ("space only", b" \n", LONE, 400),
    ("latin-1", '{"id":"é"}'.encode("latin-1"), LONE, 400),
    ("gbk in a batch", '[{"id":"整车"}]'.encode("gbk"), BATCH, 400),
    ("a byte order mark", b"\xef\xbb\xbf" + observed(), LONE, 400),
    ("utf-16", observed().decode().encode("utf-16"), LONE, 400),
    ("a NUL byte", observed().replace(b"e-1", b"e\x00"), LONE, 400),
    ("two documents", observed() + observed(), LONE, 400),
    ("no array", observed(), BATCH, 400),
    ("an open array", b"[" + observed(), BATCH, 400),
    ("a comma too many", b"[" + observed() + b",]", BATCH, 400),
    ("behind the array", batch(observed()) + b"x", BATCH, 400),
    ("an empty array", b"[ ]", BATCH, 400),
    ("no comma between", b"[" + observed() + observed() + b"]", BATCH, 400),
    ("not one readable line", b"a;b\nc;d\n", LINES, 400),
    ("a lone surrogate", observed().replace(b"e-1", b"\\ud800"), LONE, 400),
    ("nested without end", b"[" * 100_000, BATCH, 400),
    ("2 MiB", b" " * (2 * MIB), LONE, 413),
    ("5 001 events", batch(*[b"{}"] * 5001), BATCH, 413),
]


@pytest.mark.parametrize(
    ("body", "kind", "status"), [case[1:] for case in UNREADABLE], ids=[c[0] for c in UNREADABLE]
)
def test_what_cannot_be_read_is_a_problem_and_one_reject_in_the_books(door, body, kind, status):
    answer = door.post(body, kind)
    problem = answer.json()
    code = {400: "malformed", 413: "too_large"}[status]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert set(problem["message"]) == {"zh", "en"}
    assert door.lines("events.rejected")[-1]["code"] == code
    books = door.lines("receipts")[-1]
    assert books["receipt"] == problem["receipt"]
    assert (books["received"], books["rejected"], books["accepted"]) == (1, 1, 0)


def test_the_text_kept_of_an_unreadable_body_is_cut_and_escaped(door):
    door.post(b"\xff\xfe" + b"x" * 100_000)
    raw = door.lines("events.rejected")[-1]["raw"]
    assert raw.startswith("\\xff\\xfexx")
    assert len(raw.encode()) == 65_536


VERDICTS: list[tuple[str, bytes, str, str]] = [
    ("no object", b"[]", "malformed", ""),
    ("a word", b'"x"', "malformed", ""),
    ("empty", b"{}", "missing_field", "type"),
    ("no such type", changed(observed(), type="pacekeeper.x.v1"), "unknown_type", "type"),
    (
        "a command",
        raw_event("alert.command", {"command_id": "c", "alert": "a", "action": "note"}),
        "unknown_type",
        "type",
    ),
    ("a field too many", changed(observed(), extra="1"), "unknown_field", "extra"),
    ("a field of data too many", observed(colour="red"), "unknown_field", "data.colour"),
    ("no id", changed(observed(), id=None), "missing_field", "id"),
    ("an escaped NUL", changed(observed(), id="a\u0000"), "bad_value", "id"),
    ("a bad period", observed(period="2024-13"), "bad_period", "data.period"),
    ("too early a period", observed(period="1969"), "bad_period", "data.period"),
    ("too late a period", observed(period="2150"), "bad_period", "data.period"),
    ("not a number", observed("a"), "bad_value", "data.value"),
    ("too many places", observed("0.12345678901"), "precision", "data.value"),
    ("too many digits", observed("9" * 29), "precision", "data.value"),
    (
        "a long bare number",
        observed().replace(b'"41.5"', b"4.1234567890123456"),
        "precision",
        "data.value",
    ),
    ("no unit at all", observed(unit="1 辆"), "unknown_unit", "data.unit"),
    ("a unit nobody knows", observed(unit="万枚"), "unknown_unit", "data.unit"),
    ("a unit of another kind", observed(unit="亿元"), "unit_mismatch", "data.unit"),
    ("a stock of a flow", observed(measure="stock"), "measure_mismatch", "data.measure"),
    ("a rate in vehicles", observed(measure="rate"), "unit_mismatch", "data.unit"),
    ("no such entity", observed(entity="atlantis"), "unknown_entity", "data.entity"),
    ("tomorrow", observed(time="2026-01-03T00:00:00Z"), "future", "time"),
    ("recorded tomorrow", observed(recordedtime="2026-01-03T00:00:00Z"), "future", "recordedtime"),
    (
        "one name twice",
        observed().replace(b'"value":"41.5"', b'"value":"41.5","value":"14.5"'),
        "malformed",
        "value",
    ),
    (
        "one name twice, spaced",
        observed().replace(b'"value":"41.5"', b'"value" :"41.5","value":"14.5"'),
        "malformed",
        "value",
    ),
    ("no goal like that", target(goal={"kind": "best"}), "bad_value", "data.goal.kind"),
    ("no such scheme", target(lamps="rainbow"), "cannot_be_judged", "data.lamps"),
]


@pytest.mark.parametrize(
    ("event", "code", "field"), [case[1:] for case in VERDICTS], ids=[c[0] for c in VERDICTS]
)
def test_a_bad_event_has_its_code_and_field(door, event, code, field):
    answer = door.post(event)
    verdict = answer.json()["events"][0]
    assert answer.status_code == 422, answer.text
    assert (verdict["code"], verdict["field"]) == (code, field)
    assert verdict["message"]["zh"]
    assert verdict["message"]["en"]
    kept = door.lines("events.rejected")[-1]
    assert (kept["code"], kept["raw"]) == (code, event.decode())


def test_a_line_that_is_no_json_is_a_verdict_beside_good_lines(door):
    sent = observed(id="a") + b"\n\n\xff\xfe\r\n" + observed(id="b") + b"\r\n"
    body = door.post(sent, LINES).json()
    assert [v["verdict"] for v in body["events"]] == ["accepted", "rejected", "accepted"]
    assert body["events"][1]["code"] == "malformed"
    assert door.lines("events.rejected")[-1]["raw"] == "\\xff\\xfe"


def test_spaces_before_colons_are_no_fault(door):
    spaced = observed().replace(b'":', b'" :')
    assert door.post(spaced).status_code == 202


def test_a_text_that_looks_like_names_is_no_fault(door):
    assert door.post(observed(note='"value": "1"')).status_code == 202


def test_a_command_is_told_where_commands_go(door):
    data = {"command_id": "c", "alert": "a", "action": "note"}
    message = door.post(raw_event("alert.command", data)).json()["message"]
    assert "/v1/alerts/{alert}/commands" in message["en"]


def test_five_minutes_ahead_is_a_clock_and_not_the_future(door):
    ahead = NOW.replace(minute=9, second=5).isoformat()
    assert door.post(observed(time=ahead)).status_code == 202


def test_names_are_told_apart_from_objects_in_lists(door):
    plug = {"connector": "1", "status": "AVAILABLE"}
    data = {
        "station": "S1",
        "charger": "C1",
        "operator": "State Grid",
        "use": "public",
        "status_at": "2024-03-01T00:00:00Z",
        "connectors": [plug, plug | {"connector": "2"}],
        "stage": "in_service",
        "entity": "changzhou",
    }
    good = raw_event("charger.updated", data)
    twice = good.replace(b'"connector":"2"', b'"connector":"2","connector":"3"')
    assert door.post(twice).json()["events"][0]["field"] == "connector"
    assert door.post(good).status_code == 202
