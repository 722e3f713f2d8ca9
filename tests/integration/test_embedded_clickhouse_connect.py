"""The embedded server as clickhouse-connect meets it: types, parameters, inserts, errors."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.integration.embedded_clickhouse import WRITER, Running


@pytest.fixture
def client(server: Running) -> Iterator[Any]:
    with server.client() as connected:
        yield connected


def test_a_client_connects_and_asks(client: Any) -> None:
    assert client.server_version.startswith("26.")
    assert client.query("SELECT 1 AS one, 'zwei' AS two").result_rows == [(1, "zwei")]
    assert client.ping()


def test_an_async_client_connects_inserts_and_asks(server: Running, table: str) -> None:
    async def use() -> Any:
        async with await clickhouse_connect.get_async_client(
            host="127.0.0.1", port=server.port, username=WRITER[0], password=WRITER[1]
        ) as client:
            await client.insert(table, [[1, "一"], [2, "二"]], column_names=["a", "s"])
            several = [client.query(f"SELECT {n}") for n in range(20)]
            answers = [answer.result_rows[0][0] for answer in await asyncio.gather(*several)]
            stored = await client.query(f"SELECT s FROM {table} ORDER BY a")
            return answers, stored.result_rows

    assert asyncio.run(use()) == (list(range(20)), [("一",), ("二",)])


def test_types_come_back_as_they_went(client: Any) -> None:
    client.command(
        "CREATE OR REPLACE TABLE pacekeeper.kinds (d Decimal(38, 10), at DateTime64(3, 'UTC'), "
        "l Array(String), n Nullable(Decimal(38, 10)), f Nullable(Float64), b Bool, day Date, "
        "low LowCardinality(String), m Map(String, UInt8), i Int64) ENGINE = MergeTree ORDER BY i"
    )
    moment = datetime.datetime(2024, 6, 30, 23, 59, 59, 123000, tzinfo=datetime.UTC)
    largest = Decimal("9999999999999999999999999999.9999999999")
    rows = [
        (largest, moment, ["整车", ""], None, 0.5, True, moment.date(), "a", {"x": 1}, -1),
        (
            Decimal("-0.0000000001"),
            moment,
            [],
            Decimal("1.5"),
            None,
            False,
            moment.date(),
            "",
            {},
            2,
        ),
    ]
    client.insert("pacekeeper.kinds", rows)
    stored = client.query(
        "SELECT * FROM pacekeeper.kinds ORDER BY i", column_formats={}, query_tz="UTC"
    ).result_rows
    assert [(*row[:1], row[1].replace(tzinfo=datetime.UTC), *row[2:]) for row in stored] == rows


@pytest.mark.parametrize("method", ["lz4", "zstd", "gzip", "br", False])
def test_inserts_arrive_with_every_compression(server: Running, table: str, method: Any) -> None:
    with server.client(compress=method) as client:
        rows = [[n, f"zeile {n}"] for n in range(5000)]
        summary = client.insert(table, rows, column_names=["a", "s"])
        assert summary.written_rows == 5000
        assert client.query(f"SELECT sum(a), uniqExact(s) FROM {table}").result_rows == [
            (12497500, 5000)
        ]


def test_parameters_are_bound_by_the_engine(client: Any, table: str) -> None:
    nasty = "it's a \\ tab\there\nand 中文"
    answer = client.query(
        "SELECT {text:String}, {list:Array(UInt8)}", parameters={"text": nasty, "list": [1, 2]}
    )
    assert answer.result_rows == [(nasty, [1, 2])]
    client.command(
        "INSERT INTO {d:Identifier}.{t:Identifier} VALUES (1, {s:String})",
        parameters={"d": "pacekeeper", "t": "t", "s": nasty},
    )
    assert client.query(f"SELECT s FROM {table}").result_rows == [(nasty,)]


def test_an_error_names_its_code(client: Any) -> None:
    with pytest.raises(DatabaseError, match=r"Code: 60.*UNKNOWN_TABLE"):
        client.query("SELECT * FROM pacekeeper.nothing")


def test_a_wrong_password_is_516_in_the_servers_words(server: Running) -> None:
    with pytest.raises(DatabaseError, match="516.*Authentication failed: password is incorrect"):
        server.client((WRITER[0], "wrong"))
    assert server.ask("SELECT 1", account=("nobody", "")).status_code == 403


def test_a_large_result_streams_whole(client: Any) -> None:
    seen = 0
    with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(700000)") as s:
        for block in s:
            seen += len(block)
    assert seen == 700000
