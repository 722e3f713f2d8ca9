"""What the account `bi` may read, and what it is refused, on a real embedded server."""

from __future__ import annotations

import gzip
import os
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from clickhouse_disguises import disguised_expressions, disguised_tables
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
    "param_function": "file",
}

# The engine takes all of these for blanks, and goes on behind them.
DISGUISED = [
    *(
        f"SELECT 1;{blank}DROP TABLE pacekeeper.secrets"
        for blank in "\u00a0\u2028\u200b\u3000\ufeff"
    ),
    *(f"DROP{blank}TABLE{blank}pacekeeper.secrets" for blank in "\u0085\u180e\u2003\u200c\u2060"),
    *(
        f"SELECT{blank}b{blank}FROM{blank}pacekeeper.secrets"
        for blank in "\u2000\u200d\u202f\u205f"
    ),
    *(f"DESCRIBE{blank}pacekeeper.secrets" for blank in "\u00a0\u3000"),
    "SELECT\x00 1",
    "SELECT 1;\x00 DROP TABLE pacekeeper.secrets",
    "SELECT b #\nFROM pacekeeper.secrets",
    "SELECT b --\nFROM\n/*\n*/pacekeeper\n.\nsecrets",
    "SELECT $$file$$, b FROM pacekeeper.secrets",
    "SELECT '\\'', b FROM pacekeeper.secrets -- '",
    b"SELECT b FROM pacekeeper.secrets WHERE b != '\xff'",
    b"SELECT \xff\xfe",
    "SELECT " + "(" * 3000 + "1" + ")" * 3000,
    "SELECT " + "negate(" * 900 + "1" + ")" * 900,
    "SELECT '" + "x" * 300_000 + "'",
]


class Surroundings:
    """A file with a secret, a folder that has to stay empty, a port that must hear nothing."""

    def __init__(self, folder: Path) -> None:
        self.canary = folder / "canary.txt"
        self.canary.write_text("treasure\n")
        self.outside = folder / "outside"
        self.outside.mkdir()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0)

    def filled_in(self, statement: str) -> str:
        """The statement with real paths and the real port."""
        port = str(self.listener.getsockname()[1])
        return (
            statement.replace("/CANARY/", str(self.canary))
            .replace("/OUT/", str(self.outside / "written"))
            .replace("/PORT/", port)
        )

    def was_called(self) -> bool:
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    made = Surroundings(tmp_path_factory.mktemp("around"))
    with made.listener:
        yield made


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guard")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Running]:
    with embedded_server(data) as running:
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
    """One statement a line; /CANARY/, /OUT/ and /PORT/ in it are what `Surroundings` has."""
    return (STATEMENTS / name).read_text(encoding="utf-8").splitlines()


def refusal_missing(response: httpx.Response) -> bool:
    """Whether a hostile statement was let through, or gave something away in its error."""
    refused = response.headers.get("X-ClickHouse-Exception-Code") in REFUSALS
    return not refused or "treasure" in response.text


def let_through(server: Running, around: Surroundings, statements: Iterable[str]) -> list[str]:
    """Of many hostile statements those that were not refused."""

    found = []
    with server.http(READER) as http:
        for statement in statements:
            text = around.filled_in(statement).encode()
            response = http.post(server.url, content=text, params=PARAMETERS)
            if refusal_missing(response):
                found.append(f"{statement}: {response.text[:200]}")
    return found


@pytest.mark.parametrize("statement", lines("hostile.sql") + DISGUISED)
def test_a_hostile_statement_is_refused(
    server: Running, around: Surroundings, statement: str | bytes
) -> None:
    text = around.filled_in(statement) if isinstance(statement, str) else statement
    response = server.ask(text, account=READER, **PARAMETERS)
    code = response.headers.get("X-ClickHouse-Exception-Code")
    assert code in REFUSALS | {"167", "168", "306"}, response.text[:300]
    assert "treasure" not in response.text


def test_a_forbidden_expression_is_refused_in_every_disguise(
    server: Running, around: Surroundings
) -> None:
    assert not let_through(server, around, disguised_expressions())


def test_a_forbidden_table_is_refused_in_every_disguise(
    server: Running, around: Surroundings
) -> None:
    assert not let_through(server, around, disguised_tables())


def names(server: Running, query: str) -> list[str]:
    return server.ask(query).text.split()


def test_every_table_function_that_is_not_listed_is_refused(
    server: Running, around: Surroundings
) -> None:
    listed = {"generateSeries", "generate_series", "null", "numbers", "numbers_mt", "primes"}
    listed |= {"SQLStandardValues", "values", "zeros", "zeros_mt"}
    others = set(names(server, "SELECT name FROM system.table_functions")) - listed
    assert len(others) > 80
    assert not let_through(server, around, (f"SELECT * FROM {name}('/CANARY/')" for name in others))


def test_every_system_table_that_is_not_listed_is_refused(
    server: Running, around: Surroundings
) -> None:
    query = "SELECT name FROM system.tables WHERE database = 'system'"
    with server.http(READER) as http:

        def asked(text: str, **parameters: str) -> httpx.Response:
            return http.post(server.url, content=text.encode(), params=parameters)

        everything = set(names(server, query))
        answered = {n for n in everything if asked(f"SELECT * FROM system.{n} LIMIT 0").is_success}
        assert len(answered) < 30
        assert not answered & {"errors", "processes", "query_log", "parts", "users", "events"}
        for disguise in ("WITH {0} AS (SELECT * FROM {0}) SELECT * FROM {0}", "SELECT 1 IN {0}"):
            for name in everything - answered:
                response = asked(disguise.format(name), database="system")
                assert refusal_missing(response) is False, (name, response.text[:200])


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


