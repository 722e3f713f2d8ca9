"""POST /v1/events through the front door: which status, which code, what is kept."""

import asyncio
import gzip
from typing import Any

import orjson
import pytest

from services.ingest.gate import Gate
from tests.builders import defined, observed, raw_event, target
from tests.unit.ingest_front_door import (
    BATCH,
    LINES,
    LONE,
    NOW,
    FrontDoor,
    batch,
    changed,
    entity,
)

MIB = 1024 * 1024


@pytest.fixture
def door():
    with FrontDoor() as made:
        made.set_out()
        yield made


def test_an_accepted_event_is_in_the_log_with_its_receipt_before_the_answer(door):
    answer = door.post(observed())
    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["content-type"] == "application/json"
    assert body == {
        "receipt": body["receipt"],
        "received": 1,
        "accepted": 1,
        "duplicate": 0,
        "rejected": 0,
        "events": [{"id": "e-1", "verdict": "accepted"}],
    }
    line = door.lines("events")[-1]
    assert line["receipt"] == body["receipt"]
    assert line["department"] == "stats"
    assert line["receivedtime"] == "2026-01-02T03:04:05Z"
    assert (line["canonicalvalue"], line["canonicalunit"]) == ("41.5", "万辆")
    books = door.lines("receipts")[-1]
    assert (books["receipt"], books["accepted"]) == (body["receipt"], 1)


def test_good_events_are_kept_beside_bad_ones_and_every_count_adds_up(door):
    door.post(observed(id="b"))
    sent = batch(
        observed(id="a"), observed(id="b"), observed(id="c", indicator="nobody_knows"), b'{"id":7}'
    )
    answer = door.post(sent, BATCH)
    body = answer.json()
    assert answer.status_code == 202
    assert [body[k] for k in ("received", "accepted", "duplicate", "rejected")] == [4, 1, 1, 2]
    a, b, c, d = body["events"]
    assert a == {"id": "a", "verdict": "accepted"}
    assert b == {"id": "b", "verdict": "duplicate"}
    assert (c["id"], c["code"]) == ("c", "unknown_indicator")
    assert c["field"] == "2.data.indicator"
    assert set(c["message"]) == {"zh", "en"}
    assert (d["index"], d["verdict"]) == (3, "rejected")
    assert "id" not in d
    kept = door.lines("events.rejected")[-2:]
    assert [(k["index"], k["code"], k["field"]) for k in kept][0] == (
        2,
        "unknown_indicator",
        "data.indicator",
    )
    assert kept[1]["raw"] == '{"id":7}'


def test_a_request_without_any_acceptable_event_is_422_with_the_same_members(door):
    answer = door.post(observed(unit="万吨"))
    body = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["rejected"] == 1
    assert body["events"][0]["code"] == "unit_mismatch"
    assert body["events"][0]["field"] == "data.unit"
    assert body["type"] == "urn:pacekeeper:problem:none_acceptable"
    assert body["message"] == body["events"][0]["message"]


def test_a_request_of_duplicates_only_is_202(door):
    door.post(observed())
    answer = door.post(observed())
    assert (answer.status_code, answer.json()["duplicate"]) == (202, 1)


def test_the_same_content_spelt_differently_is_a_duplicate(door):
    door.post(observed("41.5"))
    answer = door.post(observed("41.50", scope=""))
    assert answer.json()["events"] == [{"id": "e-1", "verdict": "duplicate"}]


def test_a_lone_conflicting_event_is_409_and_in_the_books(door):
    door.post(observed("41.5"))
    answer = door.post(observed("42"))
    assert answer.status_code == 409
    assert answer.json()["events"][0]["code"] == "conflict"
    assert door.lines("events.rejected")[-1]["code"] == "conflict"


def test_within_one_request_a_repeat_is_a_duplicate_and_other_content_a_conflict(door):
    sent = b"\n".join([observed("1"), observed("1"), observed("2")])
    verdicts = door.post(sent, LINES).json()["events"]
    assert [v["verdict"] for v in verdicts] == ["accepted", "duplicate", "rejected"]
    assert verdicts[2]["code"] == "conflict"


