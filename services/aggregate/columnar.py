"""Rows as Arrow columns: what a list in a row is, is a list in a column."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def table(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """The rows in columns of these names and types; at least one row."""
    columns = zip(schema, zip(*rows, strict=True), strict=True)
    return pa.Table.from_arrays([_array(field.type, of) for field, of in columns], schema=schema)


def _array(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    if pa.types.is_list(kind):
        ends = pa.array([0, *accumulate(map(len, values))], pa.int32())
        inner = _array(kind.value_type, list(chain.from_iterable(values)))
        return pa.ListArray.from_arrays(ends, inner, type=kind)
    if pa.types.is_timestamp(kind):
        # Moments repeat, and Arrow would look at the time zone of each.
        return pa.array(list(map(_micros, values)), kind)
    return pa.array(values, kind)


@lru_cache(maxsize=65536)
def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
