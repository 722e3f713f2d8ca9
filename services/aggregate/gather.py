"""Gathers what was touched into one round: a series touched again and again is derived once."""

import threading
import time
from collections.abc import Callable, Iterable

from schemas.records.touched import RebuildAsked, Touched
from services.aggregate.ids import Ids, unpacked
from services.aggregate.pace import gather
from services.aggregate.store import SeriesKey
from services.aggregate.take import Source
from services.runtime import logs
from services.runtime.kafka import Record

log = logs.get("derive")

REBUILD = b"rebuild"
_A_POLL = 1_000
_MOST_BYTES = 64 * 1024 * 1024
# Seconds: when nothing comes for so long there is no more behind it.
_QUIET = 1.0
# Seconds a series, until a round was measured; a round of a few says nothing about many.
_A_SERIES = 0.001
_ENOUGH = 100


class Round:
    """What records of `touched` say, in their order."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: list[Record] = []
        self.series: set[SeriesKey] = set()
        self.ids: list[Ids] = []
        self.through: dict[int, int] = {}
        self.rebuilds: list[RebuildAsked] = []
        self.bytes = 0
        self.add(records)

    @property
    def full(self) -> bool:
        """Does it take all the memory that a round may?"""
        return self.bytes >= _MOST_BYTES

    def add(self, records: Iterable[Record]) -> None:
        """What these say too; one that cannot be read is logged and passed over."""
        for record in records:
            self.records.append(record)
            self.bytes += len(record.value or b"")
            try:
                self._read(record.key, record.value or b"")
            except ValueError as error:
                log.error("touched_record_unreadable", offset=record.offset, error=str(error))

    def _read(self, key: bytes | None, value: bytes) -> None:
        if key == REBUILD:
            self.rebuilds.append(RebuildAsked.model_validate_json(value))
            return
        block = Touched.model_validate_json(value)
        self.ids.append(unpacked(block.ids))
        known = self.through.get(block.partition, -1)
        self.through[block.partition] = max(known, block.offset)
        self.series.update(block.series)


class Gathering:
    """Takes round after round, the greater the longer it will take to derive."""

    def __init__(
        self,
        source: Source,
        stop: threading.Event,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._stop = stop
        self._now = now
        self._each = _A_SERIES

    def take(self, timeout_ms: int) -> Round:
        """The next round; empty when nothing came within the time, or it is to be read again."""
        epoch = self._source.epoch
        polled = self._source.poll(timeout_ms, _A_POLL)
        found = Round(polled)
        began = self._now()
        while polled and not found.full and not self._stop.is_set():
            ahead = len(found.series) * self._each
            left = began + gather(ahead) - self._now()
            if left <= 0 and len(polled) < _A_POLL:
                break
            wait = max(0.0, min(left, _QUIET))
            polled = self._source.poll(int(1000 * wait), _A_POLL)
            if self._source.epoch != epoch:
                # What was gathered is read again, here or by who reads `touched` from now on.
                return Round()
            found.add(polled)
        return found

    def worked(self, done: Round, seconds: float) -> None:
        """A round took so long."""
        if len(done.series) >= _ENOUGH:
            self._each = seconds / len(done.series)
