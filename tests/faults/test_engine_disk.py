"""A full disk: an insert that finds no room says so, and nothing that was stored is lost."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.faults.small_disk import SmallDisk, small_disk
from tests.integration.embedded_clickhouse import Running, embedded_server

TABLE = (
    "CREATE TABLE pacekeeper.raw (n UInt32, s String) ENGINE = ReplacingMergeTree ORDER BY n "
    "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)
NOT_ENOUGH_SPACE = "243"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """48 MiB, two thirds of them free."""
    with small_disk(tmp_path, 48) as disk:
        disk.fill(leave=32 << 20)
        yield disk


def insert(server: Running, number: int) -> httpx.Response:
    return server.ask(
        f"INSERT INTO pacekeeper.raw SELECT {number}, randomPrintableASCII(200000) FROM numbers(1)"
    )


def stored(server: Running) -> list[int]:
    answer = server.ask("SELECT n FROM pacekeeper.raw FINAL ORDER BY n, length(s)")
    return [int(line) for line in answer.text.split()]


def test_a_full_disk_answers_243_and_loses_nothing(disk: SmallDisk) -> None:
    acknowledged: list[int] = []
    with embedded_server(disk.folder / "data") as server:
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
    with embedded_server(disk.folder / "data") as server:
        assert stored(server) == acknowledged
        disk.give_back()
        assert insert(server, len(acknowledged)).status_code == 200
        assert stored(server) == [*acknowledged, len(acknowledged)]


@pytest.mark.parametrize("left", [0, 512 << 10])
def test_rows_that_were_sent_to_a_full_disk_are_refused_and_never_swallowed(
    disk: SmallDisk, left: int
) -> None:
    with embedded_server(disk.folder / "data") as server, server.client() as client:
        server.ask(TABLE).raise_for_status()
        client.insert("pacekeeper.raw", [[0, "before"]])
        disk.give_back()
        disk.fill(leave=left)
        with pytest.raises(DatabaseError, match="NOT_ENOUGH_SPACE"):
            client.insert("pacekeeper.raw", [[1, "while it is full"]])
        assert stored(server) == [0]
        disk.give_back()
        client.insert("pacekeeper.raw", [[1, "again"]])
        assert stored(server) == [0, 1]
