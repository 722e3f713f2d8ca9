"""API keys through the front door: made, listed, expired, revoked."""

from datetime import UTC, datetime

import pytest

from tests.builders import observed


def test_a_key_is_told_once_and_kept_hashed(door):
    wanted = {"department": "stats", "scopes": ["observe", "read", "observe"]}
    made = door.call("POST", "/v1/keys", json=wanted)
    key = made.json()["key"]
    assert made.status_code == 201
    assert made.json()["scopes"] == ["observe", "read"]
    listed = door.call("GET", "/v1/keys")
    assert [k["key_id"] for k in listed.json()["keys"]] == [made.json()["key_id"]]
    assert "key" not in listed.json()["keys"][0]
    secret = key.rsplit("_", 1)[1]
    assert secret not in listed.text
    assert all(secret.encode() not in (r.value or b"") for r in door.log.records["keys"])


def test_two_keys_of_a_department_live_at_once_until_one_is_revoked(door):
    old, new = door.key("observe"), door.key("observe")
    assert door.post(observed(id="1"), key=old).status_code == 202
    assert door.post(observed(id="2"), key=new).status_code == 202
    old_id = old.split("_")[1]
    assert door.call("DELETE", f"/v1/keys/{old_id}").status_code == 204
    assert door.post(observed(id="3"), key=old).status_code == 401
    assert door.post(observed(id="4"), key=new).status_code == 202
    assert door.call("DELETE", f"/v1/keys/{old_id}").status_code == 404


def test_a_key_ends_with_its_last_day_in_shanghai(door):
    key = door.key("observe", expires="2026-01-03")
    door.now = datetime(2026, 1, 3, 15, 59, 59, tzinfo=UTC)
    assert door.post(observed(id="1"), key=key).status_code == 202
    door.now = datetime(2026, 1, 3, 16, 0, 0, tzinfo=UTC)
    assert door.post(observed(id="2"), key=key).status_code == 401


def test_a_key_ends_at_a_moment(door):
    key = door.key("observe", expires="2026-01-03T00:00:00Z")
    door.now = datetime(2026, 1, 3, tzinfo=UTC)
    assert door.post(observed(), key=key).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, None),
        (b"{}", 422, "department"),
        (b'{"department":"Stats","scopes":["observe"]}', 422, "department"),
        (b'{"department":"stats","scopes":[]}', 422, "scopes"),
        (b'{"department":"stats","scopes":["fly"]}', 422, "scopes.0"),
        (b'{"department":"stats","scopes":["read"],"colour":"red"}', 422, "colour"),
        (b'{"department":"stats","scopes":["read"],"expires":"2020-01-01"}', 422, None),
        (b" " * (1024 * 1024 + 1), 413, None),
    ],
)
def test_a_bad_wish_for_a_key(door, body, status, field):
    answer = door.call("POST", "/v1/keys", body)
    assert answer.status_code == status, answer.text
    assert answer.json().get("field") == field
    assert door.call("GET", "/v1/keys").json() == {"keys": []}


def test_only_administrators_handle_keys(door):
    key = door.key("observe", "define", "target", "command", "read")
    for method, path in (("POST", "/v1/keys"), ("GET", "/v1/keys"), ("DELETE", "/v1/keys/x")):
        assert door.call(method, path, key=key).status_code == 403
        assert door.call(method, path, key=None).status_code == 401


def test_a_key_of_scope_admin_may_everything_for_everybody(door):
    key = door.key("admin", department="office")
    assert door.call("GET", "/v1/keys", key=key).status_code == 200
    assert door.post(observed(), key=key).status_code == 202


def test_while_the_broker_is_away_no_key_is_promised(door):
    door.log.away = True
    wanted = {"department": "stats", "scopes": ["read"]}
    assert door.call("POST", "/v1/keys", json=wanted).status_code == 503


def test_a_key_that_is_not_read_back_is_not_promised(door, monkeypatch):
    monkeypatch.setattr("services.ingest.ports.MemoryFollowed.wait_for", lambda *_: False)
    wanted = {"department": "stats", "scopes": ["read"]}
    assert door.call("POST", "/v1/keys", json=wanted).status_code == 503
