"""A block of records, decoded: its rows, what is no event, and what it touches; pure."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import pyarrow as pa

from services.aggregate import columns
from services.aggregate.decode import Coordinates, RawRow, Undecodable, decode_line, touches
from services.aggregate.fields import Piece
from services.aggregate.ids import COUNTED, id_of, packed
from services.aggregate.pieces import figures, pieces

Packed = tuple[int, int, bytes]
SeriesKey = tuple[str, str]


class Block(NamedTuple):
    """What some records of `events` hold.

    Rows are in `table` (SCHEMA of columns) or in `rows`, by what is cheaper. `touched` and `ids`
    (as in `Touched`) are by partition.
    """

    table: pa.Table | None
    rows: list[RawRow]
    bad: list[Undecodable]
    touched: dict[int, set[SeriesKey]]
    ids: dict[int, bytes]

    def every_row(self) -> list[RawRow]:
        """All rows in the order of their coordinates."""
        rows = self.rows if self.table is None else columns.rows(self.table) + self.rows
        return sorted(rows, key=lambda row: (row.kafka_partition, row.kafka_offset, row.line))

    def whole(self) -> pa.Table | None:
        """All rows as one table; None when there are too few for that to pay."""
        if self.table is None or not self.rows:
            return self.table
        return columns.joined([self.table, columns.table(self.rows)])


def block(records: Iterable[Packed]) -> Block:
    """Decode records, each (partition, offset, value)."""
    plain: list[Piece] = []
    others: list[Piece] = []
    for record in records:
        some, rest = pieces(*record)
        plain += [some] if some else []
        others += [rest] if rest else []
    tables, left = figures(plain)
    table = columns.joined(tables) if tables else None
    touched = defaultdict(set, {} if table is None else columns.series(table))
    ids = defaultdict(bytes, {} if table is None else columns.ids(table))
    rows: list[RawRow] = []
    bad: list[Undecodable] = []
    hashes: dict[int, list[int]] = defaultdict(list)
    for piece in others + left:
        for number, line in zip(piece.numbers, piece.text.split(b"\n"), strict=True):
            found = decode_line(line, Coordinates(piece.partition, piece.offset, number))
            if isinstance(found, Undecodable):
                bad.append(found)
                continue
            rows.append(found)
            if (series := touches(found)) is not None:
                touched[piece.partition].add(series)
            if found.type in COUNTED:
                hashes[piece.partition].append(id_of(found.source, found.event_id))
    for partition, numbers in hashes.items():
        ids[partition] += packed(numbers)
    return Block(table, rows, sorted(bad, key=lambda each: each.at), touched, ids)
