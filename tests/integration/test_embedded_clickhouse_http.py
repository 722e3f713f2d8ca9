"""What the server says over HTTP besides results: pages, headers, progress, errors, endings."""

from __future__ import annotations

import json
import threading
import time
from http.client import HTTPConnection

import httpx
import pytest

from tests.integration.embedded_clickhouse import READER, WRITER, Running, code_of

ENDLESS = "SELECT count() FROM numbers(1000000000000)"
ROWS = 200_000


def test_play_is_a_page_of_its_own(server: Running) -> None:
    page = httpx.get(server.url + "/play")
    assert page.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "http" not in page.text.replace("http_readonly", "").lower()


@pytest.mark.parametrize("path", ["/", "/ping", "/replicas_status"])
def test_a_probe_needs_no_password(server: Running, path: str) -> None:
    assert httpx.get(server.url + path).text == "Ok.\n"
    assert httpx.head(server.url + path).status_code == 200


@pytest.mark.parametrize("rows", [1, 1_000_000])
def test_head_gives_headers_only(server: Running, rows: int) -> None:
    answer = server.ask(method="HEAD", query=f"SELECT number FROM numbers({rows})")
    assert answer.headers["X-ClickHouse-Format"] == "TabSeparated"
    assert answer.content == b""
    assert server.ask("SELECT 1").text == "1\n"


