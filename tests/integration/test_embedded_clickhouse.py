"""What a request to the embedded server may look like: credentials, formats, settings, sessions."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from typing import Any

import httpx
import pytest

from tests.integration.embedded_clickhouse import READER, Running, code_of, rows_of, runs


@pytest.mark.parametrize(
    "credentials",
    [
        {"headers": {"X-ClickHouse-User": READER[0], "X-ClickHouse-Key": READER[1]}},
        {"params": {"user": READER[0], "password": READER[1]}},
        {"headers": {"Authorization": "Basic " + b64encode(":".join(READER).encode()).decode()}},
    ],
)
def test_credentials_come_in_three_ways(server: Running, credentials: Any) -> None:
    response = httpx.post(server.url, content=b"SELECT 1", **credentials)
    assert response.text == "1\n"


def test_ping_needs_no_password(server: Running) -> None:
    assert httpx.get(server.url + "/ping").text == "Ok.\n"
    assert httpx.get(server.url + "/").text == "Ok.\n"
    assert httpx.get(server.url + "/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("text", "header", "default", "used"),
    [
        ("SELECT 1 AS a FORMAT JSONEachRow", "CSV", "TSV", "JSONEachRow"),
        ("SELECT 1 AS a", "CSV", "JSON", "CSV"),
        ("SELECT 1 AS a", "", "JSONCompactEachRow", "JSONCompactEachRow"),
        ("SELECT 1 AS a", "", "", "TabSeparated"),
        ("SELECT 1 AS a FORMAT JSONEachRow SETTINGS max_threads = 1;", "", "", "JSONEachRow"),
        ("SELECT 'FORMAT CSV' AS format", "", "", "TabSeparated"),
    ],
)
def test_the_text_decides_on_the_format_then_header_then_url(
    server: Running, text: str, header: str, default: str, used: str
) -> None:
    headers = {"X-ClickHouse-Format": header} if header else {}
    response = server.ask(text, headers=headers, default_format=default)
    assert response.headers["X-ClickHouse-Format"] == used


def test_a_statement_without_a_result_names_no_format(server: Running, table: str) -> None:
    for text in (f"INSERT INTO {table} VALUES (1, 'x')", f"TRUNCATE TABLE {table}"):
        assert "X-ClickHouse-Format" not in server.ask(text).headers


def test_headers_tell_what_was_done(server: Running, table: str) -> None:
    response = server.ask(
        b'{"a":1,"s":"x"}\n{"a":2,"s":"y"}',
        query=f"INSERT INTO {table} FORMAT JSONEachRow",
        query_id="mine",
    )
    assert response.headers["X-ClickHouse-Query-Id"] == "mine"
    assert response.headers["X-ClickHouse-Server-Display-Name"]
    assert response.headers["X-ClickHouse-Timezone"]
    summary = json.loads(response.headers["X-ClickHouse-Summary"])
    assert summary["written_rows"] == "2"
    read = server.ask(f"SELECT * FROM {table}")
    assert json.loads(read.headers["X-ClickHouse-Summary"])["read_rows"] == "2"


@pytest.mark.parametrize(
    ("statement", "body"),
    [
        ("", b"INSERT INTO pacekeeper.t VALUES (1, 'x'), (2, concat('y', 'z'))"),
        ("", b"INSERT INTO pacekeeper.t (a, s) FORMAT CSV\n1,x\n2,yz\n"),
        ("", b'/* FORMAT */ insert into pacekeeper.t format JSONEachRow {"a":1} {"a":2}'),
        ("INSERT INTO pacekeeper.t FORMAT TSV", b"1\tx\n2\tyz\n"),
        ("INSERT INTO pacekeeper.t (a, s) VALUES", b"(1, 'x'), (2, 'yz')"),
        ("INSERT INTO pacekeeper.t", b"(1, 'x'), (2, 'yz')"),
        ("INSERT INTO pacekeeper.t SELECT number, 'x' FROM numbers(2)", b""),
        ("", b"INSERT INTO pacekeeper.t (a) (SELECT number FROM numbers(2))"),
        ("INSERT INTO pacekeeper.t SETTINGS max_insert_threads=1 FORMAT CSV", b"1,x\n2,y\n"),
    ],
)
def test_an_insert_may_be_written_in_many_ways(
    server: Running, table: str, statement: str, body: bytes
) -> None:
    parameters = {"query": statement} if statement else {}
    response = server.ask(body, **parameters)
    assert (response.status_code, rows_of(server, table)) == (200, 2), response.text


def test_a_setting_is_for_one_request(server: Running) -> None:
    seen = "SELECT getSetting('max_threads')"
    before = server.ask(seen).text
    assert server.ask(seen, max_threads="7").text == "7\n"
    assert server.ask(seen).text == before
    unknown = server.ask("SELECT 1", no_such_setting="1")
    assert (unknown.status_code, code_of(unknown)) == (404, 115)


def test_the_database_of_a_request_is_the_current_one(server: Running) -> None:
    assert server.ask("SELECT currentDatabase()", database="pacekeeper").text == "pacekeeper\n"
    missing = server.ask("SELECT 1", database="nowhere")
    assert (missing.status_code, code_of(missing)) == (404, 81)


def test_get_reads_and_changes_nothing(server: Running, table: str) -> None:
    assert server.ask(method="GET", query="SELECT 1").text == "1\n"
    for text in (f"DROP TABLE {table}", f"INSERT INTO {table} VALUES (1, 'x')"):
        refused = server.ask(method="GET", query=text)
        assert (refused.status_code, code_of(refused)) == (403, 164)
    assert rows_of(server, table) == 0


@pytest.mark.parametrize("text", ["", "  ", "-- nothing", ";"])
def test_an_empty_query_is_an_error(server: Running, text: str) -> None:
    refused = server.ask(text)
    assert (refused.status_code, code_of(refused)) == (400, 62)


def test_only_one_statement_at_a_time(server: Running, table: str) -> None:
    refused = server.ask(f"SELECT 1; DROP TABLE {table}")
    assert (refused.status_code, code_of(refused)) == (400, 62)
    assert rows_of(server, table) == 0


@pytest.mark.parametrize(
    "text", ["SYSTEM SHUTDOWN", "system /* x */ shutdown", "SYSTEM\u00a0SHUTDOWN", "SYSTEM KILL"]
)
def test_no_client_stops_the_server(server: Running, text: str) -> None:
    assert code_of(server.ask(text)) in (62, 497)
    assert server.ask("SELECT 1").text == "1\n"


def test_a_session_keeps_its_tables_and_settings(server: Running) -> None:
    def ask(text: str, **more: str) -> httpx.Response:
        return server.ask(text, session_id="kept", **more)

    ask("CREATE TEMPORARY TABLE mine (a UInt8) ENGINE = Memory").raise_for_status()
    ask("INSERT INTO mine VALUES (1)").raise_for_status()
    ask("SET max_block_size = 4321").raise_for_status()
    ask("USE pacekeeper").raise_for_status()
    assert ask("SELECT a FROM mine").text == "1\n"
    own = "SELECT getSetting('max_block_size'), currentDatabase()"
    assert ask(own, max_block_size="99", database="bi").text == "99\tbi\n"
    assert ask(own).text == "4321\tpacekeeper\n"
    assert code_of(server.ask("SELECT a FROM mine")) == 60


def test_a_busy_session_is_373_and_an_unknown_one_372(server: Running) -> None:
    slow = threading.Thread(
        target=lambda: server.ask("SELECT sleep(2)", session_id="busy", query_id="sleeper")
    )
    slow.start()
    try:
        while not runs(server, "sleeper"):
            assert slow.is_alive()
        busy = server.ask("SELECT 1", session_id="busy")
    finally:
        slow.join()
    assert (busy.status_code, code_of(busy)) == (400, 373)
    assert server.ask("SELECT 1", session_id="busy").text == "1\n"
    unknown = server.ask("SELECT 1", session_id="never seen", session_check="1")
    assert (unknown.status_code, code_of(unknown)) == (400, 372)
