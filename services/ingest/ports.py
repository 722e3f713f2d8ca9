"""Where the process ends: the log it writes and follows, and the books kept in the tables.

The in-memory log is for tests and trials; it keeps the promises of the real one.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from schemas import topics
from services.runtime.errors import AwayError
from services.runtime.kafka import Position, Record


class Followed(Protocol):
    """A one-partition topic that is being applied, record by record, in order."""

    ready: threading.Event

    def wait_for(self, offset: int, timeout: float) -> bool:
        """Block until the record at the offset was applied; False when the time is over."""

    def read_to_end(self, timeout: float) -> bool:
        """Block until all that is in the topic now was applied; False when the time is over."""


class Log(Protocol):
    """Appends records. Once a future has a Position, the record survives any process."""

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has; AwayError when nobody answers."""

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        """Append; the future ends with AwayError or RefusedError if it fails. Does not block."""


class MemoryLog:
    """A log that lasts as long as the process; `away` makes it fail like a broker that is down."""

    def __init__(self) -> None:
        self.away = False
        self.records: dict[str, list[Record]] = defaultdict(list)
        self._readers: dict[str, list[Callable[[Record], None]]] = defaultdict(list)

    def partitions(self, topic: str) -> int:
        """As the contract's topics say."""
        if self.away:
            raise AwayError("the log is away")
        return next(t.partitions for t in topics.TOPICS if t.name == topic)

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        """Append at once and let the followers see it."""
        done: Future[Position] = Future()
        if self.away:
            done.set_exception(AwayError("the log is away"))
            return done
        kept = self.records[topic]
        where = partition or 0
        offset = sum(record.partition == where for record in kept)
        record = Record(topic, where, offset, 0, key, value)
        kept.append(record)
        for apply in self._readers[topic]:
            apply(record)
        done.set_result(Position(where, offset))
        return done

    def follow(self, topic: str, apply: Callable[[Record], None]) -> "MemoryFollowed":
        """Apply what is there and what will come."""
        for record in self.records[topic]:
            apply(record)
        self._readers[topic].append(apply)
        return MemoryFollowed(self)


class MemoryFollowed:
    """Always at the end, unless the log is away."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self.ready = threading.Event()
        self.ready.set()

    def wait_for(self, offset: int, timeout: float) -> bool:
        """Applied when it was appended."""
        return not self._log.away

    def read_to_end(self, timeout: float) -> bool:
        """At the end already."""
        return not self._log.away
