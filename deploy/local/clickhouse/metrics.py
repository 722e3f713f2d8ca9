"""What is counted and timed at the embedded server, as `GET /metrics` shows it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_EXCEPTION_CODE = b"x-clickhouse-exception-code"


class Metrics:
    """One set per server, on a registry of its own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self.connections = Gauge(
            "pacekeeper_clickhouse_connections", "Open HTTP connections", registry=registry
        )
        self.sessions = Gauge(
            "pacekeeper_clickhouse_sessions", "Sessions that are kept open", registry=registry
        )
        self._waiting = Gauge(
            "pacekeeper_clickhouse_waiting",
            "Requests that wait for a place, by lane",
            ["lane"],
            registry=registry,
        )
        self._running = Gauge(
            "pacekeeper_clickhouse_running",
            "Requests that hold a place, by lane",
            ["lane"],
            registry=registry,
        )
        self._queue_seconds = Histogram(
            "pacekeeper_clickhouse_queue_seconds",
            "How long a request waited for a place, by lane",
            ["lane"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._seconds = Histogram(
            "pacekeeper_clickhouse_seconds",
            "From a place to the last byte of the answer, by lane: insert, read, bi",
            ["lane"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._received = Counter(
            "pacekeeper_clickhouse_received_bytes", "Bytes of bodies received", registry=registry
        )
        self._sent = Counter(
            "pacekeeper_clickhouse_sent_bytes", "Bytes of bodies sent", registry=registry
        )
        self._errors = Counter(
            "pacekeeper_clickhouse_errors",
            "Answers that were an error, by ClickHouse's code",
            ["code"],
            registry=registry,
        )

    def exposition(self) -> tuple[str, bytes]:
        """Media type and text of everything."""
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)

    def failed(self, code: int) -> None:
        """Count an answer that was an error, or ended in one."""
        self._errors.labels(str(code)).inc()

    @contextmanager
    def queued(self, lane: str) -> Iterator[None]:
        """A request waits for a place in this lane."""
        began = time.monotonic()
        with self._waiting.labels(lane).track_inprogress():
            yield
        self._queue_seconds.labels(lane).observe(time.monotonic() - began)

    @contextmanager
    def served(self, lane: str) -> Iterator[None]:
        """A request holds a place in this lane."""
        with self._running.labels(lane).track_inprogress(), self._seconds.labels(lane).time():
            yield

    def listened(self, receive: Receive) -> Receive:
        """The same, with the bytes of the request's body counted."""

        async def counted() -> Message:
            message = await receive()
            self._received.inc(len(message.get("body", b"")))
            return message

        return counted

    def spoken(self, send: Send) -> Send:
        """The same, with the bytes and the error of the answer counted."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                code = dict(message["headers"]).get(_EXCEPTION_CODE)
                if code:
                    self.failed(int(code))
            self._sent.inc(len(message.get("body", b"")))
            await send(message)

        return counted