def test_a_browser_may_ask_what_is_allowed(server: Running) -> None:
    answer = httpx.options(server.url, headers={"Origin": "http://page"})
    assert answer.status_code == 204
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("origin", "setting", "allowed"),
    [("http://page", "1", "*"), ("http://page", "0", None), ("", "1", None)],
)
def test_another_origin_reads_answers_if_the_url_says_so(
    server: Running, origin: str, setting: str, allowed: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    for text in ("SELECT 1", "SELECT nothing"):
        answer = server.ask(text, headers=headers, add_http_cors_header=setting)
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed


def test_progress_is_told_in_headers_where_asked(server: Running) -> None:
    with httpx.Client(auth=WRITER, timeout=60) as http:
        answer = http.post(
            server.url,
            params={
                "send_progress_in_http_headers": "1",
                "http_headers_progress_interval_ms": "50",
                "max_block_size": "1",
            },
            content="SELECT sleepEachRow(0.1) FROM numbers(10) FORMAT JSON",
        )
    looks = [json.loads(look) for look in answer.headers.get_list("X-ClickHouse-Progress")[:3]]
    elapsed = [int(look["elapsed_ns"]) for look in looks]
    assert elapsed
    assert elapsed == sorted(elapsed)
    assert "X-ClickHouse-Progress" not in server.ask("SELECT 1").headers


@pytest.mark.parametrize(
    ("parameters", "status"),
    [({}, 200), ({"buffer_size": "4000000"}, 500), ({"wait_end_of_query": "1"}, 500)],
)
def test_an_error_within_what_is_held_back_has_a_status(
    server: Running, parameters: dict[str, str], status: int
) -> None:
    late = "SELECT throwIf(number = 400000) FROM numbers(500000)"
    assert server.ask(late, **parameters).status_code == status


@pytest.mark.parametrize("format", ["JSON", "JSONCompact", "Parquet", "Arrow", "XML", "Values"])
def test_an_error_in_a_format_of_one_frame_has_a_status(server: Running, format: str) -> None:
    late = f"SELECT throwIf(number = 400000) FROM numbers(500000) FORMAT {format}"
    answer = server.ask(late)
    assert (answer.status_code, code_of(answer)) == (500, 395)


@pytest.mark.parametrize(
    "format",
    [
        "CSVWithNames",
        "TSVWithNamesAndTypes",
        "JSONCompactEachRowWithNamesAndTypes",
        "RowBinaryWithNamesAndTypes",
        "RowBinaryWithNames",
        "JSON",
        "Values",
    ],
)
@pytest.mark.parametrize("rows", [0, 1, ROWS])
def test_a_result_of_many_pieces_is_one_document(server: Running, format: str, rows: int) -> None:
    """Sent back as an INSERT it gives the rows that it was made of."""
    server.ask('CREATE TABLE IF NOT EXISTS back (number UInt64, `a\n"b` String) ENGINE = Memory')
    server.ask("TRUNCATE TABLE back")
    query = f'SELECT number, toString(number) AS `a\n"b` FROM numbers({rows}) FORMAT {format}'
    for parameters in ({}, {"wait_end_of_query": "1"}):
        answer = server.ask(query, **parameters)
        assert answer.status_code == 200
        sent = server.ask(answer.content, query=f"INSERT INTO back FORMAT {format}")
        assert sent.status_code == 200, sent.text
    found = server.ask('SELECT count(), sum(number), sum(length(`a\n"b`) > 0) FROM back').text
    assert found == f"{2 * rows}\t{rows * (rows - 1)}\t{2 * rows}\n"


@pytest.mark.parametrize("clause", ["WITH TOTALS", "SETTINGS extremes = 1"])
def test_totals_and_extremes_stand_behind_all_rows(server: Running, clause: str) -> None:
    text = f"SELECT number, max(number) FROM numbers({ROWS}) GROUP BY number {clause}"
    whole = json.loads(server.ask(text, default_format="JSONCompact").text)
    assert len(whole["data"]) == ROWS
    assert {"totals", "extremes"} & set(whole)
    rows, _, behind = server.ask(text, default_format="TSV").text.partition("\n\n")
    assert rows.count("\n") == ROWS - 1
    assert 1 <= behind.count("\n") <= 2


def test_an_array_of_rows_is_one_array(server: Running) -> None:
    text = f"SELECT number FROM numbers({ROWS}) FORMAT JSONEachRow"
    answer = server.ask(text, output_format_json_array_of_rows="1")
    assert len(json.loads(answer.text)) == ROWS


def stopped(server: Running, account: tuple[str, str], query_id: str, kill: str) -> httpx.Response:
    """What an endless query answers once it was killed by this statement."""
    answers: list[httpx.Response] = []

    def endless() -> None:
        answers.append(server.ask(ENDLESS, account=account, query_id=query_id))

    running = threading.Thread(target=endless)
    running.start()
    deadline = time.monotonic() + 20
    while running.is_alive():
        assert time.monotonic() < deadline
        server.ask(kill, account=account).raise_for_status()
        running.join(0.05)
    return answers[0]


@pytest.mark.parametrize("query_id", ["plain-1", "with 'quotes' & = signs"])
def test_a_query_is_killed_by_the_id_its_client_gave(server: Running, query_id: str) -> None:
    literal = query_id.replace("'", "\\'")
    answer = stopped(server, WRITER, query_id, f"KILL QUERY WHERE query_id = '{literal}'")
    assert (answer.status_code, code_of(answer)) == (500, 394)


def test_a_guarded_account_kills_its_own_queries(server: Running) -> None:
    answer = stopped(server, READER, "mine", "KILL QUERY WHERE query_id = 'mine'")
    assert (answer.status_code, code_of(answer)) == (500, 394)


def test_a_guarded_account_kills_nobody_elses(server: Running) -> None:
    victims = server.ask("KILL QUERY WHERE query_id = 'x' TEST", account=READER)
    assert (victims.status_code, victims.text) == (200, "")
    for statement in ("KILL QUERY WHERE 1", "KILL QUERY WHERE user = 'pacekeeper'"):
        assert code_of(server.ask(statement, account=READER)) == 497


def test_a_kill_does_not_wait_behind_what_it_kills(server: Running) -> None:
    many = [
        threading.Thread(
            target=lambda n=n: server.ask(ENDLESS, query_id=f"many-{n}", max_threads="1")
        )
        for n in range(12)
    ]
    for one in many:
        one.start()
    deadline = time.monotonic() + 30
    while any(one.is_alive() for one in many):
        assert time.monotonic() < deadline
        server.ask("KILL QUERY WHERE query_id LIKE 'many-%' SYNC").raise_for_status()


def test_a_session_is_free_once_its_answer_has_ended(server: Running) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    path = f"/?session_id=quick&user={WRITER[0]}&password={WRITER[1].replace(' ', '%20')}"
    for _ in range(50):
        connection.request("POST", path, "SELECT number FROM numbers(200000)")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    connection.close()


def test_native_blocks_follow_the_protocol_version(server: Running) -> None:
    query = "SELECT toDateTime(1676369730, 'Asia/Shanghai') AS dt, 'x' AS s FORMAT Native"
    plain = server.ask(query).content
    zoned = server.ask(query, client_protocol_version="54337").content
    marked = server.ask(query, client_protocol_version="54460").content
    assert b"DateTime('Asia/Shanghai')" not in plain
    assert zoned.startswith(bytes.fromhex("010002ffffffff00"))
    assert b"\x19DateTime('Asia/Shanghai')\x42" in zoned
    assert b"\x19DateTime('Asia/Shanghai')\x00\x42" in marked
    assert marked.endswith(b"\x06String\x00\x01x")


def test_every_block_of_every_statement_is_framed(server: Running) -> None:
    info = bytes.fromhex("010002ffffffff00")
    for text in ("SHOW DATABASES", f"SELECT number FROM numbers({ROWS})"):
        plain = server.ask(text, default_format="Native").content
        framed = server.ask(text, default_format="Native", client_protocol_version="1").content
        assert framed.replace(info, b"") == plain
