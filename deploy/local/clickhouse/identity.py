"""Answers who is asking with the account's name: the engine itself knows one user only. Pure."""

from __future__ import annotations

import re

from deploy.local.clickhouse import statement
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import identifier, quoted

_ASKING = frozenset(
    {b"AUTHENTICATEDUSER", b"AUTHUSER", b"CURRENTUSER", b"CURRENT_USER", b"SESSION_USER", b"USER"}
)
# What stands before a statement and behind it.
_BEYOND = statement.Token("nothing", b"", 0, 0, 0)
_READS = frozenset({"SELECT", "WITH", "FROM"})
_GRANTS = re.compile(
    rb"\s*SHOW\s+(GRANTS(?:\s+FOR\s+(?:CURRENT_USER(?:\(\))?|(?P<name>\w+)))?)"
    rb"(?P<rest>\s+FORMAT\s+\w+)?\s*;?\s*\Z",
    re.IGNORECASE,
)


def personal(text: bytes, account: Account) -> bytes:
    """The statement with `currentUser()` and, for a reader, SHOW GRANTS put into its words."""
    if account.guarded and (asked := _GRANTS.match(text)):
        name = (asked["name"] or account.name.encode()).decode()
        if name == account.name:
            return _grants(account, asked[1].decode()) + (asked["rest"] or b"")
    if b"user" not in text.lower() or statement.first_word(text) not in _READS:
        return text
    return _with_name(text, account)


def _grants(account: Account, title: str) -> bytes:
    grants = (
        f"GRANT SELECT ON {database}.* TO {account.name}"
        for database in ("bi", "information_schema")
    )
    lines = ", ".join(map(quoted, grants))
    return f"SELECT arrayJoin([{lines}]) AS {identifier(title)}".encode()


def _with_name(text: bytes, account: Account) -> bytes:
    """Calls of `currentUser()` become the name, and columns keep being called after the call."""
    found = [*statement.tokens(text), *[_BEYOND] * 4]
    pieces, done = [], 0
    for before, name, opening, closing, after in zip(
        [_BEYOND, *found], found, found[1:], found[2:], found[3:], strict=False
    ):
        called = opening.text == b"(" and closing.text == b")"
        if name.upper not in _ASKING or not called or before.text == b".":
            continue
        value = quoted(account.name)
        if after.upper != b"AS":
            call = text[name.start : closing.end].decode("utf-8", "surrogateescape")
            value = f"({value} AS {identifier(call)})"
        pieces += [text[done : name.start], value.encode("utf-8", "surrogateescape")]
        done = closing.end
    return b"".join([*pieces, text[done:]])