# --- around the statement ---


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_text_is_judged_wherever_it_comes_from(server: Running, method: str) -> None:
    text = "SELECT b FROM pacekeeper.secrets"
    assert refusal_missing(server.ask(account=READER, method=method, query=text)) is False
    for cut in range(1, len(text), 3):
        response = server.ask(text[cut:], account=READER, query=text[:cut])
        assert refusal_missing(response) is False, response.text[:200]


def test_a_form_and_a_packed_body_are_judged_too(server: Running) -> None:
    fields = {
        "query": (None, "SELECT b FROM {t:Identifier}"),
        "param_t": (None, "pacekeeper.secrets"),
    }
    url, auth = server.url, READER
    with httpx.Client(auth=auth) as http:
        assert refusal_missing(http.post(url, files=fields)) is False
        split = {"query": (None, "FROM pacekeeper.secrets")}
        assert refusal_missing(http.post(url, files=split, params={"query": "SELECT b"})) is False
        settings = {"query": (None, "SELECT 1"), "readonly": (None, "0")}
        assert refusal_missing(http.post(url, files=settings)) is False
        packed = gzip.compress(b"SELECT b FROM pacekeeper.secrets")
        headers = {"Content-Encoding": "gzip"}
        assert refusal_missing(http.post(url, content=packed, headers=headers)) is False


@pytest.mark.parametrize(
    "headers",
    [{"X-ClickHouse-Database": "pacekeeper"}, {"X-ClickHouse-Format": "Template"}],
)
def test_headers_are_judged_too(server: Running, headers: dict[str, str]) -> None:
    assert refusal_missing(server.ask("SELECT 1", account=READER, headers=headers)) is False


def test_a_session_keeps_nothing_that_helps(server: Running) -> None:
    for statement in (
        "SET readonly = 0",
        "SET max_execution_time = 0",
        "SET param_t = 'pacekeeper.secrets'",
        "USE pacekeeper",
        "CREATE TEMPORARY TABLE t AS SELECT b FROM pacekeeper.secrets",
        "CREATE TEMPORARY TABLE observations (a String DEFAULT file('/etc/passwd'))",
        "SELECT * FROM {t:Identifier}",
        "SELECT * FROM secrets",
        "SELECT * FROM t",
    ):
        response = server.ask(statement, account=READER, session_id="mine")
        assert refusal_missing(response) is False, response.text[:200]
    assert (
        server.ask("SELECT getSetting('readonly')", account=READER, session_id="mine").text == "2\n"
    )


def test_a_session_of_another_account_is_another_session(server: Running) -> None:
    server.ask("CREATE TEMPORARY TABLE loot (b String)", session_id="shared").raise_for_status()
    response = server.ask("SELECT * FROM loot", account=READER, session_id="shared")
    assert response.headers["X-ClickHouse-Exception-Code"] == "60"


def test_a_verdict_holds_for_its_parameters_and_database_only(server: Running) -> None:
    text = "SELECT count() FROM {t:Identifier}"
    assert server.ask(text, account=READER, param_t="observations").text == "2\n"
    assert refusal_missing(server.ask(text, account=READER, param_t="pacekeeper.secrets")) is False
    server.ask("CREATE OR REPLACE VIEW bi.errors AS SELECT 1 AS a").raise_for_status()
    assert server.ask("SELECT * FROM errors", account=READER).text == "1\n"
    assert (
        refusal_missing(server.ask("SELECT * FROM errors", account=READER, database="system"))
        is False
    )
    server.ask("DROP VIEW bi.errors").raise_for_status()


def test_errors_name_no_table_of_another_database(server: Running) -> None:
    for statement in (
        "SELECT * FROM bi.secret",
        "SELECT * FROM secrets",
        "SELECT * FROM information_schema.secrets",
        "DESCRIBE bi.secret",
    ):
        response = server.ask(statement, account=READER)
        assert response.status_code == 404
        assert "pacekeeper" not in response.text


def test_results_over_64_mebibytes_are_thrown(server: Running) -> None:
    query = "SELECT randomString(1000) FROM numbers(100000)"
    response = server.ask(query, account=READER, wait_end_of_query="1")
    assert response.headers["X-ClickHouse-Exception-Code"] == "396"


def test_the_account_is_asked_for_by_name(server: Running) -> None:
    assert server.ask("SELECT currentUser(), user()", account=READER).text == "bi\tbi\n"
    assert server.ask("SELECT currentUser()").text == "pacekeeper\n"
    grants = server.ask("SHOW GRANTS", account=READER).text
    assert grants.splitlines()[0] == "GRANT SELECT ON bi.* TO bi"


def test_nothing_was_written_or_called_in_all_this(
    server: Running, around: Surroundings, data: Path
) -> None:
    assert not list(around.outside.iterdir())
    assert not around.was_called()
    assert sorted(os.listdir(data)) == ["empty", "engine", "server.lock", "spool"]
    assert not list((data / "empty").iterdir())
    assert not list((data / "spool").iterdir())
    assert server.ask("SELECT * FROM pacekeeper.secrets").text == "1\ttreasure\n"
