"""Starts a real embedded ClickHouse server for a test, on a free port and a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import clickhouse_connect
import httpx

from services.aggregate import migrate

WRITER = ("pacekeeper", "a writer's secret")
READER = ("bi", "a reader's secret")


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]
    log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        """What it has logged so far."""
        assert self.log is not None
        self.log.seek(0)
        return self.log.read().decode()

    def client(self, account: tuple[str, str] = WRITER, **options: Any) -> Any:
        user, password = account
        return clickhouse_connect.get_client(
            host="127.0.0.1", port=self.port, username=user, password=password, **options
        )

    def http(self, account: tuple[str, str] = WRITER) -> httpx.Client:
        """A client for many plain HTTP requests."""
        plain = {"Accept-Encoding": "identity"}
        # Certificates take longer to load than most requests here take, and nothing needs them.
        return httpx.Client(auth=account, headers=plain, timeout=60, verify=False)

    def ask(
        self,
        text: str | bytes = b"",
        account: tuple[str, str] = WRITER,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        **parameters: str,
    ) -> httpx.Response:
        """One plain HTTP request."""
        with self.http(account) as http:
            return http.request(
                method, self.url, content=text, params=parameters, headers=headers or {}
            )


def rows_of(server: Running, table: str) -> int:
    """How many rows are stored."""
    return int(server.ask(f"SELECT count() FROM {table}").text)


def code_of(response: httpx.Response) -> int:
    """The engine's code of an error; 0 where there is none."""
    return int(response.headers.get("X-ClickHouse-Exception-Code", "0"))


def runs(server: Running, mark: str) -> bool:
    """Is a query running that a client marked so?"""
    of_it = f"Settings['log_comment'] = 'pacekeeper/{mark}'"
    return server.ask(f"SELECT count() FROM system.processes WHERE {of_it}").text != "0\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(
    data: Path, port: int, stderr: int | IO[bytes] = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start the server's process; it may not answer yet."""
    environment = os.environ | {
        "PACEKEEPER_CLICKHOUSE_PASSWORD": WRITER[1],
        "PACEKEEPER_BI_PASSWORD": READER[1],
    }
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local.clickhouse", "--data", data, "--port", str(port)],
        env=environment,
        stderr=stderr,
        start_new_session=True,
    )


def wait_until_it_answers(running: Running) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if httpx.get(running.url + "/ping").text == "Ok.\n":
                return
        except httpx.TransportError:
            if running.process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def embedded_server(data: Path) -> Iterator[Running]:
    """A server on this folder, stopped at the end however the test ends."""
    port = free_port()
    # A pipe that nobody reads would stop a server that has much to say.
    with tempfile.TemporaryFile() as said:
        process = launch(data, port, said)
        running = Running(port, process, said)
        try:
            wait_until_it_answers(running)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def with_tables(data: Path) -> Iterator[tuple[Any, Any]]:
    """The clients of the writer and of the reader, of a server with the aggregate's tables."""
    with embedded_server(data) as running:
        writer = running.client(autogenerate_session_id=False)
        migrate.migrate(writer)
        reader = running.client(READER, autogenerate_session_id=False)
        yield writer, reader
        reader.close()
        writer.close()
