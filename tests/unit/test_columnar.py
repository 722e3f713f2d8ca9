"""Rows become Arrow columns."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from services.aggregate.columnar import table
from services.aggregate.tables import SERIES, SeriesRow


def test_rows_are_read_back_from_their_columns() -> None:
    at = datetime(2024, 7, 10, 1, 2, 3, 456789, tzinfo=UTC)
    schema = pa.schema(
        [
            ("name", pa.string()),
            ("values", pa.list_(pa.decimal128(38, 10))),
            ("at", pa.list_(pa.timestamp("us", "UTC"))),
            ("days", pa.list_(pa.date32())),
            ("of", pa.list_(pa.list_(pa.string()))),
        ]
    )
    rows = [
        ("a", [Decimal("1.5000000000"), None], [at], [date(2024, 2, 29)], [["x", "y"], []]),
        ("b", [], [], [], []),
    ]
    assert [tuple(each.values()) for each in table(schema, rows).to_pylist()] == rows


def test_a_series_has_a_type_for_each_column() -> None:
    assert SERIES.arrow is not None
    assert SERIES.arrow.names == SERIES.columns
    assert len(SERIES.columns) == len(SeriesRow._fields)
    assert SERIES.arrow.field("found.event_ids").type == pa.list_(pa.list_(pa.string()))
