"""The write role: `events` into the raw table, strictly insert → touched → commit."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import orjson

from schemas.records import Rejected, Touched
from schemas.topics import EVENTS, REJECTED, TOUCHED
from services.aggregate.decode import RawRow, Undecodable, decode, touches
from services.aggregate.ids import COUNTED, id_of, packed
from services.aggregate.pace import rest
from services.aggregate.patience import until_done
from services.aggregate.store import Store
from services.aggregate.tables import CHARGERS, RAW, charger_row
from services.runtime import logs
from services.runtime.clock import Clock
from services.runtime.errors import RefusedError
from services.runtime.kafka import Record

log = logs.get("write")

# The first role of three, and the one whose rest is felt most: see pace.
_REST = 0.5


class Source(Protocol):
    """A group consumer of `events`."""

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        """What arrived meanwhile."""

    def commit(self, after: Sequence[Record]) -> None:
        """Everything up to these records is done."""


class Outlet(Protocol):
    """Publishes and waits for the acknowledgement; AwayError while the broker is away."""

    def publish(self, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
        """Each record is (key, value)."""


class Writer:
    """Takes blocks of `events` until it is told to stop."""

    def __init__(
        self,
        source: Source,
        store: Store,
        outlet: Outlet,
        clock: Clock,
        stop: threading.Event,
        *,
        block_rows: int,
    ) -> None:
        self._source = source
        self._store = store
        self._outlet = outlet
        self._clock = clock
        self._stop = stop
        self._block_rows = block_rows

    def run(self) -> None:
        """Write until stopped; a block in flight is finished first."""
        # A packed record holds up to 500 events: this bounds the block without decoding it.
        most = max(1, self._block_rows // 40)
        while not self._stop.is_set():
            records = self._source.poll(timeout_ms=200, max_records=most)
            if records:
                began = time.monotonic()
                self.write(records)
                worked = time.monotonic() - began
                self._stop.wait(rest(worked, _REST, full=len(records) >= most))

    def write(self, records: Sequence[Record]) -> None:
        """One block: insert, tell what it touched, commit."""
        rows: list[RawRow] = []
        bad: list[Undecodable] = []
        touched: dict[int, set[tuple[str, str]]] = defaultdict(set)
        ids: dict[int, list[int]] = defaultdict(list)
        blocks: dict[int, int] = {}
        for record in records:
            blocks[record.partition] = record.offset
            for found in decode(record.partition, record.offset, record.value or b""):
                if isinstance(found, Undecodable):
                    bad.append(found)
                    continue
                rows.append(found)
                series = touches(found)
                if series is not None:
                    touched[record.partition].add(series)
                if found.type in COUNTED:
                    ids[record.partition].append(id_of(found.source, found.event_id))
        refused = self._insert(rows)
        self._reject([self._rejected(each) for each in bad] + refused)
        until_done("touched", lambda: self._tell(blocks, touched, ids), self._stop)
        try:
            self._source.commit(records)
        except RefusedError as error:
            # The partitions went to another member: it writes the same rows once more.
            log.warning("commit_refused", error=str(error))

    def _insert(self, rows: Sequence[RawRow]) -> list[Rejected]:
        """Insert the rows; one that the store refuses is found by halving and rejected alone."""
        if not rows:
            return []
        try:
            until_done("insert", lambda: keep(self._store, rows), self._stop)
        except RefusedError as error:
            if len(rows) == 1:
                log.error("row_refused", event_id=rows[0].event_id, error=str(error)[:300])
                return [_refused_row(rows[0], str(error))]
            half = len(rows) // 2
            return self._insert(rows[:half]) + self._insert(rows[half:])
        return []

    def _rejected(self, bad: Undecodable) -> Rejected:
        where = "/".join(map(str, (EVENTS.name, *bad.at)))
        return Rejected(
            id=where.replace("/", "-"),
            receipt="",
            department="unknown",
            received_at=self._clock(),
            index=bad.at.line,
            event_id=None,
            code=bad.error.code.value,
            field=bad.error.field,
            message_zh=bad.error.message.zh,
            message_en=bad.error.message.en,
            raw=bad.raw[:65_536].decode("utf-8", "backslashreplace"),
            coordinates=where,
        )

    def _reject(self, rejected: Sequence[Rejected]) -> None:
        if rejected:
            records = [(r.department.encode(), r.model_dump_json().encode()) for r in rejected]
            until_done("reject", lambda: self._outlet.publish(REJECTED.name, records), self._stop)

    def _tell(
        self,
        blocks: dict[int, int],
        touched: dict[int, set[tuple[str, str]]],
        ids: dict[int, list[int]],
    ) -> None:
        records = [
            (
                str(partition).encode(),
                Touched(
                    partition=partition,
                    offset=offset,
                    series=tuple(sorted(touched[partition])),
                    ids=packed(ids[partition]),
                )
                .model_dump_json()
                .encode(),
            )
            for partition, offset in blocks.items()
        ]
        self._outlet.publish(TOUCHED.name, records)


def keep(store: Store, rows: Sequence[RawRow]) -> None:
    """The rows in every table that they belong to; again and half-done it changes nothing."""
    store.insert(RAW, rows)
    chargers = [charger_row(row) for row in rows if row.type == "charger.updated"]
    if chargers:
        store.insert(CHARGERS, chargers)


def _refused_row(row: RawRow, why: str) -> Rejected:
    where = f"{EVENTS.name}/{row.kafka_partition}/{row.kafka_offset}/{row.line}"
    return Rejected(
        id=where.replace("/", "-"),
        receipt=row.receipt,
        department=row.department,
        received_at=row.received_at,
        index=row.line,
        event_id=row.event_id,
        code="bad_value",
        field="",
        message_zh="存储拒绝了该行，请联系管理员",
        message_en=f"the store refused the row: {why[:500]}",
        raw=orjson.dumps(row._asdict(), default=str).decode(),
        coordinates=where,
    )


def in_pieces(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Slices of at most `size`."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
