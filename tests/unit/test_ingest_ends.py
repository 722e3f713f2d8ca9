"""The real ends with nobody behind them: AwayError, and no call that hangs."""

import asyncio
import socket

import pytest

from services.ingest.books import ClickHouseBooks
from services.ingest.kafka_log import KafkaLog
from services.ingest.ports import MemoryLog
from services.runtime.errors import AwayError


def test_books_of_an_engine_that_is_down_are_away():
    with socket.create_server(("127.0.0.1", 0)) as found:
        closed = found.getsockname()[1]
    books = ClickHouseBooks(f"http://127.0.0.1:{closed}", "pacekeeper", "x")
    try:
        with pytest.raises(AwayError):
            asyncio.run(books.receipt("r"))
    finally:
        books.close()


def test_a_log_that_was_never_reached_is_away():
    log = KafkaLog("127.0.0.1:1", 1, lambda: None)
    with pytest.raises(AwayError):
        log.partitions("events")
    assert isinstance(log.send("events", b"x", None, 0).exception(), AwayError)


def test_the_memory_log_keeps_the_promises_of_the_real_one():
    log = MemoryLog()
    seen: list[bytes | None] = []
    log.send("keys", b"before", b"k", 0)
    followed = log.follow("keys", lambda record: seen.append(record.value))
    position = log.send("keys", b"after", b"k", 0).result()
    assert seen == [b"before", b"after"]
    assert position.offset == 1
    assert followed.ready.is_set()
    assert followed.wait_for(position.offset, 0)
    assert log.partitions("events") == 4
    log.away = True
    assert isinstance(log.send("keys", b"x", b"k", 0).exception(), AwayError)
    assert not followed.read_to_end(0)
    with pytest.raises(AwayError):
        log.partitions("events")
