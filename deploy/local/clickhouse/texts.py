"""Judges strings that the engine reads once more: aggregates by name, columns, formats. Pure.

`arrayReduce('sum', …)` parses its first argument and works out what stands in its brackets,
`values('a Int32 ALIAS …', …)` does so with the expressions of its columns: a tree shows such text
as a mere literal, so only its simplest forms pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from deploy.local.clickhouse import allowed, statement

_CONSTANT = r"\s*(?:-?[0-9][0-9.eE+-]*|'[^'\\]*')\s*"
_AGGREGATE = re.compile(rf"(\w+)\s*(?:\((?:{_CONSTANT}(?:,{_CONSTANT})*)?\))?\Z", re.ASCII)
_COLUMN_SIGNS = re.compile(r"[\w\s(),'\"`.=+-]*\Z")


def aggregate_name(text: str) -> str | None:
    """The name of an aggregate function whose parameters, if any, are plain constants."""
    found = _AGGREGATE.match(text.strip())
    return found[1] if found else None


def is_column_list(text: str) -> bool:
    """Whether this is columns with their types and nothing else, or cannot be columns at all."""
    if "(" not in text:
        return True
    if not _COLUMN_SIGNS.match(text) or "--" in text:
        return False
    column: list[str] = []
    for token in statement.tokens(text.encode()):
        if token.depth == 0 and token.text == b",":
            if not _is_column(column):
                return False
            column = []
        elif token.depth == 0:
            column.append(token.kind if token.kind in ("word", "quoted") else token.text.decode())
    return _is_column(column)


def is_format(name: str) -> bool:
    """Whether an output format reads and writes nothing but the result."""
    return name.lower() in allowed.FORMATS


def _is_column(shape: list[str]) -> bool:
    """A name, one word for the type, and perhaps one pair of brackets."""
    return shape[:1] in (["word"], ["quoted"]) and shape[1:] in (["word"], ["word", "(", ")"])


def is_plain_aggregate(text: str) -> bool:
    return aggregate_name(text) is not None


WITH_FORMAT = frozenset({"formatrow", "formatrownonewline", "groupformat"})
# Functions of which the first parameter, or else the first argument, is such a text.
CHECKED: dict[str, Callable[[str], bool]] = {
    "arrayreduce": is_plain_aggregate,
    "arrayreduceinranges": is_plain_aggregate,
    "initializeaggregation": is_plain_aggregate,
} | dict.fromkeys(WITH_FORMAT, is_format)
# Table functions whose first argument may be a list of columns.
WITH_COLUMNS = frozenset({"null", "values"})
