"""What the engine's own parser says of a statement: its kind, its canonical text, its tree."""

from __future__ import annotations

import json

from deploy.local.clickhouse import statement, tree
from deploy.local.clickhouse.engine import Connection
from deploy.local.clickhouse.errors import DatabaseError

# The engine's own max_query_size: what is longer it would not run, so it is not judged either.
_LONGEST_TEXT = 256 << 10
# What parseQueryToJSON answers for statements that are more than a plain read.
_NO_TREE = 36
_BARE = "replaceRegexpAll(formatQuerySingleLine({}), '[() ]', '')"
# Brackets that change nothing are not kept in a tree; they hide nothing either.
_TREE = (
    _BARE.format("formatQueryFromJSON(parseQueryToJSON({q:String}) AS tree)")
    + " = "
    + _BARE.format("{q:String}")
    + ", tree"
)


def readable(text: bytes, *, strict: bool) -> str:
    """The text; with `strict` DatabaseError 62 for what is too long or no UTF-8."""
    if strict and len(text) > _LONGEST_TEXT:
        raise DatabaseError(62, f"Max query size exceeded: {len(text)} > {_LONGEST_TEXT} bytes")
    if strict and b"\x00" in text:
        raise DatabaseError(62, "Syntax error: the statement holds a NUL character")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        if strict:
            raise DatabaseError(62, "Syntax error: the statement is not valid UTF-8") from None
        # The engine itself gets the bytes as they came; here only the shape matters.
        return text.decode("utf-8", "replace")


def kind(connection: Connection, text: bytes, decoded: str) -> str:
    """The engine's own word for the one statement that a text has to be."""
    found, count = connection.classify(decoded)
    if found == "UNKNOWN" and not statement.first_word(text):
        raise DatabaseError(62, "Empty query")
    if count > 1:
        raise DatabaseError(62, "Syntax error (Multi-statements are not allowed)")
    return found


def canonical(connection: Connection, text: str) -> str:
    """The statement as the engine itself writes it: no comments, one line, plain quoting."""
    return _ours(connection, "formatQuerySingleLine({q:String})", text).strip()


def whole_tree(connection: Connection, text: str) -> tree.Node | None:
    """The statement's tree; None unless what is written back from it is the same statement."""
    try:
        whole, parsed = _ours(connection, _TREE, text).split("\t", 1)
    except DatabaseError as error:
        if error.code == _NO_TREE:
            return None
        raise
    return _loaded(parsed) if whole == "1" else None


def _loaded(parsed: str) -> tree.Node:
    try:
        node: tree.Node = json.loads(parsed)
    except RecursionError:
        raise tree.too_deep() from None
    return node


def _ours(connection: Connection, expressions: str, text: str) -> str:
    try:
        return connection.text(f"SELECT {expressions}", {"q": _escaped(text)})
    except DatabaseError as error:
        plain = error.text.partition(": In scope SELECT ")[0]
        raise DatabaseError(error.code, plain, error.name) from error


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
