"""What ends early on the embedded server: bodies, results, queries whose client is gone."""

from __future__ import annotations

import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

from tests.integration.embedded_clickhouse import READER, WRITER, Running, code_of, rows_of, runs

CANCEL = "cancel_http_readonly_queries_on_client_close"


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
    fields = {"query": query, "query_id": mark, "user": WRITER[0], "password": WRITER[1]}
    path = "/?" + urlencode(fields | parameters)
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        while not runs(server, mark):
            pass
    deadline = time.monotonic() + 10
    while runs(server, mark):
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
