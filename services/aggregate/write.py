"""The write role: `events` into the raw table, strictly insert → touched → commit."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import groupby
from typing import Any, Protocol

from schemas.records.books import Rejected
from schemas.records.touched import Touched
from schemas.topics import REJECTED, TOUCHED
from services.aggregate.block import Block, block
from services.aggregate.decode import RawRow
from services.aggregate.halts import Halt, Halts
from services.aggregate.keep import keep, keep_block
from services.aggregate.pace import rest
from services.aggregate.patience import until_done
from services.aggregate.refused import undecodable, unstorable
from services.aggregate.store import Store
from services.aggregate.take import Source, Taken, Taking
from services.runtime import logs
from services.runtime.clock import Clock
from services.runtime.errors import PacekeeperError, RefusedError
from services.runtime.kafka import Record

log = logs.get("write")

# The first role of three, and the one whose rest is felt most: see pace.
_REST = 0.5


class Outlet(Protocol):
    """Publishes and waits for the acknowledgement; AwayError while the broker is away."""

    def publish(self, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
        """Each record is (key, value)."""


class Writer:
    """Writes blocks of `events` until it is told to stop."""

    def __init__(
        self,
        source: Source,
        store: Store,
        outlet: Outlet,
        clock: Clock,
        stop: threading.Event,
        *,
        block_rows: int,
        limited: bool = True,
    ) -> None:
        self._source = source
        self._store = store
        self._outlet = outlet
        self._clock = clock
        self._stop = stop
        self._halts = Halts(source, limited)
        self._taking = Taking(source, block_rows, self._halts.partitions)

    @property
    def halted(self) -> Mapping[int, Halt]:
        """The partitions that are not written any more: too much of them was refused."""
        return self._halts.partitions

    def run(self) -> None:
        """Write until stopped. Behind a full block the next one is decoded meanwhile.

        A block that is being written is finished first; one that is decoded is dropped, and its
        records are read again, here or by the next owner of the partition.
        """
        with ThreadPoolExecutor(1, "decode") as thread:
            ahead: tuple[Taken, Future[Block]] | None = None
            while not self._stop.is_set():
                taken, decoded = ahead or self._next(thread, 200)
                ahead = self._next(thread, 0) if taken.full else None
                if not taken.records or taken.epoch != self._source.epoch:
                    continue
                began = time.monotonic()
                self._write(taken.records, decoded.result())
                self._stop.wait(rest(time.monotonic() - began, _REST, full=taken.full))

    def _next(self, thread: Executor, timeout_ms: int) -> tuple[Taken, "Future[Block]"]:
        taken = self._taking.take(timeout_ms)
        if taken.full:
            return taken, thread.submit(_decoded, taken.records)
        # A small block is decoded sooner than another thread wakes up.
        done: Future[Block] = Future()
        done.set_result(_decoded(taken.records))
        return taken, done

    def write(self, records: Sequence[Record]) -> None:
        """One block: insert, tell what it touched, commit."""
        self._write(records, _decoded(records))

    def _write(self, records: Sequence[Record], found: Block) -> None:
        if self._halts.decoded(records, found.bad):
            records = self._halts.open_records(records)
            found = _decoded(records)
        refused = self._insert(records, found)
        records = self._halts.open_records(records)
        if not records:
            return
        now = self._clock()
        self._reject([*(undecodable(each, now) for each in found.bad), *refused])
        until_done("touched", lambda: self._tell(records, found), self._stop)
        try:
            self._source.commit(records)
        except PacekeeperError as error:
            # The partitions went to another member, or the broker away: the same rows are written
            # once more, or the next commit says it for these.
            log.warning("commit_refused", error=str(error))

    def _insert(self, records: Sequence[Record], found: Block) -> list[Rejected]:
        """Insert the rows; one that the store refuses is found by halving and rejected alone."""
        try:
            until_done("insert", lambda: keep_block(self._store, found), self._stop)
        except RefusedError:
            refused: list[tuple[RawRow, str]] = []
            for _, rows in groupby(found.every_row(), lambda row: row.kafka_partition):
                self._insert_halves(list(rows), refused)
            # What lies behind a halt is rejected, or not, by who writes it later.
            return [
                unstorable(row, why)
                for row, why in refused
                if self._halts.open(row.kafka_partition, row.kafka_offset)
            ]
        self._halts.stored_whole(records)
        return []

    def _insert_halves(self, rows: Sequence[RawRow], refused: list[tuple[RawRow, str]]) -> None:
        """Insert rows of one partition in their order, as far as it is not halted."""
        if not self._halts.open(rows[0].kafka_partition, rows[0].kafka_offset):
            return
        try:
            until_done("insert", lambda: keep(self._store, rows), self._stop)
            self._halts.stored(rows)
        except RefusedError as error:
            if len(rows) == 1:
                log.error("row_refused", event_id=rows[0].event_id, error=str(error)[:300])
                refused.append((rows[0], str(error)))
                self._halts.refused(rows[0])
                return
            half = len(rows) // 2
            self._insert_halves(rows[:half], refused)
            self._insert_halves(rows[half:], refused)

    def _reject(self, rejected: Sequence[Rejected]) -> None:
        if rejected:
            records = [(r.department.encode(), r.model_dump_json().encode()) for r in rejected]
            until_done("reject", lambda: self._outlet.publish(REJECTED.name, records), self._stop)

    def _tell(self, records: Sequence[Record], found: Block) -> None:
        ends = {record.partition: record.offset for record in records}
        told = [
            Touched(
                partition=partition,
                offset=last,
                series=tuple(sorted(found.touched[partition])),
                ids=found.ids[partition],
            )
            for partition, last in ends.items()
        ]
        self._outlet.publish(
            TOUCHED.name,
            [(str(each.partition).encode(), each.model_dump_json().encode()) for each in told],
        )


def _decoded(records: Iterable[Record]) -> Block:
    return block((record.partition, record.offset, record.value or b"") for record in records)


def in_pieces(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