def test_a_recordedtime_given_or_defaulted_to_the_same_time_is_the_same_content(door):
    door.post(observed(time="2024-07-10T09:00:00+08:00"))
    again = observed(time="2024-07-10T09:00:00+08:00", recordedtime="2024-07-10T01:00:00Z")
    assert door.post(again).json()["duplicate"] == 1


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


UNSUPPORTED: list[tuple[str, dict[str, str]]] = [
    ("text/plain", {}),
    ("", {}),
    ("application/json", {}),
    (f"{LONE}; charset=gbk", {}),
    (LONE, {"content-encoding": "br"}),
]


@pytest.mark.parametrize(("kind", "headers"), UNSUPPORTED)
def test_another_kind_of_body_is_415(door, kind, headers):
    answer = door.post(observed(), kind, **{k.replace("-", "_"): v for k, v in headers.items()})
    assert answer.status_code == 415, answer.text


@pytest.mark.parametrize("kind", [LONE, f"{LONE}; charset=UTF-8", f'{LONE};charset="utf-8"; a=b'])
def test_utf_8_may_be_named(door, kind):
    assert door.post(observed(), kind).status_code == 202


def binary(**extra: str) -> dict[str, str]:
    return {
        "ce_specversion": "1.0",
        "ce_id": "e-1",
        "ce_source": "urn:pacekeeper:stats",
        "ce_type": "pacekeeper.metric.observed.v1",
        "ce_time": "2024-07-10T09:00:00+08:00",
    } | extra


def data_of(event: bytes) -> bytes:
    return orjson.dumps(orjson.loads(event)["data"])


def test_binary_mode_carries_the_same_event(door):
    answer = door.post(data_of(observed()), "application/json", **binary())
    assert answer.status_code == 202, answer.text
    assert door.post(observed()).json()["duplicate"] == 1


def test_binary_attributes_are_percent_decoded(door):
    answer = door.post(data_of(observed()), "application/json", **binary(ce_id="%E5%B8%B81"))
    assert answer.json()["events"] == [{"id": "常1", "verdict": "accepted"}]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b'{},"id":"x"', binary(), 400),
        (b"", binary(), 400),
        (b"{}", binary(ce_id="%FF"), 400),
        (b"{}", {"ce_id": "1"}, 422),
        (data_of(observed()), binary(ce_data="1"), 422),
        (data_of(observed()), binary(ce_colour="red"), 422),
    ],
)
def test_a_broken_binary_event_is_refused(door, body, headers, status):
    assert door.post(body, "application/json", **headers).status_code == status


def test_a_binary_attribute_twice_is_refused(door):
    headers = [("authorization", "Bearer an-administrators-key"), ("ce-id", "1"), ("ce-id", "2")]
    request = door._client.post(
        "/v1/events", content=b"{}", headers=[*headers, ("content-type", "application/json")]
    )
    answer = door._runner.run(request)
    assert (answer.status_code, answer.json()["rejected"]) == (400, 1)


def packed(raw: bytes) -> dict[str, Any]:
    return {"content": gzip.compress(raw), "content_encoding": "gzip"}


def test_gzip_is_unpacked(door):
    assert door.post(**packed(observed())).status_code == 202
    two = gzip.compress(observed(id="a") + b"\n") + gzip.compress(observed(id="b"))
    body = door.post(two, LINES, content_encoding="gzip").json()
    assert body["accepted"] == 2


def test_a_gzip_bomb_is_413_without_being_unpacked(door):
    answer = door.post(**packed(b" " * (9 * MIB)))
    assert answer.status_code == 413
    many = gzip.compress(b" " * (5 * MIB)) * 2
    assert door.post(many, LONE, content_encoding="gzip").status_code == 413


@pytest.mark.parametrize(
    "wire", [b"plain", gzip.compress(observed())[:-4], gzip.compress(observed()) + b"rest"]
)
def test_broken_gzip_is_400(door, wire):
    assert door.post(wire, LONE, content_encoding="gzip").status_code == 400


def test_without_a_live_key_nothing_is_read_or_kept(door):
    before = len(door.lines("receipts"))
    for key in (None, "nonsense", "pk_1_2", ""):
        answer = door.post(b"{", key=key)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    basic = door.call("POST", "/v1/events", key=None, headers={"authorization": "Basic x"})
    assert basic.status_code == 401
    assert len(door.lines("receipts")) == before


