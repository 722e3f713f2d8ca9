"""The lists of what the read-only account may use."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.allowed import pure_functions, setting_refusal

LIMITS = {"max_execution_time": "30"}


def test_a_function_is_pure_by_its_family_or_by_name() -> None:
    pure = pure_functions({"upper": "String", "file": "Other", "dictGet": "Dictionary"}, {})
    assert "upper" in pure
    assert not pure & {"file", "dictget"}


def test_an_alias_is_what_it_stands_for() -> None:
    aliases = {"ucase": "upper", "user": "currentUser", "fetch": "file"}
    pure = pure_functions({"upper": "String", "currentUser": "Other", "file": "Other"}, aliases)
    assert {"ucase", "user"} <= pure
    assert "fetch" not in pure


@pytest.mark.parametrize("value", ["soon", "0", "-1", "31", "inf", "nan", "", "30s"])
def test_a_limit_is_only_lowered(value: str) -> None:
    assert setting_refusal("max_execution_time", value, LIMITS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_execution_time", "5"),
        ("max_execution_time", "0.5"),
        ("max_threads", "2"),
        ("max_rows_to_read", "100"),
        ("output_format_json_quote_64bit_integers", "0"),
        ("session_timezone", "Asia/Shanghai"),
        ("session_timezone", "Etc/GMT+8"),
        ("session_timezone", ""),
    ],
)
def test_what_clients_set_may_be_set(name: str, value: str) -> None:
    assert setting_refusal(name, value, LIMITS) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_threads", "65"),
        ("max_block_size", "1000000000"),
        ("session_timezone", "/etc/passwd"),
        ("session_timezone", "../../etc/passwd"),
        ("session_timezone", "file:/etc/passwd"),
        ("output_format_schema", "/tmp/x"),
        ("input_format_record_errors_file_path", "x"),
        ("output_format_avro_confluent_subject", "x"),
        ("format_avro_schema_registry_url", "http://127.0.0.1"),
        ("use_query_cache", "1"),
        ("param_x", "1"),
        ("something_new", "1"),
    ],
)
def test_what_reaches_further_may_not_be_set(name: str, value: str) -> None:
    assert setting_refusal(name, value, LIMITS)
