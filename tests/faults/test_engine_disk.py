"""A full disk: an insert that finds no room says so, and nothing that was stored is lost."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.embedded_clickhouse import Running, embedded_server

TABLE = (
    "CREATE TABLE pacekeeper.raw (n UInt32, s String) ENGINE = ReplacingMergeTree ORDER BY n "
    "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)
NOT_ENOUGH_SPACE = "243"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MiB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def insert(server: Running, number: int) -> httpx.Response:
    return server.ask(
        f"INSERT INTO pacekeeper.raw SELECT {number}, randomPrintableASCII(200000) FROM numbers(1)"
    )


def stored(server: Running) -> list[int]:
    answer = server.ask("SELECT n FROM pacekeeper.raw FINAL ORDER BY n, length(s)")
    return [int(line) for line in answer.text.split()]


def test_a_full_disk_answers_243_and_loses_nothing(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(os.urandom(16 << 20))
    acknowledged: list[int] = []
    with embedded_server(small_disk / "data") as server:
        server.ask(TABLE).raise_for_status()
        refused: httpx.Response | None = None
        while refused is None:
            answer = insert(server, len(acknowledged))
            if answer.status_code == 200:
                acknowledged.append(len(acknowledged))
            else:
                refused = answer
        assert refused.headers["X-ClickHouse-Exception-Code"] == NOT_ENOUGH_SPACE
        assert "(NOT_ENOUGH_SPACE)" in refused.text
        assert len(acknowledged) > 10
        assert stored(server) == acknowledged
    with embedded_server(small_disk / "data") as server:
        assert stored(server) == acknowledged
        ballast.unlink()
        assert insert(server, len(acknowledged)).status_code == 200
        assert stored(server) == [*acknowledged, len(acknowledged)]
