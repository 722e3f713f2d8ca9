"""A result or an insert of any size passes through the server without staying in its memory."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from tests.integration.embedded_clickhouse import WRITER, Running

GROWTH = 400 << 20
GIGABYTE = 8_000_000
ROWS = f"SELECT number, repeat('序', 40) AS text FROM numbers({GIGABYTE})"


def growth(server: Running, work: Callable[[], None]) -> int:
    """By how many bytes the server's memory grew at most while this was done."""
    process = psutil.Process(server.process.pid)
    before, peak, done = process.memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        work()
    finally:
        done.set()
        watching.join()
    return peak[0] - before


@pytest.mark.parametrize(
    ("format", "parameters"),
    [
        ("RowBinaryWithNamesAndTypes", {}),
        ("JSONCompact", {}),
    ],
)
def test_a_gigabyte_of_result_leaves_memory_flat(
    server: Running, format: str, parameters: dict[str, str]
) -> None:
    size = 0

    def read() -> None:
        nonlocal size
        with httpx.stream(
            "POST",
            server.url,
            params=parameters,
            content=f"{ROWS} FORMAT {format}",
            auth=WRITER,
            headers={"Accept-Encoding": "identity"},
            timeout=120,
        ) as answer:
            size = sum(map(len, answer.iter_raw(1 << 20)))

    assert growth(server, read) < GROWTH
    assert size > 1_000_000_000


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_three_million_rows_of_insert_leave_memory_flat(server: Running, encoding: str) -> None:
    server.ask(
        "CREATE TABLE IF NOT EXISTS many (n UInt64, text String) ENGINE = MergeTree ORDER BY n"
    )
    server.ask("TRUNCATE TABLE many")

    def body() -> Iterator[bytes]:
        pack = zlib.compressobj(1, wbits=31)
        for start in range(0, 3_000_000, 20_000):
            rows = b"".join(
                b"%d\tsome text of row %d\n" % (n, n) for n in range(start, start + 20_000)
            )
            yield rows if encoding == "identity" else pack.compress(rows)
        if encoding == "gzip":
            yield pack.flush()

    def write() -> None:
        httpx.post(
            server.url,
            params={"query": "INSERT INTO many FORMAT TSV"},
            content=body(),
            auth=WRITER,
            headers={"Content-Encoding": encoding},
            timeout=120,
        ).raise_for_status()

    assert growth(server, write) < GROWTH
    assert server.ask("SELECT count() FROM many").text == "3000000\n"
