"""What the embedded server tells about itself: figures for a monitor, slow queries for a reader."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from embedded_clickhouse import READER, WRITER, Running, embedded_server

from tests.stack import eventually


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        running.ask("CREATE TABLE pacekeeper.t (n UInt32) ENGINE = MergeTree ORDER BY n")
        yield running


def figures(server: Running) -> dict[str, float]:
    answer = httpx.get(server.url + "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if line[0] != "#")
    prefix = "pacekeeper_clickhouse_"
    return {name.removeprefix(prefix): float(value) for name, _, value in lines}


def test_every_lane_times_its_requests_and_their_waiting(server: Running) -> None:
    before = figures(server)
    server.ask("INSERT INTO pacekeeper.t FORMAT CSV\n1\n2\n").raise_for_status()
    server.ask("SELECT 1").raise_for_status()
    server.ask("SELECT 1", account=READER).raise_for_status()
    after = figures(server)
    for lane in ("insert", "read", "bi"):
        for name in ("seconds_count", "queue_seconds_count"):
            place = f'{name}{{lane="{lane}"}}'
            assert after[place] == before.get(place, 0) + 1
        assert after[f'running{{lane="{lane}"}}'] == after[f'waiting{{lane="{lane}"}}'] == 0


def test_bytes_both_ways_are_counted(server: Running) -> None:
    before = figures(server)
    server.ask("SELECT repeat('a', 5000)" + " " * 3000).raise_for_status()
    after = figures(server)
    assert after["received_bytes_total"] - before["received_bytes_total"] > 3000
    assert after["sent_bytes_total"] - before["sent_bytes_total"] > 5000


def test_errors_are_counted_by_their_code(server: Running) -> None:
    before = figures(server)
    server.ask("SELECT * FROM nowhere")
    server.ask("SELECT 1", account=("bi", "wrong"))
    server.ask("SELECT throwIf(number = 300000, 'too late') FROM numbers(1000000)")
    after = figures(server)
    for code in (60, 516, 395):
        place = f'errors_total{{code="{code}"}}'
        assert after[place] == before.get(place, 0) + 1


def test_connections_sessions_and_what_waits_are_shown(server: Running) -> None:
    with httpx.Client(auth=WRITER) as kept_alive:
        kept_alive.post(server.url, content="SELECT 1", params={"session_id": "shown"})
        slow = [threading.Thread(target=server.ask, args=("SELECT sleep(1)",)) for _ in range(12)]
        for thread in slow:
            thread.start()
        crowded = eventually(
            lambda: found if (found := figures(server))['waiting{lane="read"}'] > 0 else None
        )
        assert crowded['running{lane="read"}'] == 8
        assert crowded["connections"] >= 13
        assert crowded["sessions"] >= 1
        for thread in slow:
            thread.join()


def test_a_slow_query_is_logged_with_user_and_id_and_without_a_secret(tmp_path: Path) -> None:
    with embedded_server(tmp_path) as server:
        user, password = WRITER
        asked = {"user": user, "password": password, "query_id": "the-slow-one"}
        for query in ("SELECT sleep(2.2)", "SELECT no_such_column"):
            httpx.get(server.url, params=asked | {"query": query}, timeout=30)
        httpx.get(server.url, params=asked | {"password": "guessed-one", "query": "SELECT 1"})
        httpx.get(server.url, params={"query": "SELECT 1"}, auth=READER)
        server.ask("SELECT 1", account=(user, "guessed-two"))
        server.process.terminate()
        server.process.wait(timeout=20)
        said = server.said()
    assert re.search(r"slow user=pacekeeper query_id=the-slow-one seconds=2\.\d", said)
    assert "refused code=47 query_id=the-slow-one" in said
    for secret in (WRITER[1], READER[1], "writer%27s", "reader's", "guessed", "writer's"):
        assert secret not in said
