"""POST /v1/events through the front door: which status, which code, what is kept."""

from services.ingest.gate import Gate
from tests.builders import defined, observed
from tests.unit.ingest_front_door import (
    BATCH,
    LINES,
    FrontDoor,
    batch,
    changed,
)


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


def test_an_error_of_ours_shows_nothing_of_it(door, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("services.ingest.plain.partition", broken)
    answer = door.post(observed())
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_verdicts_are_counted(door):
    door.post(observed())
    door.post(observed("x", id="bad"))
    text = door.call("GET", "/metrics").text
    assert 'pacekeeper_ingest_events_total{verdict="accepted"} 3.0' in text
    assert 'pacekeeper_ingest_rejects_total{code="bad_value"} 1.0' in text
    assert 'pacekeeper_ingest_requests_total{status="422"} 1.0' in text
    assert "pacekeeper_ingest_ack_seconds_count 3.0" in text


def test_a_large_request_takes_turns_and_keeps_its_order(door):
    sent = [observed(id=str(number)) for number in range(250)]
    body = door.post(b"\n".join(sent), LINES).json()
    assert body["accepted"] == 250
    assert [v["id"] for v in body["events"]] == [str(number) for number in range(250)]
    assert len(door.lines("events")) == 252
