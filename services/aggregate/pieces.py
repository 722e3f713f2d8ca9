"""Records of figures to columns of the raw table, a block at a time; pure.

Arrow reads what nearly every line is: a figure with nothing unusual about it. Whatever is in doubt
is left to `decode`, which alone says what is wrong with a line: this way may be narrower than the
contract, never wider.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from services.aggregate.fields import Fields, Piece
from services.aggregate.words import TYPE

_MARK = f'"type":"{TYPE}"'.encode()
# Arrow's way costs about as much for a block of this many lines as theirs one by one.
FEW = 200


def pieces(partition: int, offset: int, value: bytes) -> tuple[Piece | None, Piece | None]:
    """The lines of a record that may be read here, and the others."""
    if b"\n" not in value:
        only = Piece(partition, offset, (0,), value) if value else None
        return (only, None) if _plain(value) else (None, only)
    many = _braced(value)
    if many and value.count(_MARK) == many and b"null" not in value:
        return Piece(partition, offset, range(many), value), None
    here: dict[int, bytes] = {}
    others: dict[int, bytes] = {}
    for number, line in enumerate(value.split(b"\n")):
        if line:
            (here if _plain(line) else others)[number] = line
    found = [
        Piece(partition, offset, list(some), b"\n".join(some.values())) if some else None
        for some in (here, others)
    ]
    return found[0], found[1]


def _plain(line: bytes) -> bool:
    """A figure by its looks.

    What begins and ends with a brace is made of whole objects: so the lines of a block are as many
    as its objects only if each is one. A null is left out: Arrow takes it for an absent field.
    """
    return line[:1] == b"{" and line[-1:] == b"}" and _MARK in line and b"null" not in line


def _braced(value: bytes) -> int:
    """The number of lines if every one begins and ends with a brace, otherwise 0."""
    if value[:1] != b"{" or value[-1:] != b"}":
        return 0
    every = np.frombuffer(value, np.uint8)
    ends = np.flatnonzero(every == ord("\n"))
    braced = np.all((every[ends - 1] == ord("}")) & (every[ends + 1] == ord("{")))
    return len(ends) + 1 if braced else 0


def figures(some: Sequence[Piece]) -> tuple[list[pa.Table], list[Piece]]:
    """Tables of SCHEMA with the lines of pieces that may be read here, and those left to `decode`.

    Around a line that Arrow cannot read the block is halved, down to a record.
    """
    if sum(len(piece.numbers) for piece in some) <= FEW:
        return [], list(some)
    try:
        columns = Fields(some)
        unfit = columns.unfit()
        if not unfit.any():
            return [columns.table(some)], []
        parts, left = _without(some, unfit)
    except pa.ArrowInvalid:
        if len(some) == 1:
            return [], list(some)
        half = len(some) // 2
        parts, left = [some[:half], some[half:]], []
    tables: list[pa.Table] = []
    for part in parts:
        read, others = figures(part)
        tables += read
        left += others
    return tables, left


def _without(some: Sequence[Piece], unfit: Any) -> tuple[list[Sequence[Piece]], list[Piece]]:
    """The pieces without the lines that are unfit, as one part, and a piece of each of those."""
    kept: list[Piece] = []
    left: list[Piece] = []
    start = 0
    for piece in some:
        bad = unfit[start : start + len(piece.numbers)].tolist()
        start += len(bad)
        if not any(bad):
            kept.append(piece)
            continue
        of_piece = list(zip(piece.numbers, piece.text.split(b"\n"), bad, strict=True))
        left += [piece._replace(numbers=[n], text=line) for n, line, bad_one in of_piece if bad_one]
        good = {n: line for n, line, bad_one in of_piece if not bad_one}
        if good:
            kept.append(piece._replace(numbers=list(good), text=b"\n".join(good.values())))
    return [kept], left
