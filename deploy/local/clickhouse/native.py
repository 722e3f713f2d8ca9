"""Native blocks as a server writes them for a client that names its protocol version. Pure.

The engine writes them for a client without one. From version 1 on a block begins with its info,
from 54337 on a DateTime names its time zone, from 54454 on every column says that it is serialized
in the common way. To put these in, the columns have to be found: by walking over their data where
the type tells their length, by looking for the next column's head where it does not.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deploy.local.clickhouse import shape
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.formats import varint

_BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
_TIME_ZONES_FROM, _SERIALIZATION_FROM = 54337, 54454
_BARE_DATE_TIME = b"\x08DateTime"


@dataclass(frozen=True, slots=True)
class Column:
    """A column in a block: where its head, its data and the next column begin."""

    name: bytes
    type: str
    head: int
    data: int
    end: int


class Framer:
    """Turns what the engine writes into blocks of one protocol version.

    `describe` gives names and full types of the result; it is asked once, when a block needs it.
    """

    def __init__(self, version: int, describe: Callable[[], Sequence[tuple[str, str]]]) -> None:
        self._version = version
        self._ask = describe
        self._described: Sequence[tuple[str, str]] | None = None

    def feed(self, piece: bytes) -> bytes:
        """The same blocks in their frames."""
        if not piece or not self._version:
            return piece
        wants_zones = self._version >= _TIME_ZONES_FROM and _BARE_DATE_TIME in piece
        if not wants_zones and self._version < _SERIALIZATION_FROM:
            return b"".join(_BLOCK_INFO + block for block in whole_blocks(piece))
        return b"".join(map(self._framed, whole_blocks(piece)))

    def _framed(self, block: bytes) -> bytes:
        found = columns(block) or columns(block, self._description())
        if found is None and self._version < _SERIALIZATION_FROM:
            return _BLOCK_INFO + block
        if found is None:
            raise DatabaseError(
                48, "A block with columns of these types cannot be framed", "NOT_IMPLEMENTED"
            )
        types = self._with_zones([column.type for column in found])
        mark = b"\x00" if self._version >= _SERIALIZATION_FROM else b""
        parts = [_BLOCK_INFO, block[: found[0].head] if found else block]
        for column, type in zip(found, types, strict=True):
            parts += [_string(column.name), _string(type.encode()), mark]
            parts.append(block[column.data : column.end])
        return b"".join(parts)

    def _with_zones(self, types: Sequence[str]) -> Sequence[str]:
        if self._version < _TIME_ZONES_FROM or "DateTime" not in types:
            return types
        described = self._description()
        if len(described) != len(types):
            return types
        return [
            full if bare == "DateTime" and full.startswith("DateTime(") else bare
            for bare, (_, full) in zip(types, described, strict=True)
        ]

    def _description(self) -> Sequence[tuple[str, str]]:
        if self._described is None:
            self._described = self._ask()
        return self._described


def whole_blocks(piece: bytes) -> list[bytes]:
    """The blocks of a piece: one, unless a statement other than a SELECT gave several.

    Later blocks have the same columns as the first, so that the first column's head tells them.
    """
    count, at = varint(piece, 0)
    if not count:
        return [piece]
    counted = at
    _, at = varint(piece, at)
    end = _after_head(piece, at)
    if piece.find(piece[at:end], end) < 0:
        return [piece]
    start = re.escape(piece[:counted]) + rb"[\x80-\xff]{0,8}[\x00-\x7f]" + re.escape(piece[at:end])
    places = [found.start() for found in re.finditer(start, piece, re.DOTALL)]
    blocks = [piece[a:b] for a, b in zip(places, [*places[1:], len(piece)], strict=True)]
    return blocks if all(columns(block) is not None for block in blocks) else [piece]


def columns(block: bytes, described: Sequence[tuple[str, str]] = ()) -> list[Column] | None:
    """The columns of one block; None if their data cannot be told apart.

    Data of no known length end where the next column's head is, which `described` has to tell.
    """
    count, at = varint(block, 0)
    rows, at = varint(block, at)
    heads = [_head(name, type) for name, type in described]
    found: list[Column] = []
    return found if _read(block, at, count, rows, heads, found) else None


def _read(
    block: bytes, at: int, count: int, rows: int, heads: Sequence[bytes], found: list[Column]
) -> bool:
    """Read the columns from here on; true if they end where the block does."""
    if len(found) == count:
        return at == len(block)
    try:
        name, type_at = _read_string(block, at)
        type, data_at = _read_string(block, type_at)
        for end in _ends(
            block,
            type.decode(),
            data_at,
            rows,
            heads[len(found) + 1 :],
            last=len(found) + 1 == count,
        ):
            found.append(Column(name, type.decode(), at, data_at, end))
            if _read(block, end, count, rows, heads, found):
                return True
            found.pop()
    except (IndexError, UnicodeDecodeError, struct.error):
        return False
    return False


def _ends(
    block: bytes, type: str, at: int, rows: int, heads: Sequence[bytes], *, last: bool
) -> Iterator[int]:
    """Where a column's data may end: one place if its type tells, else at heads like the next."""
    end = shape.skip(block, type, at, rows)
    if end is not None:
        yield end
    elif last:
        yield len(block)
    elif heads:
        while (at := block.find(heads[0], at)) >= 0:
            yield at
            at += 1


def _after_head(block: bytes, at: int) -> int:
    _, at = _read_string(block, at)
    return _read_string(block, at)[1]


def _read_string(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = varint(data, at)
    if at + length > len(data):
        raise IndexError
    return data[at : at + length], at + length


def _head(name: str, type: str) -> bytes:
    """A column's head as the engine writes it."""
    bare = "DateTime" if type.startswith("DateTime(") else type
    return _string(name.encode()) + _string(bare.encode())


def _string(text: bytes) -> bytes:
    size, length = bytearray(), len(text)
    while length >= 0x80:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    size.append(length)
    return bytes(size) + text
