"""The embedded ClickHouse over HTTP beside the same engine in process, in one run.

`python -m bench.engine [FOLDER …]` measures with the data in each of the folders.
"""

import functools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import city, engine_load, in_process, machine
from bench.engine_load import INSERT, client
from services.aggregate import migrate
from services.runtime import logs
from tests.integration.embedded_clickhouse import READER, WRITER, Running, embedded_server

RUNS = 5
SELECTS = 300
LOAD_SECONDS = 60.0
_WITHOUT_FSYNC = (
    "ALTER TABLE pacekeeper.raw MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0"
)


class InProcess:
    """The engine in a process without HTTP."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.in_process", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, word: str) -> float:
        """How long the engine took for this."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@contextmanager
def city_server(folder: Path) -> Iterator[Running]:
    """A server with the tables of the services and a city's figures in them."""
    with embedded_server(folder) as server:
        connection = server.client(autogenerate_session_id=False)
        migrate.migrate(connection)
        for statement in (*city.FILL, city.MILLION):
            connection.command(statement)
        connection.close()
        yield server


def measure(base: str | None = None) -> dict[str, Any]:
    """Everything on the file system of `base`."""
    # What the migrations log would stand in front of the JSON.
    logs.configure("WARNING")
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-bench-", dir=base) as folder,
        city_server(Path(folder) / "served") as server,
    ):
        time.sleep(5)
        idle = round(machine.pss_mib(server.process.pid), 1)
        alone = InProcess(Path(folder) / "in-process")
        found: dict[str, Any] = {
            "folder": base or tempfile.gettempdir(),
            "idle_pss_mib": idle,
        }
        try:
            found |= _side_by_side(server, alone)
        finally:
            alone.close()
        found["load"] = engine_load.Load(server, LOAD_SECONDS, first=1_000_000).run()
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """What a person wants to read of it."""
    selects, load = found["select_1_p50_ms"], found["load"]
    side_by_side = ("insert_100k", *(f"result_1m_{name}" for name in city.RESULTS))
    return [
        f"engine in {found['folder']}: idle {found['idle_pss_mib']} MiB",
        "SELECT 1 p50 " + ", ".join(f"{name} {each} ms" for name, each in selects.items()),
        *(
            f"{name}: {found[name]['http_s']} s over HTTP, {found[name]['in_process_s']} s in"
            f" process, {found[name]['speed_of_in_process']} of its speed"
            for name in side_by_side
        ),
        f"16 clients: insert {load['insert_ms']}, query {load['query_ms']},"
        f" {load['error_count']} errors",
    ]


def _side_by_side(server: Running, alone: InProcess) -> dict[str, Any]:
    selects = {
        account[0]: _medians(_select(server, account), SELECTS) for account in (WRITER, READER)
    }
    told: dict[str, Any] = {
        "select_1_p50_ms": {name: round(s * 1000, 2) for name, s in selects.items()}
        | {"in_process": round(_medians(lambda: alone.seconds("select"), SELECTS) * 1000, 2)},
        "insert_100k": _pairs(_insert(server), lambda: alone.seconds("insert")),
    }
    for name, query in city.RESULTS.items():
        told[f"result_1m_{name}"] = _pairs(
            _result(server, query), functools.partial(alone.seconds, name)
        )
    connection = client(server, WRITER)
    connection.post("/", _WITHOUT_FSYNC.encode())
    told["insert_100k_without_fsync_s"] = round(_medians(_insert(server, 500), RUNS), 3)
    connection.post("/", _WITHOUT_FSYNC.replace("= 0", "= 1").encode())
    connection.close()
    return told


def _medians(seconds: Callable[[], float], times: int) -> float:
    """The median over five runs of the median of a run."""
    seconds()
    per_run = max(1, times // RUNS)
    return statistics.median(
        statistics.median(seconds() for _ in range(per_run)) for _ in range(RUNS)
    )


def _pairs(served: Callable[[], float], alone: Callable[[], float]) -> dict[str, Any]:
    """Both by turns, after one of each that does not count."""
    served(), alone()
    pairs = [_medians_by_turns(served, alone) for _ in range(RUNS)]
    over_http, in_process_ = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "http_s": round(over_http, 3),
        "in_process_s": round(in_process_, 3),
        "speed_of_in_process": round(in_process_ / over_http, 2),
        "all_s": [[round(each, 3) for each in pair] for pair in pairs],
    }


def _medians_by_turns(
    served: Callable[[], float], alone: Callable[[], float], times: int = 3
) -> tuple[float, float]:
    sides = zip(*((served(), alone()) for _ in range(times)), strict=True)
    over_http, in_process_ = (statistics.median(side) for side in sides)
    return over_http, in_process_


def _select(server: Running, account: tuple[str, str]) -> Callable[[], float]:
    connection = client(server, account)
    return lambda: _timed(lambda: connection.post("/", b"SELECT 1"))


def _insert(server: Running, first: int = 0) -> Callable[[], float]:
    connection = client(server, WRITER)
    block = engine_load.block(server, in_process.ROWS, 0)
    offset = first

    def insert() -> float:
        nonlocal offset
        offset += 1
        body = city.numbered(block, offset)
        return _timed(lambda: connection.post(INSERT, body))

    return insert


def _result(server: Running, query: str) -> Callable[[], float]:
    connection = client(server, WRITER)
    return lambda: _timed(lambda: connection.count("/?default_format=Native", query.encode()))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(folders: Sequence[str]) -> None:
    """Measure in each folder; text on stderr, JSON on stdout."""
    found = [measure(each) for each in folders or (None,)]
    told = {"machine": machine.describe(), "engine": found}
    sys.stderr.write("\n".join(line for each in found for line in lines(each)) + "\n")
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
