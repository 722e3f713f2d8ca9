"""Gathers what a consumer reads into blocks: whole records, of at most so many events."""

from collections import deque
from collections.abc import Container, Sequence
from typing import NamedTuple, Protocol

from services.runtime.kafka import Record

# Of a packed record, until one has been seen.
_EVENTS_A_RECORD = 500


class Source(Protocol):
    """A group consumer of `events`."""

    epoch: int
    """Grows when the partitions are shared out anew: what was not committed is read again."""

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        """What arrived meanwhile."""

    def commit(self, after: Sequence[Record]) -> None:
        """Everything up to these records is done."""

    def pause(self, topic: str, partition: int) -> None:
        """Read no more of this partition."""


class Taken(NamedTuple):
    """Records of one block; it is full when more may be waiting."""

    records: Sequence[Record]
    epoch: int
    full: bool


class Taking:
    """Takes block after block; `halted` are partitions of which nothing is taken."""

    def __init__(self, source: Source, most: int, halted: Container[int]) -> None:
        self._source = source
        self._most = most
        self._halted = halted
        self._waiting: deque[Record] = deque()
        self._a_record = _EVENTS_A_RECORD

    def take(self, timeout_ms: int) -> Taken:
        """The next block, empty when nothing came within the time."""
        records: list[Record] = []
        events = 0
        while events < self._most:
            if not self._waiting:
                room = self._most - events
                epoch = self._source.epoch
                polled = self._source.poll(timeout_ms, max(1, room // self._a_record))
                timeout_ms = 0
                if self._source.epoch != epoch:
                    records, events = [], 0
                if not polled:
                    break
                self._a_record = count(polled[-1])
                self._waiting.extend(record for record in polled if self._takes(record))
                continue
            more = count(self._waiting[0])
            if records and events + more > self._most:
                break
            records.append(self._waiting.popleft())
            events += more
        return Taken(records, self._source.epoch, bool(self._waiting) or events >= self._most)

    def _takes(self, record: Record) -> bool:
        if record.partition not in self._halted:
            return True
        # It came back after the partitions were shared out anew.
        self._source.pause(record.topic, record.partition)
        return False


def count(record: Record) -> int:
    """How many events a packed record holds at most."""
    return (record.value or b"").count(b"\n") + 1
