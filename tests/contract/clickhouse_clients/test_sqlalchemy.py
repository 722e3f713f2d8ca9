"""SQLAlchemy with the dialect `clickhousedb://`, as notebooks and many dashboards connect."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from clickhouse_connect.driver.exceptions import DatabaseError
from sqlalchemy.ext.asyncio import create_async_engine

from tests.contract.clickhouse_clients import ground
from tests.contract.clickhouse_clients.expected import EMPTY, FULL, aware
from tests.integration.embedded_clickhouse import READER, WRITER, Running


def url(
    server: Running, account: tuple[str, str], driver: str = "clickhousedb", database: str = "bi"
) -> sa.URL:
    user, password = account
    return sa.URL.create(driver, user, password, "127.0.0.1", server.port, database)


@pytest.fixture
def engine(server: Running, account: tuple[str, str]) -> Iterator[sa.Engine]:
    opened = sa.create_engine(url(server, account))
    yield opened
    opened.dispose()


@pytest.fixture
def writing(server: Running) -> Iterator[sa.Engine]:
    opened = sa.create_engine(url(server, WRITER, database="pacekeeper"))
    yield opened
    opened.dispose()


def reflected(engine: sa.Engine, name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=engine)


def test_it_connects_to_the_database_of_its_url(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT currentDatabase()")) == "bi"


def test_schemas_tables_views_and_columns_can_be_inspected(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    assert "bi" in inspector.get_schema_names()
    names = {*inspector.get_table_names("bi"), *inspector.get_view_names("bi")}
    assert {ground.VIEW, "series"} <= names
    assert inspector.has_table(ground.VIEW, schema="bi")
    assert not inspector.has_table("no_such_view", schema="bi")
    columns = {column["name"]: column for column in inspector.get_columns(ground.VIEW, "bi")}
    assert list(columns) == ground.COLUMNS
    assert columns["name"]["comment"] == ground.COMMENT
    assert columns["note"]["nullable"]
    assert not columns["name"]["nullable"]


def test_a_reflected_table_can_be_queried_with_bound_values(engine: sa.Engine) -> None:
    series = reflected(engine, "series")
    ask = (
        sa.select(series.c.name, sa.func.count().label("rows"), sa.func.max(series.c.value))
        .where(series.c.name.in_(["区县3", "区县'; --"]), series.c.id < 700)
        .group_by(series.c.name)
    )
    with engine.connect() as connection:
        assert connection.execute(ask).all() == [("区县3", 100, Decimal("174"))]


@pytest.mark.parametrize("on_the_server", [False, True], ids=["inlined", "bound on the server"])
def test_parameters_arrive_as_they_were(
    server: Running, account: tuple[str, str], on_the_server: bool
) -> None:
    engine = sa.create_engine(url(server, account), server_side_params=on_the_server)
    given = {"words": "武进'; DROP TABLE x --\\\t\n", "number": -7, "share": 0.25}
    ask = sa.text("SELECT :words AS words, :number AS number, :share AS share").bindparams(
        sa.bindparam("words", type_=sa.String()),
        sa.bindparam("number", type_=sa.Integer()),
        sa.bindparam("share", type_=sa.Float()),
    )
    with engine.connect() as connection:
        assert connection.execute(ask, given).mappings().one() == given
    engine.dispose()


def test_every_common_type_reads_back(engine: sa.Engine) -> None:
    everything = reflected(engine, ground.VIEW)
    with engine.connect() as connection:
        first, second = connection.execute(sa.select(everything).order_by(everything.c.id))
    assert {name: aware(value) for name, value in first._mapping.items()} == FULL
    assert {name: aware(value) for name, value in second._mapping.items()} == EMPTY


def test_ten_thousand_rows_are_inserted(writing: sa.Engine) -> None:
    inserted = reflected(writing, "inserted")
    rows = [
        {
            "client": "sqlalchemy",
            "id": i,
            "name": f"充电桩{i}",
            "value": Decimal(i) / 4,
            "at": datetime(2024, 7, 10, tzinfo=UTC),
            "words": ["武进", "桩"],
        }
        for i in range(ground.INSERTED_ROWS)
    ]
    with writing.begin() as connection:
        connection.execute(sa.insert(inserted), rows)
    ask = sa.select(inserted).where(inserted.c.client == "sqlalchemy").order_by(inserted.c.id)
    with writing.connect() as connection:
        found = connection.execute(ask).mappings().all()
    assert [{name: aware(value) for name, value in row.items()} for row in found] == rows


def test_two_hundred_thousand_rows_stream(engine: sa.Engine) -> None:
    rows = total = 0
    ask = sa.text("SELECT id, name, value FROM series")
    with engine.connect().execution_options(stream_results=True) as connection:
        for part in connection.execute(ask).partitions(10_000):
            rows += len(part)
            total += sum(row[0] for row in part)
    assert (rows, total) == (ground.SERIES_ROWS, ground.SERIES_SUM)


def test_an_sql_error_has_its_code(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.DatabaseError) as refused:
        connection.execute(sa.text("SELECT missing FROM all_types"))
    assert isinstance(refused.value.orig, DatabaseError)
    assert (refused.value.orig.code, refused.value.orig.name) == (47, "UNKNOWN_IDENTIFIER")


def test_a_slow_query_ends_at_its_limit(engine: sa.Engine) -> None:
    limited = engine.execution_options(settings={"max_execution_time": 1})
    with limited.connect() as connection, pytest.raises(sa.exc.DatabaseError, match="159"):
        connection.execute(sa.text(ground.SLOW))


def test_an_engine_that_stops_waiting_stops_the_work(
    server: Running, account: tuple[str, str]
) -> None:
    patience = {"send_receive_timeout": 1, "query_retries": 0}
    engine = sa.create_engine(url(server, account), connect_args=patience)
    with engine.connect() as connection:
        with pytest.raises(sa.exc.OperationalError):
            connection.execute(sa.text(ground.SLOW))
        ground.wait_until_idle(server)
        assert connection.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()


def test_the_asynchronous_dialect_reads_them_too(server: Running, account: tuple[str, str]) -> None:
    async def read() -> list[int]:
        engine = create_async_engine(url(server, account, "clickhousedb+async"))
        async with engine.connect() as connection:
            found = await connection.scalars(sa.text("SELECT id FROM series"))
        await engine.dispose()
        return list(found)

    assert sorted(asyncio.run(read())) == list(range(ground.SERIES_ROWS))


def test_bi_cannot_write(server: Running) -> None:
    engine = sa.create_engine(url(server, READER))
    with engine.connect() as connection, pytest.raises(sa.exc.DatabaseError, match="164|497"):
        connection.execute(sa.text("INSERT INTO bi.series VALUES (1, 'x', 1)"))
    engine.dispose()