def test_a_key_without_the_scope_is_403_and_not_kept(door):
    key = door.key("read", "define")
    before = len(door.lines("receipts"))
    answer = door.post(observed(), key=key)
    assert answer.status_code == 403
    assert "observe" in answer.json()["message"]["en"]
    assert len(door.lines("receipts")) == before


def test_a_key_with_the_scope_of_some_events_has_the_others_refused(door):
    key = door.key("observe")
    body = door.post(batch(observed(), defined(name_en="New")), BATCH, key=key).json()
    assert body["accepted"] == 1
    assert (body["events"][1]["code"], body["events"][1]["field"]) == ("not_owner", "1.type")


def test_a_department_speaks_only_for_itself_and_what_it_owns(door):
    stranger = door.key("observe", department="czgxj")
    verdict = door.post(observed(), key=stranger).json()["events"][0]
    assert (verdict["code"], verdict["field"]) == ("wrong_source", "source")
    own_name = observed(source="urn:pacekeeper:czgxj")
    verdict = door.post(own_name, key=stranger).json()["events"][0]
    assert (verdict["code"], verdict["field"]) == ("not_owner", "data.indicator")
    assert door.post(changed(defined(granted=["czgxj"]), id="grant")).status_code == 202
    assert door.post(own_name, key=stranger).status_code == 202


def test_a_foreign_department_cannot_find_out_what_others_sent(door):
    door.post(observed())
    stranger = door.key("observe", department="czgxj")
    assert door.post(observed(), key=stranger).json()["events"][0]["code"] == "wrong_source"


def test_definitions_count_for_what_follows_them_in_the_request(door):
    sent = [
        entity("liyang"),
        changed(defined(indicator="solar"), id="d"),
        observed(id="o", indicator="solar", entity="liyang"),
        target(target="solar-2024", indicator="solar", entity="liyang"),
    ]
    body = door.post(batch(*sent), BATCH).json()
    assert body["accepted"] == 4, body
    backwards = [observed(id="p", indicator="wind"), changed(defined(indicator="wind"), id="w")]
    body = door.post(batch(*backwards), BATCH).json()
    assert [v["verdict"] for v in body["events"]] == ["rejected", "accepted"]


def test_a_definition_sent_again_is_accepted_under_any_id(door):
    before = len(door.log.records["catalogue"])
    answer = door.post(changed(defined(), id="again"))
    assert answer.json()["accepted"] == 1
    assert len(door.log.records["catalogue"]) == before


def test_once_observed_the_kind_of_unit_and_the_measure_stay(door):
    assert door.post(changed(defined(unit="吨"), id="d2")).status_code == 202
    assert door.post(changed(defined(), id="d3")).status_code == 202
    door.post(observed())
    for raw, field in (
        (defined(unit="吨"), "data.unit"),
        (defined(measure="stock"), "data.measure"),
    ):
        verdict = door.post(changed(raw, id=f"d4-{field}")).json()["events"][0]
        assert (verdict["code"], verdict["field"]) == ("definition_conflict", field)
    assert door.post(changed(defined(unit="辆"), id="d5")).status_code == 202


def test_what_the_tables_have_observed_counts_as_well(door):
    door.books.indicators.add("vehicle_output")
    verdict = door.post(changed(defined(unit="吨"), id="d2")).json()["events"][0]
    assert verdict["code"] == "definition_conflict"


def test_a_version_of_a_target_is_set_once(door):
    assert door.post(target()).status_code == 202
    assert door.post(changed(target(), id="same")).status_code == 202
    other = changed(target(lead="czgxj"), id="other")
    verdict = door.post(other).json()["events"][0]
    assert (verdict["code"], verdict["field"]) == ("definition_conflict", "data.version")


def test_an_administrators_request_is_in_the_books_of_the_one_department_it_speaks_for(door):
    door.post(observed())
    assert door.lines("receipts")[-1]["department"] == "stats"
    door.post(batch(observed(id="a"), observed(id="b", source="urn:pacekeeper:czgxj")), BATCH)
    assert door.lines("receipts")[-1]["department"] == "admin"
    departments = [line["department"] for line in door.lines("events")[-2:]]
    assert sorted(departments) == ["czgxj", "stats"]


