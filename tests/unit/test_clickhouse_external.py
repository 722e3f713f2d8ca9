"""File parts of a form as tables, told from settings that look like theirs."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.external import external_tables


def test_types_number_the_columns_and_tsv_is_the_format() -> None:
    (table,), rest = external_tables({"t": b"1"}, {"t_types": "UInt8,Map(String, Int8)", "x": "1"})
    assert (table.structure, table.format) == ("_1 UInt8, _2 Map(String, Int8)", "TabSeparated")
    assert rest == {"x": "1"}


def test_a_setting_keeps_its_name_if_no_file_has_it() -> None:
    fields = {"allow_suspicious_low_cardinality_types": "1", "t_structure": "a UInt8"}
    _, rest = external_tables({"t": b""}, fields)
    assert rest == {"allow_suspicious_low_cardinality_types": "1"}


def test_a_table_needs_to_know_its_columns() -> None:
    with pytest.raises(DatabaseError, match="give t_structure or t_types"):
        external_tables({"t": b"1"}, {})
