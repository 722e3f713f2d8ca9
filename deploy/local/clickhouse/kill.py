"""KILL QUERY by the ids that clients gave, which the engine knows as a query's log_comment. Pure.

The engine gives every query an id of its own and runs all of them as one user; `account/query_id`
stands in the query's log_comment instead.
"""

from __future__ import annotations

from deploy.local.clickhouse import statement
from deploy.local.clickhouse.statement import Token

_COMMENT = b"Settings['log_comment']"
_ID = b"substring(" + _COMMENT + b", position(" + _COMMENT + b", '/') + 1)"
_USER = b"substring(" + _COMMENT + b", 1, position(" + _COMMENT + b", '/') - 1)"
_MEANING = {
    b"query_id": _ID,
    b"initial_query_id": _ID,
    b"user": _USER,
    b"initial_user": _USER,
}
_MODES = (b"SYNC", b"ASYNC", b"TEST")


def is_kill(text: bytes) -> bool:
    """Is it a KILL QUERY, rather than a KILL MUTATION or anything else?"""
    words = [token.upper for token, _ in zip(statement.tokens(text), range(2), strict=False)]
    return words == [b"KILL", b"QUERY"]


def by_comment(text: bytes) -> bytes:
    """The statement with the columns of ids and users replaced by what the comment says."""
    pieces, done = [], 0
    for token in statement.tokens(text):
        meaning = _MEANING.get(_bare(token))
        if meaning is not None:
            pieces += [text[done : token.start], meaning]
            done = token.end
    return b"".join([*pieces, text[done:]])


def wanted_id(text: bytes) -> tuple[str, str] | None:
    """The id and mode of a plain `KILL QUERY WHERE query_id = '…'`; None for any other form."""
    shape = [token for token in statement.tokens(text) if token.text != b";"]
    if len(shape) > 3 and shape[-2].upper == b"FORMAT":
        shape = shape[:-2]
    mode = shape.pop().upper if shape and shape[-1].upper in _MODES else b"ASYNC"
    if len(shape) != 6 or [token.upper for token in shape[:3]] != [b"KILL", b"QUERY", b"WHERE"]:
        return None
    column, sign, value = shape[3:]
    literal = value.text[1:-1]
    plain = value.text.startswith(b"'") and b"\\" not in literal and b"'" not in literal
    if _bare(column) != b"query_id" or sign.text != b"=" or not plain:
        return None
    return literal.decode("utf-8", "surrogateescape"), mode.decode()


def _bare(token: Token) -> bytes:
    if token.kind == "quoted" and token.text[:1] in (b"`", b'"'):
        return token.text[1:-1]
    return token.text if token.kind == "word" else b""