def test_when_the_broker_is_away_nothing_is_promised(door):
    door.log.away = True
    for body in (observed(), changed(defined(), id="d"), b"{"):
        answer = door.post(body)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    door.log.away = False
    assert door.post(observed()).json()["accepted"] == 1


def test_another_method_is_405(door):
    answer = door.call("GET", "/v1/events")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_too_much_in_flight_is_429():
    with FrontDoor(Gate(requests=0)) as door:
        answer = door.post(observed())
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    with FrontDoor(Gate(size=10)) as door:
        assert door.post(observed()).status_code == 429


def test_room_is_given_back(door):
    with FrontDoor(Gate(requests=1)) as narrow:
        narrow.set_out()
        for index in range(3):
            assert narrow.post(observed(id=str(index))).status_code == 202


def asgi(door: FrontDoor, messages: list[dict[str, Any]], *headers: tuple[bytes, bytes]):
    """Speak ASGI to the hot route; when the messages are used up, nothing more arrives."""
    sent: list[Any] = []

    async def receive():
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/events",
        "headers": [
            (b"authorization", b"Bearer an-administrators-key"),
            (b"content-type", LONE.encode()),
            *headers,
        ],
    }
    door.app.events.body_seconds = 0.05
    door._runner.run(door.app(scope, receive, send))
    return sent[0]["status"], orjson.loads(sent[1]["body"])


def test_a_body_that_does_not_arrive_is_408(door):
    part = {"type": "http.request", "body": b"{", "more_body": True}
    status, problem = asgi(door, [part])
    assert (status, problem["type"]) == (408, "urn:pacekeeper:problem:too_slow")


def test_a_body_in_parts_is_put_together(door):
    raw = observed()
    parts = [
        {"type": "http.request", "body": raw[:50], "more_body": True},
        {"type": "http.request", "body": raw[50:], "more_body": False},
    ]
    assert asgi(door, parts)[0] == 202


def test_a_connection_lost_in_the_body_takes_nothing(door):
    before = len(door.lines("receipts"))
    parts = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert asgi(door, parts)[0] == 400
    assert len(door.lines("receipts")) == before


def test_an_announced_length_over_the_limit_is_413_without_reading_it(door):
    lengths = ((b"content-length", b"2000000"), (b"expect", b"100-continue"))
    assert asgi(door, [], *lengths)[0] == 413


def test_an_endless_body_is_not_read_to_its_end(door):
    part = {"type": "http.request", "body": b" " * MIB, "more_body": True}
    messages = [dict(part) for _ in range(30)]
    assert asgi(door, messages)[0] == 413
    assert len(messages) > 15


def test_a_length_that_is_none_is_400(door):
    assert asgi(door, [], (b"content-length", b"-1"))[0] == 400


def test_an_error_of_ours_shows_nothing_of_it(door, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("services.ingest.plain.partition", broken)
    answer = door.post(observed())
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_five_minutes_ahead_is_a_clock_and_not_the_future(door):
    ahead = NOW.replace(minute=9, second=5).isoformat()
    assert door.post(observed(time=ahead)).status_code == 202


def test_verdicts_are_counted(door):
    door.post(observed())
    door.post(observed("x", id="bad"))
    text = door.call("GET", "/metrics").text
    assert 'pacekeeper_ingest_events_total{verdict="accepted"} 3.0' in text
    assert 'pacekeeper_ingest_rejects_total{code="bad_value"} 1.0' in text
    assert 'pacekeeper_ingest_requests_total{status="422"} 1.0' in text
    assert "pacekeeper_ingest_ack_seconds_count 3.0" in text


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


def test_a_large_request_takes_turns_and_keeps_its_order(door):
    sent = [observed(id=str(number)) for number in range(250)]
    body = door.post(b"\n".join(sent), LINES).json()
    assert body["accepted"] == 250
    assert [v["id"] for v in body["events"]] == [str(number) for number in range(250)]
    assert len(door.lines("events")) == 252
