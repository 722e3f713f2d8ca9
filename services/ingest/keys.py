"""API keys: shown once, kept hashed, live until they expire or are revoked.

A key is `pk_<key id>_<secret>` with 256 random bits, so one round of SHA-256 is enough. Any number
of a department's keys may live at once: a new one is handed out before the old one is revoked.
"""

import asyncio
import hmac
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256

from pydantic import ValidationError

from schemas import topics
from schemas.answers import Scope
from schemas.records.keys import ApiKey
from services.ingest.ports import Followed
from services.ingest.publish import Publisher
from services.ingest.sender import Sender
from services.runtime import logs
from services.runtime.errors import AwayError
from services.runtime.kafka import Record

READ_BACK_SECONDS = 2.0
_ADMIN = Sender("admin", frozenset(Scope))
_NOBODY = b"\0" * 32
log = logs.get("keys")


def _hash(key: bytes) -> bytes:
    return sha256(key).digest()


class KeyRing:
    """The keys that live. `apply` runs in the follower's thread."""

    def __init__(self, admin_key: str, clock: Callable[[], datetime]) -> None:
        self._admin = _hash(admin_key.encode()) if admin_key else None
        self._clock = clock
        self._keys: dict[str, tuple[bytes, Sender, ApiKey]] = {}
        self._ready: threading.Event | None = None

    def wait_for(self, ready: threading.Event) -> None:
        """Until this is set the ring may lack keys, and a key that is not on it may be good."""
        self._ready = ready

    def apply(self, record: Record) -> None:
        """Take the next record of the topic; an empty one revokes."""
        key_id = (record.key or b"").decode("utf-8", "replace")
        if not record.value:
            self._keys.pop(key_id, None)
            return
        try:
            kept = ApiKey.model_validate_json(record.value)
            scopes = frozenset(map(Scope, kept.scopes))
            hashed = bytes.fromhex(kept.sha256)
        except (ValidationError, ValueError) as error:
            log.error("key_record_unreadable", offset=record.offset, error=str(error))
            return
        self._keys[key_id] = (hashed, Sender(kept.department, scopes), kept)

    def authenticate(self, authorization: bytes) -> Sender | None:
        """Who holds the key of an Authorization header; None for whatever is no live key.

        AwayError while the keys have not been read to their end.
        """
        kind, _, key = authorization.partition(b" ")
        key = key.strip()
        if kind.lower() != b"bearer" or not key:
            return None
        given = _hash(key)
        if self._admin is not None and hmac.compare_digest(given, self._admin):
            return _ADMIN
        self._refuse_if_behind()
        _, _, rest = key.partition(b"_")
        key_id = rest.partition(b"_")[0].decode("latin-1")
        found = self._keys.get(key_id)
        # An unknown id is compared as well, so that time does not tell which ids exist.
        good = hmac.compare_digest(given, found[0] if found else _NOBODY)
        if found is None or not good or self._over(found[2]):
            return None
        return found[1]

    def _refuse_if_behind(self) -> None:
        if self._ready is not None and not self._ready.is_set():
            raise AwayError("the keys are not read to their end yet")

    def _over(self, kept: ApiKey) -> bool:
        return kept.expires_at is not None and kept.expires_at <= self._clock()

    def get(self, key_id: str) -> ApiKey | None:
        """One key as it is kept."""
        self._refuse_if_behind()
        found = self._keys.get(key_id)
        return found[2] if found else None

    def all(self) -> Sequence[ApiKey]:
        """Every key that was not revoked, oldest first."""
        self._refuse_if_behind()
        return sorted((k for _, _, k in self._keys.values()), key=lambda k: k.created_at)


class KeyCutter:
    """Makes and revokes keys; done when this process has read it back."""

    def __init__(
        self, publisher: Publisher, followed: Followed, clock: Callable[[], datetime]
    ) -> None:
        self._publisher = publisher
        self._followed = followed
        self._clock = clock

    async def cut(
        self, department: str, scopes: Sequence[Scope], expires_at: datetime | None
    ) -> tuple[ApiKey, str]:
        """A new key: what is kept of it, and the key itself, which is nowhere else."""
        key_id = secrets.token_hex(8)
        key = f"pk_{key_id}_{secrets.token_urlsafe(32)}"
        kept = ApiKey(
            key_id=key_id,
            department=department,
            scopes=tuple(sorted(set(scopes))),
            sha256=_hash(key.encode()).hex(),
            created_at=self._clock(),
            expires_at=expires_at,
        )
        await self._write(key_id, kept.model_dump_json().encode())
        return kept, key

    async def revoke(self, key_id: str) -> None:
        """From now on the key opens nothing here, and soon nowhere."""
        await self._write(key_id, None)

    async def _write(self, key_id: str, value: bytes | None) -> None:
        position = await self._publisher.append(topics.KEYS, value, key_id.encode(), 0)
        back = await asyncio.to_thread(self._followed.wait_for, position.offset, READ_BACK_SECONDS)
        if not back:
            raise AwayError("the keys were not read back in time")
