"""clickhouse-connect, the official Python driver, with its asynchronous client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from tests.contract.clickhouse_clients import ground
from tests.contract.clickhouse_clients.expected import EMPTY, FULL, aware
from tests.integration.embedded_clickhouse import READER, WRITER, Running

T = TypeVar("T")
Use = Callable[[Callable[[Any], Awaitable[Any]]], Any]


@asynccontextmanager
async def opened(server: Running, account: tuple[str, str], **options: Any) -> AsyncIterator[Any]:
    user, password = account
    client = await clickhouse_connect.get_async_client(
        host="127.0.0.1", port=server.port, username=user, password=password, **options
    )
    async with client:
        yield client


@pytest.fixture
def use(server: Running, account: tuple[str, str]) -> Use:
    """Give a client to a coroutine and return what that returns."""

    async def with_client(work: Callable[[Any], Awaitable[T]]) -> T:
        async with opened(server, account, database="bi") as client:
            return await work(client)

    return lambda work: asyncio.run(with_client(work))


def test_databases_tables_and_columns_can_be_browsed(use: Use) -> None:
    async def browse(client: Any) -> tuple[Any, ...]:
        databases = await client.query("SHOW DATABASES")
        tables = await client.query("SHOW TABLES FROM bi")
        columns = await client.query(f"DESCRIBE TABLE bi.{ground.VIEW}")
        return tuple(found.result_columns[0] for found in (databases, tables, columns))

    databases, tables, columns = use(browse)
    assert "bi" in databases
    assert ground.VIEW in tables
    assert columns == ground.COLUMNS


def test_parameters_are_bound_on_the_server(use: Use) -> None:
    async def ask(client: Any) -> Any:
        return await client.query(
            "SELECT {text:String}, {amount:Decimal(38, 10)}",
            parameters={"text": "武进'; --", "amount": Decimal("0.0123456789")},
        )

    assert use(ask).first_row == ("武进'; --", Decimal("0.0123456789"))


def test_every_common_type_reads_back(use: Use) -> None:
    result = use(lambda client: client.query("SELECT * FROM all_types ORDER BY id"))
    first, second = result.named_results()
    assert {name: aware(value) for name, value in first.items()} == FULL
    assert {name: aware(value) for name, value in second.items()} == EMPTY


def test_ten_thousand_rows_are_inserted(server: Running) -> None:
    rows = [
        ("async", i, f"充电桩{i}", Decimal(i) / 4, datetime(2024, 7, 10, tzinfo=UTC), ["桩"])
        for i in range(ground.INSERTED_ROWS)
    ]

    async def insert() -> tuple[int, Any]:
        async with opened(server, WRITER, database="pacekeeper") as client:
            summary = await client.insert("inserted", rows)
            found = await client.query(
                "SELECT count(), sum(value) FROM inserted WHERE client = 'async'"
            )
            return summary.written_rows, found.first_row

    total = sum((row[3] for row in rows), Decimal(0))
    assert asyncio.run(insert()) == (
        ground.INSERTED_ROWS,
        (ground.INSERTED_ROWS, total),
    )


def test_two_hundred_thousand_rows_stream(use: Use) -> None:
    async def stream(client: Any) -> tuple[int, int]:
        rows = total = 0
        async with await client.query_row_block_stream("SELECT id, name FROM series") as blocks:
            async for block in blocks:
                rows += len(block)
                total += sum(row[0] for row in block)
        return rows, total

    assert use(stream) == (ground.SERIES_ROWS, ground.SERIES_SUM)


def test_many_queries_at_a_time_all_answer(server: Running, account: tuple[str, str]) -> None:
    async def ask() -> list[Any]:
        # A session takes one query at a time, so a client that asks side by side goes without.
        async with opened(server, account, autogenerate_session_id=False) as client:
            answers = (
                client.query(f"SELECT {i}, sum(number) FROM numbers(1000000)") for i in range(40)
            )
            return await asyncio.gather(*answers)

    assert [answer.first_row[0] for answer in asyncio.run(ask())] == list(range(40))


def test_an_sql_error_has_its_code(use: Use) -> None:
    with pytest.raises(DatabaseError) as refused:
        use(lambda client: client.query("SELECT missing FROM all_types"))
    assert (refused.value.code, refused.value.name) == (47, "UNKNOWN_IDENTIFIER")


def test_a_slow_query_ends_at_its_limit(use: Use) -> None:
    with pytest.raises(DatabaseError) as refused:
        use(lambda client: client.query(ground.SLOW, settings={"max_execution_time": 1}))
    assert refused.value.code == 159


def test_a_client_that_stops_waiting_stops_the_work_and_can_ask_again(
    server: Running, account: tuple[str, str]
) -> None:
    async def ask() -> Any:
        async with opened(server, account, send_receive_timeout=1, query_retries=0) as client:
            with pytest.raises((OperationalError, TimeoutError)):
                await client.query(ground.SLOW)
            await asyncio.to_thread(ground.wait_until_idle, server)
            return await client.query("SELECT 1")

    assert asyncio.run(ask()).first_row == (1,)


def test_bi_cannot_write(server: Running) -> None:
    async def write() -> None:
        async with opened(server, READER) as client:
            await client.insert("bi.series", [(1, "x", Decimal(1))], ["id", "name", "value"])

    with pytest.raises(DatabaseError) as refused:
        asyncio.run(write())
    assert refused.value.code in (164, 497)
