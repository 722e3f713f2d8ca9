"""A writer over memory."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache

from bench.events import lines
from schemas.records.books import Rejected
from schemas.records.touched import Touched
from services.aggregate.memory import MemoryOutlet, MemorySource, MemoryStore
from services.aggregate.write import Writer
from services.runtime.kafka import Record

NOW = datetime(2026, 5, 6, tzinfo=UTC)


class Bench:
    """A writer with everything around it in memory."""

    def __init__(self, *records: Record, block_rows: int = 20_000, limited: bool = True) -> None:
        self.source = MemorySource(records)
        self.store = MemoryStore()
        self.outlet = MemoryOutlet()
        self.stop = threading.Event()
        self.writer = Writer(
            self.source,
            self.store,
            self.outlet,
            lambda: NOW,
            self.stop,
            block_rows=block_rows,
            limited=limited,
        )

    def run_until(self, done: Callable[[], bool]) -> None:
        """Let it run by itself until this is so."""
        thread = threading.Thread(target=self.writer.run)
        thread.start()
        until = threading.Event()
        for _ in range(1_000):
            if done():
                break
            until.wait(0.01)
        self.stop.set()
        thread.join(5)
        assert done()

    def write(self) -> None:
        self.writer.write(self.source.poll(0))

    def touched(self) -> list[Touched]:
        return [Touched.model_validate_json(value) for _, value in self.outlet.published["touched"]]

    def rejected(self) -> list[Rejected]:
        published = self.outlet.published["events.rejected"]
        return [Rejected.model_validate_json(value) for _, value in published]


@cache
def _figures() -> Sequence[bytes]:
    return list(lines(12_000, 5_000))


def figures(offset: int, partition: int = 0, first: int = 0, count: int = 300) -> Record:
    """A record of plain figures; `first` is the number of the first one."""
    some = _figures()[first : first + count]
    return Record("events", partition, offset, 0, None, b"\n".join(some))
