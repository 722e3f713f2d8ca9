"""What the account `bi` may read, and what it is refused, on a real embedded server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_clickhouse import READER, Running, embedded_server

STATEMENTS = Path(__file__).parent / "clickhouse_guard"
REFUSALS = {"164", "452", "497", "60", "62"}
PARAMETERS = {
    "param_at": "2024-01-15 00:00:00",
    "param_x": "5",
    "param_view": "observations",
    "param_hidden": "pacekeeper.secrets",
    "param_database": "pacekeeper",
    "param_table": "secrets",
}

# The engine takes all of these for blanks, and goes on behind them.
DISGUISED = [
    "SELECT 1;\u00a0SELECT 2",
    "SELECT 1;\u2028DROP TABLE pacekeeper.secrets",
    "SELECT 1;\u200bSELECT 2",
    "SELECT 1;\ufeffSELECT 2",
    "SELECT\x00 1",
    "SELECT 1;\x00 DROP TABLE pacekeeper.secrets",
    "SELECT b #\nFROM pacekeeper.secrets",
    "SELECT b --\nFROM\n/*\n*/pacekeeper\n.\nsecrets",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("guard")) as running:
        for statement in (
            "CREATE TABLE pacekeeper.secrets (a Int32, b String) ENGINE = MergeTree ORDER BY a",
            "INSERT INTO pacekeeper.secrets VALUES (1, 'treasure')",
            "CREATE TABLE pacekeeper.vals (at DateTime64(3, 'UTC'), indicator String, "
            "value Nullable(Decimal(38, 10)), tags Array(String)) "
            "ENGINE = ReplacingMergeTree ORDER BY (indicator, at)",
            "INSERT INTO pacekeeper.vals VALUES ('2024-01-01 00:00:00', 'x', 1.5, ['a']), "
            "('2024-02-01 00:00:00', 'y', 2.5, ['b', 'c'])",
            "CREATE VIEW bi.observations AS SELECT * FROM pacekeeper.vals",
            "CREATE VIEW bi.values_as_of AS SELECT * FROM pacekeeper.vals "
            "WHERE at <= {at:DateTime64(3)}",
        ):
            running.ask(statement).raise_for_status()
        yield running


def lines(name: str) -> list[str]:
    """One statement a line; /OUT/ in it stands for a file that must not come into being."""
    return (STATEMENTS / name).read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.mark.parametrize("statement", lines("hostile.sql") + DISGUISED)
def test_a_hostile_statement_is_refused(server: Running, outside: Path, statement: str) -> None:
    text = statement.replace("/OUT/", str(outside / "written"))
    response = server.ask(text, account=READER, **PARAMETERS)
    assert response.headers.get("X-ClickHouse-Exception-Code") in REFUSALS, response.text[:300]
    assert "treasure" not in response.text
    assert not list(outside.iterdir())


@pytest.mark.parametrize("statement", lines("honest.sql"))
def test_an_honest_statement_is_answered(server: Running, statement: str) -> None:
    response = server.ask(statement, account=READER, **PARAMETERS)
    assert response.status_code == 200, response.text[:300]
    assert "treasure" not in response.text


@pytest.mark.parametrize(
    "parameters",
    [
        {"readonly": "0"},
        {"max_execution_time": "0"},
        {"max_execution_time": "31"},
        {"max_memory_usage": "99999999999"},
        {"max_result_rows": "0"},
        {"additional_table_filters": "{}"},
        {"format_schema": "/etc/passwd:x"},
        {"format_template_row": "/etc/passwd"},
        {"default_format": "Template"},
        {"database": "pacekeeper"},
        {"role": "admin"},
        {"implicit_select": "1"},
        {"dialect": "kusto"},
    ],
)
def test_a_url_lifts_no_limit(server: Running, parameters: dict[str, str]) -> None:
    response = server.ask("SELECT 1", account=READER, **parameters)
    assert response.headers.get("X-ClickHouse-Exception-Code") in {"452", "497", "511"}


def test_text_in_the_url_and_in_the_body_is_one_text(server: Running) -> None:
    response = server.ask("FROM pacekeeper.secrets", account=READER, query="SELECT b")
    assert response.headers["X-ClickHouse-Exception-Code"] == "497"


def test_rows_of_other_databases_are_hidden(server: Running) -> None:
    for query in (
        "SELECT count() FROM system.tables WHERE database = 'pacekeeper'",
        "SELECT count() FROM system.columns WHERE database = 'pacekeeper'",
        "SELECT count() FROM system.databases WHERE name = 'pacekeeper'",
        "SELECT count() FROM information_schema.tables WHERE table_schema = 'pacekeeper'",
        "SELECT countIf(database = 'pacekeeper') FROM (SELECT * FROM system.tables)",
    ):
        assert server.ask(query, account=READER).text == "0\n"
    assert "pacekeeper" not in server.ask("SHOW DATABASES", account=READER).text


def test_limits_throw_and_do_not_cut(server: Running) -> None:
    many = server.ask("SELECT number FROM numbers(1000001)", account=READER, wait_end_of_query="1")
    assert many.headers["X-ClickHouse-Exception-Code"] == "396"
    long = server.ask(
        "SELECT sum(cityHash64(number)) FROM numbers(100000000000)",
        account=READER,
        max_execution_time="1",
    )
    assert long.headers["X-ClickHouse-Exception-Code"] == "159"
    large = server.ask(
        "SELECT length(groupArray(toString(number))) FROM numbers(100000000)",
        account=READER,
        max_memory_usage="100000000",
    )
    assert large.headers["X-ClickHouse-Exception-Code"] == "241"


def test_bi_reads_through_a_session_too(server: Running) -> None:
    with server.client(READER) as client:
        assert client.query("SELECT count() FROM observations").result_rows == [(2,)]
        assert client.query(
            "SELECT indicator FROM bi.values_as_of(at = {at:DateTime64(3)})",
            parameters={"at": "2024-01-15 00:00:00"},
        ).result_rows == [("x",)]
