"""A line that vanishes from the table becomes an alert of its department, and closes again."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.records.books import Receipt
from services.aggregate.audit import Auditor
from services.aggregate.decode import RawRow, decode
from services.aggregate.memory import MemoryOutlet, MemorySource
from services.aggregate.sink import Sink
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import RAW
from services.alerts.domain.loop import Settings
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from services.runtime.kafka import Record
from tests.builders import RECEIVED, observed, record
from tests.integration.embedded_clickhouse import with_tables
from tests.unit import alerts_fakes


class Books:
    """The auditor, the judge and the sink around the real tables."""

    def __init__(self, client: Any, reader: Any) -> None:
        self.client, self.reader = client, reader
        self.store = ClickHouseStore(client)
        stop = threading.Event()
        self.told, self.judged = MemoryOutlet(), alerts_fakes.MemoryOutlet()
        now = RECEIVED + timedelta(minutes=5)
        self.auditor = Auditor(self.store, self.told, lambda: now, stop)
        self.bench = Bench(self.judged, Settings(), ())
        self.sink = Sink(MemorySource(), self.store, stop)
        self.offset = 0

    def sinks(self, topic: str, *values: bytes) -> None:
        self.sink.sink([Record(topic, 0, 0, 0, b"k", value) for value in values])

    def look(self) -> None:
        """Twice, then everything that was told is judged and stored."""
        self.auditor.look()
        self.auditor.look()
        for key, value in self.told.published.pop("indicators", []):
            self.offset += 1
            given = Input("indicators", 0, self.offset, RECEIVED, key, value)
            asyncio.run(self.bench.take([given]))
        self.sinks("alerts", *self.judged.of("alerts"))

    def shown(self) -> list[tuple[Any, ...]]:
        query = "SELECT kind, entity, state, severity, closed_at IS NULL FROM bi.alerts"
        rows: list[tuple[Any, ...]] = self.reader.query(query).result_rows
        return rows


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with with_tables(tmp_path) as (client, reader):
        yield Books(client, reader)


def test_a_row_that_is_gone_is_told_until_it_is_back(books: Books) -> None:
    lines = record(observed(id="a"), observed(id="b")).value or b""
    rows = [row for row in decode(0, 7, lines) if isinstance(row, RawRow)]
    given = Receipt(
        receipt="r-1",
        department="stats",
        received_at=RECEIVED,
        received=2,
        accepted=2,
        duplicate=0,
        rejected=0,
        events=(),
    )
    books.store.insert(RAW, rows)
    books.sinks("receipts", given.model_dump_json().encode())
    books.look()
    assert books.shown() == []
    gone = "DELETE FROM pacekeeper.raw WHERE event_id = 'b'"
    books.client.command(gone, settings={"lightweight_deletes_sync": 2})
    books.look()
    assert books.shown() == [("books", "stats", "open", "high", True)]
    (notes,) = books.reader.query("SELECT notes FROM bi.alerts").result_rows[0]
    assert "账目差额 1：收到 2，重复 0，退回 0，入库 1" in notes[0]
    history = "SELECT seq, state, reason FROM bi.alert_history ORDER BY seq"
    books.store.insert(RAW, rows)
    books.look()
    assert books.shown() == [("books", "stats", "closed", "high", False)]
    assert books.reader.query(history).result_rows == [
        (1, "open", "books"),
        (2, "closed", "books_ended"),
    ]
