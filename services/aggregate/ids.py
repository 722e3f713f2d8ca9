"""An event's id as 64 bits, the same in Python and in ClickHouse; pure."""

import struct
from collections.abc import Sequence

from clickhouse_cityhash.cityhash import CityHash64

# Events whose id is looked for in every series; of definitions and targets the catalogue keeps the
# first.
COUNTED = frozenset({"metric.observed", "project.updated", "charger.updated"})
# The same as `id_of`, over a row of raw.
SQL = r"cityHash64(concat(source, '\0', event_id))"


def id_of(source: str, event_id: str) -> int:
    """64 bits for the two names that identify an event; neither holds a zero byte."""
    hashed: int = CityHash64(f"{source}\0{event_id}")
    return hashed


def packed(ids: Sequence[int]) -> bytes:
    """Eight bytes an id, the least first."""
    return struct.pack(f"<{len(ids)}Q", *ids)


def unpacked(body: bytes) -> tuple[int, ...]:
    """The ids again; bytes beyond the last whole one are passed over."""
    count = len(body) // 8
    return struct.unpack_from(f"<{count}Q", body)
