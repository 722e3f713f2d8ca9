"""Output formats: of which the pieces of a result can be put one behind the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

# Formats without a frame.
_PLAIN = re.compile(
    r"native|rowbinary|msgpack|rawblob|raw|lineasstring|csv|tskv|(?:tabseparated|tsv)(?:raw)?"
    r"|bsoneachrow|json(?:strings|compact|compactstrings)?eachrow|jsonlines|ndjson"
    r"|pretty(?:jsoneachrow|jsonlines|ndjson)"
)
# Formats whose every piece begins with the same head of so many lines.
_LINES = re.compile(
    r"(?:tabseparated|tsv|csv|jsoncompacteachrow|jsoncompactstringseachrow)withnames(andtypes)?"
)
_BINARY = re.compile(r"rowbinarywithnames(andtypes)?")
# What makes a piece more than rows, wherever it is asked for: in the text or among the settings.
_TWISTS = ("totals", "extremes", "array_of_rows", "types_in_binary_format")
_CSV_LINE = re.compile(rb'(?:[^"\n]|"(?:[^"]|"")*")*\n')
_LINE = re.compile(rb"[^\n]*\n")


def twisted(words: str) -> bool:
    """Does a text (or a setting's name) ask for something that stands outside the rows?"""
    lower = words.lower()
    return any(twist in lower for twist in _TWISTS)


def joinable(format: str) -> bool:
    """Can the pieces of a result of this format be joined, save for a head?"""
    name = format.lower()
    return any(kind.fullmatch(name) for kind in (_PLAIN, _LINES, _BINARY))


def is_native(format: str) -> bool:
    """Is it the format of blocks, which has an answer for each protocol version?"""
    return format.lower() == "native"


class Joiner:
    """Cuts off the head that every piece but the first repeats."""

    def __init__(self, format: str) -> None:
        self._length = _head_measure(format)
        self._head: bytes | None = None

    def feed(self, piece: bytes) -> bytes:
        """What this piece adds to the body."""
        if self._head is None:
            self._head = piece[: self._length(piece)]
            return piece
        return piece.removeprefix(self._head)


def _head_measure(format: str) -> Callable[[bytes], int]:
    name = format.lower()
    if lines := _LINES.fullmatch(name):
        line = _CSV_LINE if name.startswith("csv") else _LINE
        return lambda piece: _lines(piece, line, 2 if lines[1] else 1)
    if binary := _BINARY.fullmatch(name):
        return lambda piece: _binary(piece, 2 if binary[1] else 1)
    return lambda piece: 0


def _lines(piece: bytes, line: re.Pattern[bytes], count: int) -> int:
    at = 0
    for _ in range(count):
        found = line.match(piece, at)
        at = found.end() if found else at
    return at


def _binary(piece: bytes, rows: int) -> int:
    columns, at = varint(piece, 0)
    for _ in range(columns * rows):
        length, at = varint(piece, at)
        at += length
    return at


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
