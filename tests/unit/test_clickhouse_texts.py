"""Texts that the engine parses again: what passes is plain to see."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.texts import aggregate_name, is_column_list, is_format


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sum", "sum"),
        (" quantile(0.5) ", "quantile"),
        ("quantiles(0.1, 0.9)", "quantiles"),
        ("groupConcat(', ')", "groupConcat"),
        ("count()", "count"),
        ("groupConcat(file('x'))", None),
        ("groupConcat((SELECT 1))", None),
        ("groupConcat(x)", None),
        ("groupConcat('a\\' || file()')", None),
        ("sum) + (file('x')", None),
        ("sum(1)(2)", None),
        ("", None),
    ],
)
def test_an_aggregate_has_constant_parameters(text: str, name: str | None) -> None:
    assert aggregate_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "a Int32",
        'a Int32, `b c` Decimal(38, 10), "d" Array(Tuple(x Int8, y Map(String, Int8)))',
        "a Enum8('x)' = 1, 'y' = -2)",
        "any text without brackets",
        "",
    ],
)
def test_columns_are_names_and_types(text: str) -> None:
    assert is_column_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "a Int32 DEFAULT file('x')",
        "a Int32 ALIAS (SELECT 1)",
        "a DEFAULT file('x')",
        "a Int32, b String MATERIALIZED file('x')",
        "a Decimal(3, 1) ALIAS file('x')",
        "a Array(Int8) /* */ ALIAS file('x')",
        "a Array(Int8), -- \n b Int8 ALIAS file('x')",
        "a Int32 TTL toDate(0)",
        "a Int32 CODEC(ZSTD)",
        "a $x$ Int32 $x$ DEFAULT f()",
        "file('x')",
    ],
)
def test_columns_carry_no_expressions(text: str) -> None:
    assert not is_column_list(text)


@pytest.mark.parametrize("name", ["JSON", "jsoneachrow", "Native", "Parquet", "CSVWithNames"])
def test_formats_that_only_write_the_result_pass(name: str) -> None:
    assert is_format(name)


@pytest.mark.parametrize(
    "name", ["Template", "Protobuf", "CapnProto", "AvroConfluent", "CustomSeparated", "New"]
)
def test_formats_with_files_or_servers_of_their_own_do_not(name: str) -> None:
    assert not is_format(name)
