"""What is wrong is refused in words, and nothing of it is lost: the real stack's front door."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.builders import defined, observed, raw_event
from tests.stack import RunningStack, eventually

ONE = {"Content-Type": "application/cloudevents+json"}
MANY = {"Content-Type": "application/x-ndjson"}
INDICATOR = "bad_input_output"


@pytest.fixture(scope="module")
def admin(stack: RunningStack) -> Iterator[httpx.Client]:
    """The admin, after an indicator of `stats` and an entity were defined."""
    entity = {"entity": "bad-town", "kind": "town", "name_zh": "镇"}
    with stack.http() as http:
        definitions = [
            defined(indicator=INDICATOR),
            raw_event("entity.defined", entity, id="def-bad-town"),
        ]
        answer = http.post("/v1/events", content=b"\n".join(definitions), headers=MANY)
        assert answer.status_code == 202, answer.text
        yield http


@pytest.fixture(scope="module")
def stranger(stack: RunningStack, admin: httpx.Client) -> Iterator[httpx.Client]:
    """A department that owns nothing."""
    made = admin.post("/v1/keys", json={"department": "others", "scopes": ["observe"]})
    assert made.status_code in (200, 201), made.text
    with stack.http(made.json()["key"]) as http:
        yield http


def good(**changed: Any) -> bytes:
    return observed(**({"indicator": INDICATOR, "entity": "bad-town"} | changed))


CASES = {
    "malformed": (b'{"specversion": "1.0", ', "malformed", ""),
    "unknown_indicator": (good(indicator="nobody_knows", id="b1"), "unknown_indicator", "data.ind"),
    "unknown_entity": (good(entity="nowhere", id="b2"), "unknown_entity", "data.entity"),
    "unit_mismatch": (good(unit="亿元", id="b3"), "unit_mismatch", "data.unit"),
    "precision": (good(value="0.12345678901", id="b4"), "precision", "data.value"),
    "bad_period": (good(period="2024-13", id="b5"), "bad_period", "data.period"),
    "future": (good(time="2099-01-01T00:00:00Z", id="b6"), "future", "time"),
    "missing_field": (raw_event("metric.observed", {}, id="b7"), "missing_field", "data."),
    "control": (
        good(note="a\\u0000b", id="b8").replace(b"\\\\u", b"\\u"),
        "bad_value",
        "data.note",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_refusal_names_the_field_and_the_remedy_and_stands_in_bi_rejected(
    stack: RunningStack, admin: httpx.Client, name: str
) -> None:
    raw, code, field = CASES[name]
    answer = admin.post("/v1/events", content=raw, headers=ONE)
    assert answer.status_code in (400, 422), answer.text
    told = answer.json()
    (event,) = told["events"]
    assert (event["verdict"], event["code"]) == ("rejected", code)
    assert event.get("field", "").startswith(field)
    assert event["message"]["zh"]
    assert event["message"]["en"]
    receipt = told["receipt"]
    rows = eventually(
        lambda: stack.rows(f"SELECT * FROM bi.rejected WHERE receipt = '{receipt}'"), 15, "reject"
    )
    assert (rows[0]["code"], rows[0]["state"]) == (code, "rejected")
    assert rows[0]["raw"]
    assert admin.get(f"/v1/receipts/{receipt}").json()["complete"] is True


def test_a_foreign_department_is_refused(stranger: httpx.Client) -> None:
    own_name = good(id="f1", source="urn:pacekeeper:others")
    answer = stranger.post("/v1/events", content=own_name, headers=ONE)
    assert answer.json()["events"][0]["code"] == "not_owner"
    borrowed = good(id="f2", source="urn:pacekeeper:stats")
    answer = stranger.post("/v1/events", content=borrowed, headers=ONE)
    assert answer.json()["events"][0]["code"] == "wrong_source"


def test_a_good_event_is_kept_beside_a_bad_one(stack: RunningStack, admin: httpx.Client) -> None:
    body = b"\n".join([good(id="kept", scope="beside"), good(id="refused", unit="吨")])
    answer = admin.post("/v1/events", content=body, headers=MANY)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["accepted"], told["rejected"]) == (1, 1)
    eventually(
        lambda: stack.rows("SELECT 1 FROM bi.observations WHERE event_id = 'kept'"), 15, "kept"
    )


def test_a_body_of_two_mebibytes_is_too_large(admin: httpx.Client) -> None:
    answer = admin.post("/v1/events", content=b" " * (2 << 20), headers=ONE)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("key", ["", "nonsense", "é" * 8])
def test_a_bad_key_is_401(stack: RunningStack, key: str) -> None:
    headers = ONE | ({"Authorization": f"Bearer {key}".encode()} if key else {})  # type: ignore[dict-item]
    answer = httpx.post(f"{stack.ingest_url}/v1/events", content=good(), headers=headers)
    assert answer.status_code == 401
    assert "Traceback" not in answer.text


def test_a_key_without_the_scope_is_403(stranger: httpx.Client) -> None:
    answer = stranger.post("/v1/events", content=defined(indicator="x1"), headers=ONE)
    assert answer.status_code == 403


def test_the_same_event_again_is_a_duplicate_and_other_content_a_conflict(
    admin: httpx.Client,
) -> None:
    first = good(id="twice", scope="twice")
    assert admin.post("/v1/events", content=first, headers=ONE).json()["accepted"] == 1
    again = admin.post("/v1/events", content=first, headers=ONE)
    assert (again.status_code, again.json()["duplicate"]) == (202, 1)
    other = admin.post(
        "/v1/events", content=good(value="9", id="twice", scope="twice"), headers=ONE
    )
    assert (other.status_code, other.json()["events"][0]["code"]) == (409, "conflict")


def test_the_books_balance_after_all_this(stack: RunningStack, admin: httpx.Client) -> None:
    assert admin.get("/healthz").status_code == 200

    def balanced() -> bool:
        rows = stack.rows("SELECT sum(abs(difference)) AS d, sum(rejected) AS r FROM bi.ledger")
        return int(rows[0]["d"]) == 0 and int(rows[0]["r"]) >= len(CASES)

    eventually(balanced, 20, "balanced books")
