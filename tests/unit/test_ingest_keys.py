"""The key ring: what opens, what does not, and what it makes of odd records."""

import threading
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from schemas.records.keys import ApiKey
from services.ingest.keys import KeyRing
from services.runtime.errors import AwayError
from services.runtime.kafka import Record

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ring(admin: str = "admin") -> KeyRing:
    return KeyRing(admin, lambda: NOW)


def record(key_id: str, value: bytes | None) -> Record:
    return Record("keys", 0, 0, 0, key_id.encode(), value)


def kept(key: str, key_id: str = "1", **changed: object) -> bytes:
    fields = {
        "key_id": key_id,
        "department": "stats",
        "scopes": ("observe",),
        "sha256": sha256(key.encode()).hexdigest(),
        "created_at": NOW,
    }
    return ApiKey.model_validate(fields | changed).model_dump_json().encode()


@pytest.mark.parametrize(
    "header",
    [b"", b"Bearer", b"Bearer ", b"Basic admin", b"admin", b"Bearer pk_2_x", b"Bearer pk_1_y"],
)
def test_what_opens_nothing(header):
    keys = ring()
    keys.apply(record("1", kept("pk_1_x")))
    assert keys.authenticate(header) is None


def test_a_key_opens_for_its_department():
    keys = ring()
    keys.apply(record("1", kept("pk_1_x")))
    for header in (b"Bearer pk_1_x", b"bearer  pk_1_x "):
        sender = keys.authenticate(header)
        assert sender is not None
        assert (sender.department, set(sender.scopes)) == ("stats", {"observe"})


def test_without_an_admin_key_nobody_is_administrator():
    assert ring("").authenticate(b"Bearer ") is None
    sender = ring("x").authenticate(b"Bearer x")
    assert sender is not None
    assert sender.is_admin


def test_a_revoked_key_opens_nothing():
    keys = ring()
    keys.apply(record("1", kept("pk_1_x")))
    keys.apply(record("1", None))
    keys.apply(record("2", b""))
    assert keys.authenticate(b"Bearer pk_1_x") is None
    assert keys.all() == []


@pytest.mark.parametrize(
    "value",
    [b"{", kept("pk_1_x", scopes=("fly",)), kept("pk_1_x", sha256="zz")],
)
def test_an_unreadable_record_leaves_the_ring_as_it_was(value):
    keys = ring()
    keys.apply(record("1", kept("pk_1_x")))
    keys.apply(record("1", value))
    assert keys.authenticate(b"Bearer pk_1_x") is not None


def test_until_the_keys_are_read_only_the_admin_key_is_judged():
    keys, ready = ring(), threading.Event()
    keys.wait_for(ready)
    assert keys.authenticate(b"Bearer admin") is not None
    with pytest.raises(AwayError):
        keys.authenticate(b"Bearer pk_1_x")
    with pytest.raises(AwayError):
        keys.all()
    ready.set()
    assert keys.authenticate(b"Bearer pk_1_x") is None
