"""The idempotent producer, made anew once it failed."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.runtime import logs
from services.runtime.errors import AwayError, PacekeeperError
from services.runtime.kafka.client import MAX_RECORD_BYTES, Position, made, translate, translated

_ANSWER_MS = 8_000
_GIVE_UP_MS = 10_000
_BEING_MADE = "the broker gave no answer: connecting anew"

log = logs.get("kafka")


class Producer:
    """Idempotent, acks=all, lz4. A record is durable once its future has a Position.

    An idempotent client that gave a record up may wait for its answer ever after, and refuse or
    hold all that follows. So one failure ends the client: a new one is made in the background,
    and until it is there every send fails at once.

    A send waits for nothing where its topic is one of `topics`: their partitions are known before.
    """

    def __init__(self, bootstrap: str, client_id: str, topics: Sequence[str] = ()) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap": bootstrap,
            "client_id": client_id,
            "acks": "all",
            "enable_idempotence": True,
            "compression_type": "lz4",
            "linger_ms": 0,
            "batch_size": MAX_RECORD_BYTES,
            "max_request_size": MAX_RECORD_BYTES,
            "request_timeout_ms": _ANSWER_MS,
            "delivery_timeout_ms": _GIVE_UP_MS,
            "max_block_ms": _ANSWER_MS,
            "reconnect_backoff_max_ms": 1_000,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
        }
        self._topics = topics
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._waiting: deque[tuple[float, Future[Position]]] = deque()
        self._client: Any = self._connected()

    def _connected(self) -> KafkaProducer:
        with translated():
            client = made(KafkaProducer, **self._settings)
        try:
            for topic in self._topics:
                _partitions(client, topic)
        except AwayError:
            client.close(timeout=0)
            raise
        return client

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has; AwayError when nobody says so."""
        client = self._client
        if client is None:
            raise AwayError(_BEING_MADE)
        return _partitions(client, topic)

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        """Hand a record over; the future ends with its Position or an error of ours."""
        done: Future[Position] = Future()
        done.set_running_or_notify_cancel()
        client = self._client
        if client is not None and self._overdue():
            self._renew(client, "a record is overdue")
            client = None
        if client is None:
            done.set_exception(AwayError(_BEING_MADE))
            return done
        try:
            sent = client.send(topic, value=value, key=key, partition=partition)
        except KafkaError as error:
            done.set_exception(translate(error))
            return done

        def failed(error: BaseException) -> None:
            self._renew(client, repr(error))
            done.set_exception(AwayError(str(translate(error))))

        with self._lock:
            self._waiting.append((time.monotonic(), done))
        sent.add_callback(lambda meta: done.set_result(Position(meta.partition, meta.offset)))
        sent.add_errback(failed)
        return done

    def _overdue(self) -> bool:
        """Is the oldest record still without an answer after its time?"""
        with self._lock:
            while self._waiting and self._waiting[0][1].done():
                self._waiting.popleft()
            oldest = self._waiting[0][0] if self._waiting else None
        return oldest is not None and time.monotonic() - oldest > _GIVE_UP_MS / 1000

    def _renew(self, broken: KafkaProducer, why: str) -> None:
        with self._lock:
            if self._client is not broken or self._closed.is_set():
                return
            self._client = None
            self._waiting.clear()
        log.warning("producer_renewed", why=why)

        def replace() -> None:
            # `close` would first flush what may never be answered; dropping it is the point.
            broken._sender.force_close()
            broken._sender.join(2)
            with suppress(KafkaError):
                broken.close(timeout=0)
            while not self._closed.is_set():
                try:
                    fresh = self._connected()
                except PacekeeperError:
                    self._closed.wait(0.3)
                    continue
                with self._lock:
                    self._client = fresh
                return

        threading.Thread(target=replace, daemon=True, name="producer-renewal").start()

    def close(self, timeout: float = 5) -> None:
        """Send what is waiting, then end."""
        self._closed.set()
        client = self._client
        if client is not None:
            client.close(timeout=timeout)


def _partitions(client: KafkaProducer, topic: str) -> int:
    with translated():
        found = client.partitions_for(topic)
    if not found:
        raise AwayError(f"topic {topic} is not there yet")
    return len(found)
