"""What the embedded server does when it is killed, stopped, started twice, or cannot start."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from embedded_clickhouse import READER, Running, embedded_server, free_port, launch

TABLE = (
    "CREATE TABLE pacekeeper.raw (writer UInt8, n UInt32) ENGINE = MergeTree ORDER BY (writer, n) "
    "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)


class Writer(threading.Thread):
    """Inserts one number after the other until the server is gone, and counts the answers."""

    def __init__(self, server: Running, name: int) -> None:
        super().__init__()
        self._server = server
        self._name = name
        self.acknowledged = 0

    def run(self) -> None:
        try:
            while True:
                n = self.acknowledged + 1
                text = f"INSERT INTO pacekeeper.raw VALUES ({self._name}, {n})"
                if self._server.ask(text).status_code != 200:
                    return
                self.acknowledged = n
        except httpx.TransportError:
            return


def test_acknowledged_rows_survive_kill_9(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as server:
        server.ask(TABLE).raise_for_status()
        writers = [Writer(server, name) for name in range(3)]
        for writer in writers:
            writer.start()
        while min(writer.acknowledged for writer in writers) < 20:
            assert all(writer.is_alive() for writer in writers)
        server.process.kill()
        for writer in writers:
            writer.join()
    with embedded_server(tmp_path) as server:
        for name, writer in enumerate(writers):
            count = "SELECT count(), uniqExact(n), max(n) FROM pacekeeper.raw WHERE writer = "
            rows, different, last = map(int, server.ask(count + str(name)).text.split())
            # The one that was under way may have been stored; none is lost, none is doubled.
            assert rows == different == last
            assert last - writer.acknowledged in (0, 1)


def test_a_second_server_on_the_same_data_is_refused_at_once(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as server:
        begun = time.monotonic()
        second = launch(tmp_path, free_port())
        _, said = second.communicate(timeout=20)
        assert second.returncode == 1
        assert time.monotonic() - begun < 5
        assert f"PID {server.process.pid}" in said.decode()
        assert "数据目录" in said.decode()
        assert "Traceback" not in said.decode()
        assert server.ask("SELECT 1").text == "1\n"


def test_sigterm_lets_a_running_query_end_and_then_starts_again(tmp_path: Path) -> None:
    answers: list[str] = []
    with embedded_server(tmp_path) as server:
        server.ask(TABLE).raise_for_status()
        query = "SELECT sleep(1) FORMAT Null"
        slow = threading.Thread(
            target=lambda: answers.append(str(server.ask(query, query_id="slow").status_code))
        )
        slow.start()
        running = (
            "SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'pacekeeper/slow'"
        )
        while server.ask(running).text == "0\n":
            assert slow.is_alive()
        server.process.send_signal(signal.SIGTERM)
        slow.join()
        assert server.process.wait(timeout=20) == 0
    assert answers == ["200"]
    begun = time.monotonic()
    with embedded_server(tmp_path) as server:
        assert time.monotonic() - begun < 5
        assert server.ask("EXISTS pacekeeper.raw").text == "1\n"
        assert server.ask("SELECT 1", account=READER).text == "1\n"


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = launch(tmp_path, taken.getsockname()[1])
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "PACEKEEPER_CLICKHOUSE_PORT" in said.decode()


@pytest.mark.parametrize("missing", ["PACEKEEPER_CLICKHOUSE_PASSWORD", "PACEKEEPER_BI_PASSWORD"])
def test_a_missing_password_is_said_in_words(tmp_path: Path, missing: str) -> None:
    environment = {"PACEKEEPER_CLICKHOUSE_PASSWORD": "a", "PACEKEEPER_BI_PASSWORD": "b"}
    del environment[missing]
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.clickhouse", "--data", tmp_path],
        env=environment,
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    assert missing in done.stderr.decode()
