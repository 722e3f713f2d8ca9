"""`kill -9` of the engine under three writers: every acknowledged row is there, and there once."""

import os
import random
import statistics
import threading
import time
from pathlib import Path

import httpx
import pytest

from bench import city
from services.aggregate import migrate
from tests.integration.embedded_clickhouse import (
    Running,
    embedded_server,
    free_port,
    launch,
    wait_until_it_answers,
)
from tests.stack import eventually

KILLS = int(os.environ.get("PACEKEEPER_ENGINE_KILLS", "6"))
WRITERS = 3
ROWS = 50
RESTART_SECONDS = 3.0


class Writer(threading.Thread):
    """Sends one block after the other, each again and again until it is acknowledged."""

    def __init__(self, url: str, block: bytes, stop: threading.Event) -> None:
        super().__init__()
        self._url = url
        self._block = block
        self._stop_asked = stop
        self.acknowledged = 0
        self.repeated = 0
        self.refused: list[str] = []

    def run(self) -> None:
        while not self._stop_asked.is_set() and not self.refused:
            if self._send(city.numbered(self._block, self.acknowledged + 1)):
                self.acknowledged += 1
            else:
                self.repeated += 1
                self._stop_asked.wait(0.02)

    def _send(self, body: bytes) -> bool:
        try:
            answer = httpx.post(
                self._url,
                params={"query": "INSERT INTO pacekeeper.raw FORMAT Native"},
                content=body,
                auth=("pacekeeper", "a writer's secret"),
                timeout=30,
                trust_env=False,
            )
        except httpx.TransportError:
            return False
        if answer.status_code != 200:
            self.refused.append(answer.text)
        return answer.status_code == 200


def kept(server: Running) -> dict[int, dict[int, tuple[int, int]]]:
    """Per writer and block, how many rows there are and how many different ones."""
    answer = server.ask(
        "SELECT kafka_partition, kafka_offset, count(), uniqExact(event_id)"
        " FROM pacekeeper.raw FINAL GROUP BY ALL FORMAT TSV"
    )
    answer.raise_for_status()
    found: dict[int, dict[int, tuple[int, int]]] = {n: {} for n in range(WRITERS)}
    for line in answer.text.splitlines():
        writer, block, rows, different = map(int, line.split("\t"))
        found[writer][block] = rows, different
    return found


def blocks_of(folder: Path) -> list[bytes]:
    """Make the tables; a block for each writer."""
    with embedded_server(folder) as server:
        client = server.client(autogenerate_session_id=False)
        migrate.migrate(client)
        client.close()
        return [
            server.ask(city.rows_of(ROWS, n), default_format="Native").content
            for n in range(WRITERS)
        ]


@pytest.mark.timeout(60 + 6 * KILLS)
def test_kill_9_loses_and_doubles_no_acknowledged_row(tmp_path: Path) -> None:
    blocks, port, stop = blocks_of(tmp_path), free_port(), threading.Event()
    url = f"http://127.0.0.1:{port}"
    writers = [Writer(url, block, stop) for block in blocks]
    for writer in writers:
        writer.start()
    chance, seconds = random.Random(0), []
    try:
        for _ in range(KILLS):
            seconds.append(run_and_kill(tmp_path, port, writers, chance.uniform(0, 0.5)))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not any(writer.refused for writer in writers), [writer.refused for writer in writers]
    assert sum(writer.repeated for writer in writers) > 0
    assert statistics.median(seconds) <= RESTART_SECONDS, seconds
    with embedded_server(tmp_path) as server:
        found = kept(server)
    for n, writer in enumerate(writers):
        sent = writer.acknowledged
        assert {block: rows for block, rows in found[n].items() if block <= sent} == dict.fromkeys(
            range(1, sent + 1), (ROWS, ROWS)
        )
        # The one under way at the last kill may be there too, whole.
        assert {block: rows for block, rows in found[n].items() if block > sent} in (
            {},
            {sent + 1: (ROWS, ROWS)},
        )


def run_and_kill(data: Path, port: int, writers: list[Writer], after: float) -> float:
    """Start, let every writer get through, kill `after` seconds later; seconds to the start."""
    begun = time.monotonic()
    process = launch(data, port)
    try:
        wait_until_it_answers(Running(port, process))
        ready = time.monotonic() - begun
        before = [writer.acknowledged for writer in writers]
        eventually(
            lambda: all(
                writer.acknowledged > count or writer.refused
                for writer, count in zip(writers, before, strict=True)
            ),
            30,
            "every writer got through",
        )
        threading.Event().wait(after)
    finally:
        process.kill()
        process.communicate()
    return ready
