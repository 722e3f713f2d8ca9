"""The sink role: receipts, rejects, assessments, alerts and notices into their tables."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from schemas import topics
from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment, Judged
from schemas.records.books import Receipt, Rejected, Resubmitted
from schemas.records.notice import Notice
from services.aggregate import record_tables
from services.aggregate.decode import lines
from services.aggregate.pace import rest
from services.aggregate.patience import until_done
from services.aggregate.store import Store
from services.aggregate.tables import Table
from services.aggregate.take import Source
from services.runtime import logs
from services.runtime.errors import RefusedError
from services.runtime.kafka import Record

log = logs.get("sink")

_Reading = tuple[Table, type[BaseModel], Callable[[Any], tuple[Any, ...]]]
# What travels with others in one topic says its kind.
_BY_KIND: dict[str, _Reading] = {
    "judged": (record_tables.JUDGED, Judged, record_tables.judged_row),
    "resubmitted": (record_tables.RESUBMITTED, Resubmitted, record_tables.resubmitted_row),
}
_MIXED = (topics.ASSESSMENTS.name, topics.REJECTED.name)
READINGS: dict[str, _Reading] = {
    topics.RECEIPTS.name: (record_tables.RECEIPTS, Receipt, record_tables.receipt_row),
    topics.REJECTED.name: (record_tables.REJECTED, Rejected, record_tables.rejected_row),
    topics.ASSESSMENTS.name: (record_tables.ASSESSMENTS, Assessment, record_tables.assessment_row),
    topics.ALERTS.name: (record_tables.ALERTS, AlertChanged, record_tables.alert_row),
    topics.NOTICES.name: (record_tables.NOTICES, Notice, record_tables.notice_row),
}
TOPICS = tuple(READINGS)
_A_BATCH = 2_000
# Five tables are filled here, and nobody waits for them as for a figure.
_REST = 4.0


class Sink:
    """Follows the topics of the books and of the judge until it is told to stop."""

    def __init__(self, source: Source, store: Store, stop: threading.Event) -> None:
        self._source = source
        self._store = store
        self._stop = stop

    def run(self) -> None:
        """Sink until stopped."""
        while not self._stop.is_set():
            records = self._source.poll(timeout_ms=200, max_records=_A_BATCH)
            if records:
                began = time.monotonic()
                self.sink(records)
                worked = time.monotonic() - began
                self._stop.wait(rest(worked, _REST, full=len(records) >= _A_BATCH))

    def sink(self, records: Sequence[Record]) -> None:
        """Insert what the records say, assessments before their watermark, then commit."""
        rows: dict[str, tuple[Table, list[tuple[Any, ...]]]] = {}
        for record in records:
            for _, line in lines(record.value or b""):
                found = self._read(record, line)
                if found is not None:
                    table, row = found
                    rows.setdefault(table.name, (table, []))[1].append(row)
        # The watermark says "everything before me can be queried": it goes last.
        for table, some in sorted(rows.values(), key=lambda each: each[0] is record_tables.JUDGED):
            self._insert(table, some)
        try:
            self._source.commit(records)
        except RefusedError as error:
            log.warning("commit_refused", error=str(error))

    def _read(self, record: Record, line: bytes) -> tuple[Table, tuple[Any, ...]] | None:
        try:
            reading = READINGS[record.topic]
            if record.topic in _MIXED:
                reading = _BY_KIND.get(orjson.loads(line).get("kind"), reading)
            table, model, as_row = reading
            return table, as_row(model.model_validate_json(line))
        except (ValidationError, ValueError) as error:
            log.error(
                "record_unreadable", topic=record.topic, offset=record.offset, error=str(error)
            )
            return None

    def _insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        try:
            until_done(table.name, lambda: self._store.insert(table, rows), self._stop)
        except RefusedError as error:
            if len(rows) == 1:
                log.error("row_refused", table=table.name, row=str(rows[0]), error=str(error)[:300])
                return
            half = len(rows) // 2
            self._insert(table, rows[:half])
            self._insert(table, rows[half:])
