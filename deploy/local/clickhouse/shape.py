"""How long a column's data are in a Native block, by the column's type. Pure."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from deploy.local.clickhouse.formats import varint

_WIDTHS = (
    dict.fromkeys(("UInt8", "Int8", "Bool", "Enum8", "Nothing"), 1)
    | dict.fromkeys(("UInt16", "Int16", "Date", "Enum16", "BFloat16"), 2)
    | dict.fromkeys(("UInt32", "Int32", "Date32", "DateTime", "Float32", "IPv4", "Time"), 4)
    | dict.fromkeys(("UInt64", "Int64", "DateTime64", "Float64", "Time64"), 8)
    | dict.fromkeys(("UInt128", "Int128", "UUID", "IPv6", "Point"), 16)
    | dict.fromkeys(("UInt256", "Int256"), 32)
)
_ALIASES = {
    "Ring": "Array(Point)",
    "LineString": "Array(Point)",
    "MultiPoint": "Array(Point)",
    "Polygon": "Array(Array(Point))",
    "MultiLineString": "Array(Array(Point))",
    "MultiPolygon": "Array(Array(Array(Point)))",
}
_NAMED = re.compile(r"(?:`(?:[^`\\]|\\.)*`|[A-Za-z_][A-Za-z0-9_.]*) +(?=[A-Z])")


class UnknownLengthError(Exception):
    """The type does not tell how long its data are."""


def skip(data: bytes, type: str, at: int, rows: int) -> int | None:
    """Where the data of a column end, or None if its type does not tell."""
    if not rows:
        return at
    try:
        return _body(data, type, _prefix(data, type, at), rows)
    except UnknownLengthError:
        return None


def _prefix(data: bytes, type: str, at: int) -> int:
    """The state that a column's parts write before all data: a LowCardinality's version."""
    name, inner = _split(type)
    if name == "LowCardinality":
        return at + 8
    for part in inner if name in _NESTING else ():
        at = _prefix(data, part, at)
    return at


def _body(data: bytes, type: str, at: int, rows: int) -> int:
    name, inner = _split(type)
    width = _width(name, inner)
    if width is not None:
        return at + width * rows
    step = _NESTING.get(name) or _OTHERS.get(name)
    if step is None:
        raise UnknownLengthError
    return step(data, inner, at, rows)


def _width(name: str, inner: list[str]) -> int | None:
    if name == "FixedString":
        return int(inner[0])
    if name == "Decimal":
        digits = int(inner[0])
        return 4 if digits <= 9 else 8 if digits <= 18 else 16 if digits <= 38 else 32
    return 8 if name.startswith("Interval") else _WIDTHS.get(name)


def _strings(data: bytes, inner: list[str], at: int, rows: int) -> int:
    for _ in range(rows):
        length = data[at]
        if length < 0x80:
            at += length + 1
        else:
            length, at = varint(data, at)
            at += length
    return at


def _nullable(data: bytes, inner: list[str], at: int, rows: int) -> int:
    return _body(data, inner[0], at + rows, rows)


def _array(data: bytes, inner: list[str], at: int, rows: int) -> int:
    if not rows:
        return at
    (total,) = struct.unpack_from("<Q", data, at + 8 * (rows - 1))
    return _elements(data, inner, at + 8 * rows, total)


def _elements(data: bytes, inner: list[str], at: int, rows: int) -> int:
    for part in inner:
        at = _body(data, part, at, rows) if rows else at
    return at


def _low_cardinality(data: bytes, inner: list[str], at: int, rows: int) -> int:
    """Dictionaries and keys, as many times as it takes to get to all rows."""
    name, part = _split(inner[0])
    values = part[0] if name == "Nullable" else inner[0]
    while rows > 0:
        (kind,) = struct.unpack_from("<Q", data, at)
        at += 8
        if kind & (1 << 9):
            (count,) = struct.unpack_from("<Q", data, at)
            at = _body(data, values, at + 8, count)
        (keys,) = struct.unpack_from("<Q", data, at)
        at += 8 + keys * (1 << (kind & 0xF))
        rows -= keys
        if not keys:
            raise UnknownLengthError
    return at


_Step = Callable[[bytes, list[str], int, int], int]
# Types whose parts may write a state before the column's data.
_NESTING: dict[str, _Step] = {
    "Nullable": _nullable,
    "Array": _array,
    "Map": _array,
    "Nested": _array,
    "Tuple": _elements,
    "SimpleAggregateFunction": lambda data, inner, at, rows: _body(data, inner[1], at, rows),
}
_OTHERS: dict[str, _Step] = {"String": _strings, "LowCardinality": _low_cardinality}


def _split(type: str) -> tuple[str, list[str]]:
    """A type's name and what stands in its brackets, without the names of a tuple's elements."""
    type = _ALIASES.get(type, type)
    name, bracket, rest = type.partition("(")
    if not bracket:
        return name, []
    parts = _split_at_commas(rest[:-1])
    if name in ("Tuple", "Nested"):
        parts = [_NAMED.sub("", part, count=1) if _NAMED.match(part) else part for part in parts]
    if name == "SimpleAggregateFunction":
        parts = ["Nothing", *parts[1:2]]
    return name, parts


def _split_at_commas(text: str) -> list[str]:
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        sign = text[at]
        if sign in "'`":
            at = _after_quote(text, at)
            continue
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    return [*parts, text[start:].strip()]


def _after_quote(text: str, at: int) -> int:
    quote, at = text[at], at + 1
    while text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    return at + 1
