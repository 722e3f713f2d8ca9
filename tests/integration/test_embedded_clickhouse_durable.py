"""Stopping: an insert under way is finished first, and what it was told was stored is stored."""

from __future__ import annotations

import http.client
import signal
import time
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import pytest
from embedded_clickhouse import WRITER, embedded_server

from services.aggregate import migrate
from tests.stack import eventually

TABLE = "CREATE TABLE pacekeeper.t (n UInt32, s String) ENGINE = MergeTree ORDER BY n"
INSERT = "/?query=" + quote_plus("INSERT INTO pacekeeper.t FORMAT TSV")


def test_a_stop_lets_an_insert_under_way_end(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as server:
        server.ask(TABLE).raise_for_status()
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        client.putrequest("POST", INSERT)
        login = b64encode(":".join(WRITER).encode()).decode()
        client.putheader("Authorization", f"Basic {login}")
        client.putheader("Transfer-Encoding", "chunked")
        client.endheaders()
        lines = b"".join(b"%d\t%s\n" % (n, b"a" * 1000) for n in range(10_000))
        client.send(b"%x\r\n%b\r\n" % (len(lines), lines))
        running = 'pacekeeper_clickhouse_running{lane="insert"} 1.0'
        eventually(lambda: running in httpx.get(server.url + "/metrics").text)
        server.process.send_signal(signal.SIGTERM)
        client.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(lines), lines))
        answer = client.getresponse()
        assert answer.status == 200, answer.read()
        client.close()
        assert server.process.wait(timeout=20) == 0
    with embedded_server(tmp_path) as server:
        assert server.ask("SELECT count() FROM pacekeeper.t").text == "20000\n"


def test_the_raw_table_is_written_through_to_the_disk(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as server:
        client = server.client(autogenerate_session_id=False)
        migrate.migrate(client)
        client.close()
        made = server.ask("SHOW CREATE TABLE pacekeeper.raw").text
    assert "fsync_after_insert = 1, fsync_part_directory = 1" in made


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_takes_three_seconds_at_most(tmp_path: Path, end: signal.Signals) -> None:
    with embedded_server(tmp_path) as server:
        server.ask(TABLE).raise_for_status()
        for n in range(20):
            server.ask(f"INSERT INTO pacekeeper.t VALUES ({n}, 'a')").raise_for_status()
        server.process.send_signal(end)
        server.process.wait(timeout=20)
    seconds = []
    for _ in range(3):
        begun = time.monotonic()
        with embedded_server(tmp_path) as server:
            seconds.append(time.monotonic() - begun)
            assert server.ask("SELECT count() FROM pacekeeper.t").text == "20\n"
    assert min(seconds) <= 3
