"""Bodies as they arrive at the door: kinds, binary mode, gzip, in parts, too long, never whole."""

import asyncio
import gzip
from typing import Any

import orjson
import pytest

from tests.builders import observed
from tests.unit.ingest_front_door import (
    LINES,
    LONE,
    FrontDoor,
)

MIB = 1024 * 1024
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
