"""Passwords as they are kept: scrypt with a salt each, which takes some 50 ms and 16 MiB to try."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_COST, _BLOCK, _LANES = 1 << 14, 8, 1
_SALT_BYTES = 16


def new_password() -> str:
    """One that nobody has to remember."""
    return secrets.token_urlsafe(24)


def hashed(password: str) -> str:
    """What may be kept of a password: `scrypt$n$r$p$salt$digest`."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _scrypt(password, salt, _COST, _BLOCK, _LANES)
    parts = [str(_COST), str(_BLOCK), str(_LANES), _encoded(salt), _encoded(digest)]
    return "$".join(["scrypt", *parts])


def matches(password: str, kept: str) -> bool:
    """Whether this is the password; False for what was not written by `hashed`."""
    try:
        kind, cost, block, lanes, salt, digest = kept.split("$")
        found = _scrypt(password, _decoded(salt), int(cost), int(block), int(lanes))
        return kind == "scrypt" and hmac.compare_digest(found, _decoded(digest))
    except ValueError:
        return False


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    secret = password.encode("utf-8", "surrogateescape")
    memory = 256 * cost * block * lanes
    return hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=lanes, maxmem=memory, dklen=32)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
