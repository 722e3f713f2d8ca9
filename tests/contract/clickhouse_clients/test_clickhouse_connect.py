"""clickhouse-connect, the official Python driver, with its synchronous client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from tests.contract.clickhouse_clients import ground
from tests.contract.clickhouse_clients.expected import EMPTY, FULL, aware
from tests.integration.embedded_clickhouse import READER, WRITER, Running


@pytest.fixture
def client(server: Running, account: tuple[str, str]) -> Iterator[Any]:
    with server.client(account, database="bi") as opened:
        yield opened


def test_it_connects_and_learns_the_version(client: Any) -> None:
    assert client.ping()
    assert client.server_version == client.command("SELECT version()")
    assert client.command("SELECT currentDatabase()") == "bi"


def test_databases_tables_and_columns_can_be_browsed(client: Any) -> None:
    databases = client.query("SHOW DATABASES").result_columns[0]
    assert "bi" in databases
    assert {ground.VIEW, "series"} <= set(client.query("SHOW TABLES FROM bi").result_columns[0])
    described = client.query(f"DESCRIBE TABLE bi.{ground.VIEW}").named_results()
    columns = {row["name"]: (row["type"], row["comment"]) for row in described}
    assert list(columns) == ground.COLUMNS
    assert columns["amount"][0] == "Decimal(38, 10)"
    assert columns["lamp"][0] == "Enum8('红' = 1, '黄' = 2, '绿' = 3)"
    assert columns["name"][1] == ground.COMMENT


@pytest.mark.parametrize("in_form", [False, True], ids=["in the URL", "as form fields"])
def test_parameters_are_bound_on_the_server(client: Any, in_form: bool) -> None:
    client.form_encode_query_params = in_form
    given = {
        "text": "武进'; DROP TABLE x --\\\t\n",
        "number": 18446744073709551615,
        "amount": Decimal("1234567890123456789012345678.0123456789"),
        "words": ["武进", "新'北"],
        "nothing": None,
    }
    row = client.query(
        "SELECT {text:String}, {number:UInt64}, {amount:Decimal(38, 10)}, {words:Array(String)}, "
        "{nothing:Nullable(String)}",
        parameters=given,
    ).first_row
    assert list(row) == list(given.values())


def test_a_parameterised_view_takes_its_time(client: Any) -> None:
    ask = "SELECT count() FROM values_as_of(at = {at:DateTime64(3)})"
    assert client.query(ask, parameters={"at": datetime(2000, 1, 1)}).first_row == (1,)  # noqa: DTZ001
    assert client.query(ask, parameters={"at": datetime(2025, 1, 1, tzinfo=UTC)}).first_row == (2,)


def test_every_common_type_reads_back(client: Any) -> None:
    first, second = client.query("SELECT * FROM all_types ORDER BY id").named_results()
    assert {name: aware(value) for name, value in first.items()} == FULL
    assert {name: aware(value) for name, value in second.items()} == EMPTY


@pytest.mark.parametrize("compress", [False, "lz4", "zstd", "gzip", "br"])
def test_every_compression_gives_the_same_rows(
    server: Running, account: tuple[str, str], compress: Any
) -> None:
    with server.client(account, database="bi", compress=compress) as client:
        rows = client.query("SELECT * FROM series ORDER BY id LIMIT 20000").result_rows
    assert [row[0] for row in rows] == list(range(20_000))


def test_a_data_frame_and_an_arrow_table_come_out(client: Any) -> None:
    frame = client.query_df("SELECT id, name, value FROM series ORDER BY id LIMIT 1000")
    assert frame["id"].sum() == 499_500
    table = client.query_arrow("SELECT id, name, value FROM series ORDER BY id LIMIT 1000")
    assert table.column("name")[3].as_py() == "区县3"
    assert table.column("value")[3].as_py() == Decimal("0.75")


def test_ten_thousand_rows_are_inserted(server: Running) -> None:
    rows = [
        ("sync", i, f"充电桩{i}", Decimal(i) / 4, datetime(2024, 7, 10, tzinfo=UTC), ["武进", "桩"])
        for i in range(ground.INSERTED_ROWS)
    ]
    with server.client(WRITER, database="pacekeeper") as client:
        summary = client.insert("inserted", rows)
        found = client.query("SELECT * FROM inserted WHERE client = 'sync' ORDER BY id").result_rows
    assert summary.written_rows == ground.INSERTED_ROWS
    assert [tuple(map(aware, row)) for row in found] == rows


def test_an_arrow_table_and_raw_lines_are_inserted_too(server: Running) -> None:
    import pyarrow

    with server.client(WRITER, database="pacekeeper") as client:
        client.insert_arrow(
            "inserted", pyarrow.table({"client": ["arrow"], "id": [1], "name": ["整车"]})
        )
        client.raw_insert("inserted", ["client", "id", "name"], b"raw,1,\xe6\xa1\xa9\n", fmt="CSV")
        found = client.query(
            "SELECT client, name FROM inserted WHERE client IN ('arrow', 'raw') ORDER BY client"
        ).result_rows
    assert found == [("arrow", "整车"), ("raw", "桩")]


def test_two_hundred_thousand_rows_stream(client: Any) -> None:
    with client.query_row_block_stream("SELECT id, name, value FROM series") as blocks:
        sizes, total = [], 0
        for block in blocks:
            sizes.append(len(block))
            total += sum(row[0] for row in block)
    assert (sum(sizes), total) == (ground.SERIES_ROWS, ground.SERIES_SUM)
    assert len(sizes) > 1


def test_a_stream_left_half_way_leaves_the_client_usable(client: Any) -> None:
    with client.query_rows_stream("SELECT id FROM series") as rows:
        next(iter(rows))
    assert client.query("SELECT 1").first_row == (1,)


@pytest.mark.parametrize(
    ("statement", "code", "name"),
    [
        ("SELECT missing FROM all_types", 47, "UNKNOWN_IDENTIFIER"),
        ("SELECT * FROM no_such_view", 60, "UNKNOWN_TABLE"),
        ("SELEKT 1", 62, "SYNTAX_ERROR"),
        ("SELECT toDate('武进')", 38, "CANNOT_PARSE_DATE"),
    ],
)
def test_an_sql_error_has_its_code(client: Any, statement: str, code: int, name: str) -> None:
    with pytest.raises(DatabaseError) as refused:
        client.query(statement)
    assert (refused.value.code, refused.value.name) == (code, name)


def test_an_error_after_the_first_rows_is_an_error(client: Any) -> None:
    with pytest.raises(DatabaseError, match="395"):
        client.query("SELECT throwIf(id = 150000), * FROM series")


def test_a_slow_query_ends_at_its_limit(client: Any) -> None:
    with pytest.raises(DatabaseError) as refused:
        client.query(ground.SLOW, settings={"max_execution_time": 1})
    assert (refused.value.code, refused.value.name) == (159, "TIMEOUT_EXCEEDED")


def test_a_client_that_stops_waiting_stops_the_work_and_can_ask_again(
    server: Running, account: tuple[str, str]
) -> None:
    with server.client(account, send_receive_timeout=1, query_retries=0) as client:
        with pytest.raises(OperationalError):
            client.query(ground.SLOW)
        ground.wait_until_idle(server)
        assert client.query("SELECT 1").first_row == (1,)


def test_a_wrong_password_is_refused_with_516(server: Running) -> None:
    with pytest.raises(DatabaseError) as refused:
        server.client(("bi", "no"))
    assert refused.value.code == 516


def test_bi_cannot_write(server: Running) -> None:
    with server.client(READER) as client, pytest.raises(DatabaseError) as refused:
        client.command("CREATE TABLE bi.t (a Int8) ENGINE = Memory")
    assert refused.value.code in (164, 497)
