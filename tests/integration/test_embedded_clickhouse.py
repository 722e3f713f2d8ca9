"""The embedded server as its clients see it: clickhouse-connect, and plain HTTP for the rest."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import json
import socket
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import brotli
import clickhouse_connect
import httpx
import lz4.frame
import pytest
import zstandard
from clickhouse_connect.driver.exceptions import DatabaseError
from embedded_clickhouse import READER, WRITER, Running, embedded_server

from deploy.local.clickhouse.blocks import BlockPacker, BlockUnpacker

RUNNING = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'pacekeeper/{}'"
CANCEL = "cancel_http_readonly_queries_on_client_close"
VALUES = "(a UInt32, s String) ENGINE = MergeTree ORDER BY a"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[Any]:
    with server.client() as connected:
        yield connected


@pytest.fixture
def table(server: Running) -> str:
    server.ask(f"CREATE OR REPLACE TABLE pacekeeper.t {VALUES}").raise_for_status()
    return "pacekeeper.t"


def rows_of(server: Running, table: str) -> int:
    return int(server.ask(f"SELECT count() FROM {table}").text)


def code_of(response: httpx.Response) -> int:
    return int(response.headers["X-ClickHouse-Exception-Code"])


# --- clickhouse-connect ---


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


# --- what a request may look like ---


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


# --- sessions ---


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
        while server.ask(RUNNING.format("sleeper")).text == "0\n":
            assert slow.is_alive()
        busy = server.ask("SELECT 1", session_id="busy")
    finally:
        slow.join()
    assert (busy.status_code, code_of(busy)) == (400, 373)
    assert server.ask("SELECT 1", session_id="busy").text == "1\n"
    unknown = server.ask("SELECT 1", session_id="never seen", session_check="1")
    assert (unknown.status_code, code_of(unknown)) == (400, 372)


# --- compression ---


UNPACK = {
    "lz4": lz4.frame.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "deflate": zlib.decompress,
}


@pytest.mark.parametrize("encoding", UNPACK)
def test_answers_are_packed_as_accepted(server: Running, encoding: str) -> None:
    request = httpx.Request(
        "POST",
        server.url,
        content=b"SELECT number FROM numbers(300000)",
        headers={"Accept-Encoding": encoding, "X-ClickHouse-User": WRITER[0]}
        | {"X-ClickHouse-Key": WRITER[1]},
    )
    with httpx.Client() as http:
        response = http.send(request, stream=True)
        packed = b"".join(response.iter_raw())
        response.close()
    assert response.headers["Content-Encoding"] == encoding
    assert UNPACK[encoding](packed).split() == [b"%d" % n for n in range(300000)]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("lz4", lz4.frame.compress),
    ],
)
def test_a_packed_body_is_unpacked_and_a_cut_one_inserts_nothing(
    server: Running, table: str, encoding: str, pack: Any
) -> None:
    packed = pack(b"INSERT INTO pacekeeper.t FORMAT CSV\n" + b"1,x\n" * 1000)
    headers = {"Content-Encoding": encoding}
    cut = server.ask(packed[: len(packed) - 9], headers=headers)
    assert (code_of(cut), rows_of(server, table)) == (271, 0)
    assert server.ask(packed, headers=headers).status_code == 200
    assert rows_of(server, table) == 1000


def test_native_blocks_go_both_ways(server: Running, table: str) -> None:
    blocks = BlockPacker().feed(b"1\tx\n2\ty\n")
    server.ask(blocks, query=f"INSERT INTO {table} FORMAT TSV", decompress="1").raise_for_status()
    response = server.ask(f"SELECT a, s FROM {table} ORDER BY a", compress="1")
    assert BlockUnpacker().feed(response.content) == b"1\tx\n2\ty\n"


# --- bodies that break off, errors in mid-stream ---


def test_a_chunked_body_that_breaks_off_inserts_nothing(server: Running, table: str) -> None:
    token = b64encode(":".join(WRITER).encode())
    statement = b"INSERT INTO pacekeeper.t FORMAT CSV\n" + b"1,x\n" * 1000
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nAuthorization: Basic "
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(head + token + b"\r\n\r\n%x\r\n" % len(statement) + statement + b"\r\n")
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(1) == b""
    assert rows_of(server, table) == 0


def test_a_long_insert_streams_and_breaks_off_cleanly(server: Running, table: str) -> None:
    line = b"7," + b"x" * 98 + b"\n"

    def body(lines: int) -> Iterator[bytes]:
        yield b"INSERT INTO pacekeeper.t FORMAT CSV\n"
        for _ in range(lines // 1000):
            yield line * 1000

    with httpx.Client(auth=WRITER, timeout=60) as http:
        http.post(server.url, content=body(200_000)).raise_for_status()
        assert rows_of(server, table) == 200_000

        def broken() -> Iterator[bytes]:
            yield from body(200_000)
            raise ConnectionAbortedError

        with pytest.raises(ConnectionAbortedError):
            http.post(server.url, content=broken())
    assert rows_of(server, table) == 200_000


def test_an_error_after_the_first_bytes_is_marked_in_the_body(server: Running) -> None:
    response = server.ask("SELECT throwIf(number = 400000) FROM numbers(500000)")
    tag = response.headers["X-ClickHouse-Exception-Tag"]
    assert response.status_code == 200
    assert f"\r\n__exception__\r\n{tag}\r\nCode: 395." in response.text
    assert response.text.endswith(f" {tag}\r\n__exception__\r\n")


def test_with_wait_end_of_query_it_is_a_proper_error(server: Running) -> None:
    late = "SELECT throwIf(number = 400000) FROM numbers(500000)"
    response = server.ask(late, wait_end_of_query="1")
    assert (response.status_code, code_of(response)) == (500, 395)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("SELECT count() FROM system.numbers", {CANCEL: "1"}),
        ("SELECT number FROM system.numbers", {}),
    ],
)
def test_a_query_ends_when_its_client_is_gone(
    server: Running, query: str, parameters: dict[str, str]
) -> None:
    mark = f"left-{len(parameters)}"
    running = RUNNING.format(mark)
    fields = {"query": query, "query_id": mark, "user": WRITER[0], "password": WRITER[1]}
    path = "/?" + urlencode(fields | parameters)
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        while server.ask(running).text == "0\n":
            pass
    deadline = time.monotonic() + 10
    while server.ask(running).text != "0\n":
        assert time.monotonic() < deadline


def test_inserts_do_not_wait_behind_dashboards(server: Running, table: str) -> None:
    heavy = "SELECT sum(cityHash64(number)) FROM numbers(400000000)"
    dashboards = [
        threading.Thread(target=lambda: server.ask(heavy, account=READER, max_threads="1"))
        for _ in range(8)
    ]
    for dashboard in dashboards:
        dashboard.start()
    inserted = 0
    while any(dashboard.is_alive() for dashboard in dashboards):
        server.ask(f"INSERT INTO {table} VALUES (1, 'x')").raise_for_status()
        inserted += 1
    # More than six dashboards wait for each other; the inserts went past all of them.
    assert inserted > len(dashboards)
    assert rows_of(server, table) == inserted
