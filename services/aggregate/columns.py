"""The raw table as columns of Arrow; pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from clickhouse_cityhash.cityhash import CityHash64

from services.aggregate.decode import RawRow

TEXT = pa.string()
WORD = pa.dictionary(pa.int32(), TEXT)
MOMENT = pa.timestamp("us", "UTC")
_PLAIN = {"event_id", "receipt", "sent_value", "note", "data"}
_TYPES: dict[str, Any] = {
    "period_start": pa.date32(),
    "period_end": pa.date32(),
    "kafka_partition": pa.uint16(),
    "kafka_offset": pa.uint64(),
    "line": pa.uint32(),
    "recorded_at": MOMENT,
    "received_at": MOMENT,
    "value": pa.decimal128(38, 10),
}
# The raw table's columns in order; what is LowCardinality there is a dictionary here.
SCHEMA = pa.schema(
    [(name, _TYPES.get(name, TEXT if name in _PLAIN else WORD)) for name in RawRow._fields]
)


def rows(table: pa.Table) -> list[RawRow]:
    """The table's rows."""
    found = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [RawRow(*row) for row in found]


def table(some: Sequence[RawRow]) -> pa.Table:
    """The rows as a table of SCHEMA."""
    arrays = [pa.array(*each) for each in zip(zip(*some, strict=True), SCHEMA.types, strict=True)]
    return pa.table(arrays, schema=SCHEMA)


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """One table, each column in one piece."""
    if len(tables) == 1:
        return tables[0]
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def series(table: pa.Table) -> dict[int, set[tuple[str, str]]]:
    """The (indicator, entity) of the figures, by partition."""
    indicators, entities = table["indicator"].chunk(0), table["entity"].chunk(0)
    names_of, places = indicators.dictionary.to_pylist(), entities.dictionary.to_pylist()
    codes = table["kafka_partition"].to_numpy().astype(np.int64)
    codes = codes * len(names_of) + indicators.indices.to_numpy()
    codes = codes * len(places) + entities.indices.to_numpy()
    found: dict[int, set[tuple[str, str]]] = {}
    for code in np.unique(codes).tolist():
        rest, place = divmod(code, len(places))
        partition, name = divmod(rest, len(names_of))
        found.setdefault(partition, set()).add((names_of[name], places[place]))
    return found


def ids(table: pa.Table) -> dict[int, bytes]:
    """The ids of the figures as `ids.packed` has them, by partition."""
    both = pc.binary_join_element_wise(
        table["source"].cast(TEXT), table["event_id"], "\0"
    ).to_pylist()
    hashes = np.fromiter(map(CityHash64, both), np.dtype("<u8"), len(both))
    partitions = table["kafka_partition"].to_numpy()
    return {int(one): hashes[partitions == one].tobytes() for one in np.unique(partitions)}
