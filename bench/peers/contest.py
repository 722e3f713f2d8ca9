"""What every peer's process shares: its task, the insert, and the two moments that count."""

import json
import os
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple
from urllib.parse import urlsplit

import clickhouse_connect

from bench.peers.model import COLUMNS, Row

BATCH = 20_000


class Contest(NamedTuple):
    """The task: so many `events` of `topic`, `packed` to a record, into `table`.

    `batch` is how many records make the 20 000 rows of one insert.
    """

    bootstrap: str
    topic: str
    events: int
    packed: int
    table: str

    @property
    def batch(self) -> int:
        """Records to an insert."""
        return BATCH // self.packed

    @property
    def group(self) -> str:
        """A consumer group that nobody had before."""
        return f"{self.table}-{os.getpid()}"


def contest() -> Contest:
    """The task that the parent process gave."""
    return Contest(**json.loads(os.environ["BENCH_CONTEST"]))


class Course:
    """Inserts batches and knows when all is done.

    Time runs from the first record that the peer's code sees; start-up, joining the group and the
    first fetch are not counted.
    """

    def __init__(self, task: Contest, *packages: str) -> None:
        parts = urlsplit(os.environ["BENCH_ENGINE"])
        self._client = clickhouse_connect.get_client(
            host=parts.hostname,
            port=parts.port,
            username=parts.username,
            password=os.environ["BENCH_PASSWORD"],
            # As ours are set: one block is one insert, without looking for repeats within it.
            settings={"async_insert": 0, "insert_deduplicate": 0, "optimize_on_insert": 0},
            autogenerate_session_id=False,
        )
        self._task = task
        self._packages = packages
        self._began: tuple[float, float] | None = None
        self._inserted = 0
        self._blocks = 0

    def begin(self) -> None:
        """The first record is here; later calls change nothing."""
        if self._began is None:
            self._began = time.monotonic(), time.process_time()

    def insert(self, rows: Sequence[Row]) -> None:
        """One block, durable when it returns."""
        self._client.insert(self._task.table, rows, column_names=COLUMNS)
        self._inserted += len(rows)
        self._blocks += 1

    @property
    def done(self) -> bool:
        """Has every event been inserted?"""
        return self._inserted >= self._task.events

    def end(self) -> None:
        """Tell the parent, and leave at once, whatever a framework still has running."""
        assert self._began is not None
        wall, cpu = self._began
        found = {
            "seconds": time.monotonic() - wall,
            "cpu": time.process_time() - cpu,
            "events": self._inserted,
            "rows_a_block": round(self._inserted / self._blocks),
            "versions": {name: version(name) for name in self._packages},
        }
        # Not `sys.stdout`, which Faust turns into its log.
        os.write(1, json.dumps(found).encode() + b"\n")
        os._exit(0)
