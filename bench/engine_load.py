"""Sixteen clients of the embedded ClickHouse at once: half insert at a pace, half read boards."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

from bench import city
from bench.client import Client
from bench.machine import pss_mib, spread
from tests.integration.embedded_clickhouse import READER, WRITER, Running

WRITERS = 8
VIEWERS = 8
ROWS = 1000
EVERY = 0.2
INSERT = "/?query=" + quote_plus("INSERT INTO pacekeeper.raw FORMAT Native")
_SAMPLE_EVERY = 5.0


def client(server: Running, account: tuple[str, str]) -> Client:
    """A connection of one account."""
    login = b64encode(":".join(account).encode()).decode()
    return Client(server.port, {"Authorization": f"Basic {login}"})


def block(server: Running, rows: int, writer: int) -> bytes:
    """A Native block of the raw table's columns."""
    connection = client(server, WRITER)
    try:
        return connection.post("/?default_format=Native", city.rows_of(rows, writer).encode())
    finally:
        connection.close()


class Load:
    """A run of the sixteen; `first` keeps the offsets of several runs on one server apart."""

    def __init__(self, server: Running, seconds: float, first: int = 0) -> None:
        self._server = server
        self._first = first
        self._begin = time.monotonic()
        self._end = self._begin + seconds
        self.inserts: list[float] = []
        self.queries: list[float] = []
        self.errors: list[str] = []
        self.pss: list[tuple[float, float]] = []

    def run(self) -> dict[str, Any]:
        """Run to the end: milliseconds of inserts and queries, errors, memory over time."""
        writers = [self._thread(self._write, n) for n in range(WRITERS)]
        viewers = [self._thread(self._view, n) for n in range(VIEWERS)]
        for thread in writers + viewers:
            thread.start()
        while time.monotonic() < self._end:
            at = time.monotonic() - self._begin
            self.pss.append((round(at, 1), round(pss_mib(self._server.process.pid), 1)))
            time.sleep(min(_SAMPLE_EVERY, max(0.0, self._end - time.monotonic())))
        for thread in writers + viewers:
            thread.join()
        return {
            "insert_ms": spread(self.inserts),
            "query_ms": spread(self.queries),
            "errors": self.errors[:5],
            "error_count": len(self.errors),
            "pss_mib": self.pss,
        }

    def _thread(self, work: Callable[[int], None], n: int) -> threading.Thread:
        return threading.Thread(target=self._until_it_fails, args=(work, n))

    def _until_it_fails(self, work: Callable[[int], None], n: int) -> None:
        try:
            work(n)
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def _write(self, n: int) -> None:
        template = block(self._server, ROWS, n)
        connection = client(self._server, WRITER)
        due = self._begin + n * EVERY / WRITERS
        offset = self._first
        while (due := max(due + EVERY, time.monotonic())) < self._end:
            offset += 1
            body = city.numbered(template, offset)
            time.sleep(max(0.0, due - time.monotonic()))
            started = time.monotonic()
            connection.post(INSERT, body)
            self.inserts.append((time.monotonic() - started) * 1000)
        connection.close()

    def _view(self, n: int) -> None:
        connection = client(self._server, READER)
        turn = n
        while time.monotonic() < self._end:
            turn += 1
            sql = city.DASHBOARD[turn % len(city.DASHBOARD)].format(n=turn % 10)
            started = time.monotonic()
            connection.post("/?max_threads=1&default_format=JSONCompact", sql.encode())
            self.queries.append((time.monotonic() - started) * 1000)
        connection.close()
