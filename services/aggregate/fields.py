"""The fields of a block of figures, read and checked by Arrow; pure."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from services.aggregate.columns import MOMENT, SCHEMA, TEXT
from services.aggregate.words import CHECKS, OPTIONAL, span_of

_DATA = [name[5:] for name in CHECKS if name.startswith("data.")] + ["period"]
_PARSE = pj.ParseOptions(
    explicit_schema=pa.schema(
        [(name, TEXT) for name in CHECKS if "." not in name and name != "span"]
        + [("data", pa.struct([(name, TEXT) for name in _DATA]))]
    ),
    newlines_in_values=False,
    unexpected_field_behavior="error",
)


class Piece(NamedTuple):
    """Lines of one record; `numbers` says which line of it each of them is."""

    partition: int
    offset: int
    numbers: Sequence[int]
    text: bytes


class Fields:
    """The fields of some lines, each by its distinct words. ArrowInvalid when one is unreadable."""

    def __init__(self, some: Sequence[Piece]) -> None:
        text = b"\n".join([piece.text for piece in some])
        options = pj.ReadOptions(use_threads=False, block_size=len(text) + 1)
        read = pj.read_json(pa.BufferReader(text), read_options=options, parse_options=_PARSE)
        read.validate(full=True)
        if read.num_rows != sum(len(piece.numbers) for piece in some):
            raise pa.ArrowInvalid("lines and objects differ in number")
        read = read.flatten()
        both = pc.binary_join_element_wise(read["data.measure"], read["data.period"], "|")
        self._fields = {name: _encoded(read[name]) for name in read.column_names}
        self._fields["span"] = _encoded(both)

    def unfit(self) -> Any:
        """Which lines must be left to `decode`, as booleans of numpy."""
        unfit = np.zeros(len(self._fields["id"]), np.bool_)
        for name, check in CHECKS.items():
            field = self._fields[name]
            fit = check(field.dictionary)
            if pc.all(fit).as_py() is False:
                unfit |= ~_numpy(fit.take(field.indices).fill_null(True))
            if field.null_count and name not in OPTIONAL:
                unfit |= _numpy(field.is_null())
        return unfit

    def table(self, some: Sequence[Piece]) -> pa.Table:
        """The rows; every line is fit. ArrowInvalid for a day that does not exist."""
        counts = [len(piece.numbers) for piece in some]
        partitions = np.repeat(np.array([piece.partition for piece in some], np.uint16), counts)
        offsets = np.repeat(np.array([piece.offset for piece in some], np.uint64), counts)
        every = chain.from_iterable(piece.numbers for piece in some)
        numbers = np.fromiter(every, np.uint32, len(partitions))
        time, recorded = self._cast("time", MOMENT), self._cast("recordedtime", MOMENT)
        spans = map(span_of, self._fields["span"].dictionary.to_pylist())
        starts, ends, periods = zip(*spans, strict=True)
        column = {
            "type": _same("metric.observed", len(numbers)),
            "indicator": self._fields["data.indicator"],
            "entity": self._fields["data.entity"],
            "scope": self._or_empty("data.scope"),
            "measure": self._fields["data.measure"],
            "period_start": self._of_spans(pa.array(starts, pa.date32())),
            "period_end": self._of_spans(pa.array(ends, pa.date32())),
            "kafka_partition": pa.array(partitions),
            "kafka_offset": pa.array(offsets),
            "line": pa.array(numbers),
            "source": self._fields["source"],
            "event_id": self._plain("id"),
            "receipt": self._plain("receipt"),
            "department": self._fields["department"],
            "recorded_at": pc.coalesce(recorded, time),
            "received_at": self._cast("receivedtime", MOMENT),
            "period": pa.DictionaryArray.from_arrays(
                self._fields["span"].indices, pa.array(periods, TEXT)
            ),
            "value": self._cast("canonicalvalue", SCHEMA.field("value").type),
            "unit": self._fields["canonicalunit"],
            "status": self._fields["data.status"],
            "sent_value": self._plain("data.value"),
            "sent_unit": self._fields["data.unit"],
            "note": self._plain("data.note").fill_null(""),
            "data": _same("", len(numbers)).dictionary_decode(),
        }
        return pa.table([column[name] for name in SCHEMA.names], schema=SCHEMA)

    def _cast(self, name: str, kind: Any) -> Any:
        field = self._fields[name]
        return field.dictionary.cast(kind).take(field.indices)

    def _plain(self, name: str) -> Any:
        return self._fields[name].dictionary_decode()

    def _of_spans(self, each: Any) -> Any:
        return each.take(self._fields["span"].indices)

    def _or_empty(self, name: str) -> Any:
        field = self._fields[name]
        return _encoded(field.dictionary_decode().fill_null("")) if field.null_count else field


def _encoded(column: Any) -> Any:
    """An array or column of texts as one dictionary array."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return array.dictionary_encode()


def _same(word: str, count: int) -> Any:
    indices = pa.array(np.zeros(count, np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array([word], TEXT))


def _numpy(flags: Any) -> Any:
    return flags.to_numpy(zero_copy_only=False)
