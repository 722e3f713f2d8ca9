"""What can go wrong with a query, as ClickHouse numbers, names and words it.

DatabaseError            a query failed or was refused: number, name and text of ClickHouse
BrokenBodyError          the client went away, or its body ended early: nobody is left to answer
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

NAMES = {
    6: "CANNOT_PARSE_TEXT",
    62: "SYNTAX_ERROR",
    73: "UNKNOWN_FORMAT",
    115: "UNKNOWN_SETTING",
    159: "TIMEOUT_EXCEEDED",
    164: "READONLY",
    192: "UNKNOWN_USER",
    193: "WRONG_PASSWORD",
    194: "REQUIRED_PASSWORD",
    202: "TOO_MANY_SIMULTANEOUS_QUERIES",
    241: "MEMORY_LIMIT_EXCEEDED",
    243: "NOT_ENOUGH_SPACE",
    261: "UNKNOWN_BLOCK_INFO_FIELD",
    271: "CANNOT_DECOMPRESS",
    344: "SUPPORT_IS_DISABLED",
    372: "SESSION_NOT_FOUND",
    373: "SESSION_IS_LOCKED",
    394: "QUERY_WAS_CANCELLED",
    452: "SETTING_CONSTRAINT_VIOLATION",
    497: "ACCESS_DENIED",
    511: "UNKNOWN_ROLE",
    516: "AUTHENTICATION_FAILED",
}

# 429, 503 and 504 are never used for a query's error, because clients repeat a request on them.
_STATUS = (
    dict.fromkeys((6, 26, 27, 36, 38, 41, 53, 62, 69, 72, 261, 271, 372, 373, 457), 400)
    | dict.fromkeys((46, 47, 50, 60, 63, 73, 81, 115), 404)
    | dict.fromkeys((164, 192, 193, 452, 497, 511, 516), 403)
    | {194: 401, 48: 501}
)

_ENGINE_MESSAGE = re.compile(r"Code: (\d+)\. (?:DB::)*Exception: (.*)", re.DOTALL)
_NAME_AT_END = re.compile(r"\s*\(([A-Z][A-Z0-9_]+)\)\s*$")
# Where the data of an insert wait is nothing that a client could look up.
_OUR_FILE = re.compile(r":? *\(in file/uri /dev/fd/\d+\)")
_VERSION_AT_END = re.compile(r"\s*\(version [^)]*(?:\([^)]*\))?\)\s*$")


@dataclass(eq=False)
class DatabaseError(Exception):
    """A query failed or was refused; `code` and `name` are ClickHouse's own."""

    code: int
    text: str
    name: str = ""

    def __str__(self) -> str:
        return f"Code: {self.code}. DB::Exception: {self.text} ({self.label})"

    @property
    def label(self) -> str:
        return self.name or NAMES.get(self.code, "UNKNOWN_EXCEPTION")

    @property
    def status(self) -> int:
        return _STATUS.get(self.code, 500)

    def body(self, version: str) -> str:
        """The text a ClickHouse server of this version sends."""
        return f"{self} (version {version} (official build))\n"


class BrokenBodyError(Exception):
    """The request body ended before its end was announced, or the client is gone."""


def from_engine(message: str) -> DatabaseError:
    """Read the engine's message; what stands before its first "Code:" is not ClickHouse's."""
    found = _ENGINE_MESSAGE.search(message)
    if found is None:
        return DatabaseError(1001, message, "STD_EXCEPTION")
    text = _OUR_FILE.sub("", _VERSION_AT_END.sub("", found[2]))
    name = _NAME_AT_END.search(text)
    text = _NAME_AT_END.sub("", text)
    if text.startswith(f"Code: {found[1]}. "):
        # The engine now and then wraps an error into itself: the innermost says it all.
        return from_engine(text.removesuffix("."))
    return DatabaseError(int(found[1]), text, name[1] if name else "")


@contextmanager
def room() -> Iterator[None]:
    """A disk without room for what a request needs, as ClickHouse says it."""
    try:
        yield
    except OSError as error:
        raise DatabaseError(243, f"Cannot keep what is sent: {error.strerror}") from error
