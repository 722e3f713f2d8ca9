"""Who may say what at the door: keys, scopes, departments and what they own."""

from tests.builders import defined, observed
from tests.unit.ingest_front_door import (
    BATCH,
    batch,
    changed,
)


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


def test_an_administrators_request_is_in_the_books_of_the_one_department_it_speaks_for(door):
    door.post(observed())
    assert door.lines("receipts")[-1]["department"] == "stats"
    door.post(batch(observed(id="a"), observed(id="b", source="urn:pacekeeper:czgxj")), BATCH)
    assert door.lines("receipts")[-1]["department"] == "admin"
    departments = [line["department"] for line in door.lines("events")[-2:]]
    assert sorted(departments) == ["czgxj", "stats"]
