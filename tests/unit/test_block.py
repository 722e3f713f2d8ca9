"""What a block touches, by either way of reading it."""

from collections import defaultdict

from bench.events import lines
from services.aggregate.block import Packed, block
from services.aggregate.decode import RawRow, decode, touches
from services.aggregate.ids import COUNTED, id_of, unpacked
from tests.builders import defined, line, target


def records() -> list[Packed]:
    """Four records in three partitions, some with definitions among the figures."""
    figures = list(lines(1_200, 90))
    extra = [line(defined()), line(target())]
    return [
        (0, 4, b"\n".join(figures[:300])),
        (2, 9, b"\n".join([*figures[300:600], *extra])),
        (0, 5, b"\n".join(figures[600:900])),
        (1, 0, b"\n".join(figures[900:])),
    ]


def test_touched_and_ids_are_those_of_every_row() -> None:
    touched = defaultdict(set)
    ids = defaultdict(list)
    rows = [r for each in records() for r in decode(*each) if isinstance(r, RawRow)]
    for row in rows:
        touched[row.kafka_partition].add(touches(row))
        if row.type in COUNTED:
            ids[row.kafka_partition].append(id_of(row.source, row.event_id))
    made = block(records())
    assert made.table is not None
    assert len(made.rows) == 2
    assert made.touched == touched
    for partition in (0, 1, 2):
        assert sorted(unpacked(made.ids[partition])) == sorted(ids[partition])
    assert made.every_row() == sorted(rows, key=lambda row: row[7:10])


def test_nothing_is_a_block_too() -> None:
    made = block([])
    assert (made.whole(), made.every_row(), made.bad) == (None, [], [])
    assert made.touched[0] == set()
    assert made.ids[0] == b""
