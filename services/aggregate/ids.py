"""An event's id as 64 bits, the same in Python and in ClickHouse; pure."""

from collections.abc import Sequence

import numpy as np
from clickhouse_cityhash.cityhash import CityHash64
from numpy.typing import NDArray

Ids = NDArray[np.uint64]

# Events whose id is looked for in every series; of definitions and targets the catalogue keeps the
# first.
COUNTED = frozenset({"metric.observed", "project.updated", "charger.updated"})
# The same as `id_of`, over a row of raw.
HASHED = r"cityHash64(concat(source, '\0', event_id))"


def id_of(source: str, event_id: str) -> int:
    """64 bits for the two names that identify an event; neither holds a zero byte."""
    hashed: int = CityHash64(f"{source}\0{event_id}")
    return hashed


def packed(ids: Sequence[int]) -> bytes:
    """Eight bytes an id, the least first."""
    return np.array(ids, "<u8").tobytes()


def unpacked(body: bytes) -> Ids:
    """The ids again. ValueError when the last one is not whole."""
    return np.frombuffer(body, "<u8").astype(np.uint64, copy=False)
