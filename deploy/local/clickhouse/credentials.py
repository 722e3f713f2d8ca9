"""Who a request says it is: headers, Basic, or the URL, never two of them at once. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.local.clickhouse.errors import DatabaseError

_HEADERS = "X-ClickHouse HTTP headers"
_BASIC = "Authorization HTTP header"
_URL = "authentication via parameters"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a client says it is."""

    user: str
    password: str = field(repr=False)


def read_credentials(fields: Mapping[str, str], headers: Mapping[str, bytes]) -> Credentials:
    """The credentials of a request; raises 516 for none that a server would look at."""
    user, key = _text(headers, "x-clickhouse-user"), _text(headers, "x-clickhouse-key")
    authorization = headers.get("authorization", b"")
    # A browser's own header is told to be ignored by this word.
    basic = bool(authorization) and authorization != b"never"
    in_url = "user" in fields or "password" in fields
    if user or key:
        _only(_HEADERS, {_BASIC: basic, _URL: in_url})
        return _named(user, key, _HEADERS)
    if basic:
        _only(_BASIC, {_URL: in_url})
        return _named(*_decoded(authorization), _BASIC)
    return _named(fields.get("user", "default"), fields.get("password", ""), _URL)


def _only(used: str, others: Mapping[str, bool]) -> None:
    for other, present in others.items():
        if present:
            raise DatabaseError(
                516,
                f"Invalid authentication: it is not allowed to use {used} and {other} "
                "simultaneously",
            )


def _decoded(authorization: bytes) -> tuple[str, str]:
    scheme, _, secret = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        raise DatabaseError(
            516,
            f"Invalid authentication: '{scheme.decode('latin-1')}' HTTP Authorization scheme "
            "is not supported",
        )
    try:
        user, _, password = base64.b64decode(secret.strip(), validate=True).partition(b":")
    except binascii.Error as error:
        raise DatabaseError(516, "Invalid HTTP Basic authorization header") from error
    return user.decode("utf-8", "replace"), password.decode("utf-8", "replace")


def _named(user: str, password: str, way: str) -> Credentials:
    if not user:
        raise DatabaseError(516, f"Got an empty user name from {way}")
    return Credentials(user, password)


def _text(headers: Mapping[str, bytes], name: str) -> str:
    return headers.get(name, b"").decode("utf-8", "replace")
