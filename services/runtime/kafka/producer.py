"""The idempotent producer, made anew once it failed.

librdkafka packs, sends and hears answers outside the interpreter's lock; kafka-python, which reads
here, took several times as much of the processor, and most of it from whoever hands records over.
"""

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message
from confluent_kafka import Producer as Client

from services.runtime import logs
from services.runtime.errors import AwayError, RefusedError
from services.runtime.kafka.client import BOOTSTRAP_SECONDS, MAX_RECORD_BYTES, Position

_ANSWER_MS = 8_000
_GIVE_UP_MS = 10_000
_AGAIN_SECONDS = 0.3
_BEING_MADE = "the broker gave no answer: connecting anew"

log = logs.get("kafka")


def made(settings: Mapping[str, Any]) -> Client:
    """A client that a broker has answered; AwayError if none does."""
    client = Client(dict(settings), logger=logging.getLogger("kafka.client"))
    try:
        client.list_topics(timeout=BOOTSTRAP_SECONDS)
    except KafkaException as error:
        raise AwayError(str(error)) from error
    return client


class Producer:
    """Idempotent, acks=all, lz4. A record is durable once its future has a Position.

    An idempotent client that gave a record up has a gap in its sequence, which the broker may hold
    against all that follows. So one failure ends the client: a new one is made in the background,
    and until it is there every send fails at once.
    """

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap.servers": bootstrap,
            "client.id": client_id,
            "acks": "all",
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 0,
            "partitioner": "murmur2_random",
            "message.max.bytes": MAX_RECORD_BYTES,
            "queue.buffering.max.messages": 1_000_000,
            "request.timeout.ms": _ANSWER_MS,
            "socket.timeout.ms": _ANSWER_MS,
            "message.timeout.ms": _GIVE_UP_MS,
            "reconnect.backoff.max.ms": 1_000,
            # A connection that breaks is found out by what it carried.
            "log_level": 3,
        }
        self._closed = threading.Event()
        self._client: Client | None = made(self._settings)
        self._thread = threading.Thread(target=self._hear, daemon=True, name="producer")
        self._thread.start()

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has; AwayError when nobody says so."""
        client = self._client
        if client is None:
            raise AwayError(_BEING_MADE)
        try:
            found = client.list_topics(topic, timeout=_ANSWER_MS / 1000).topics[topic]
        except KafkaException as error:
            raise AwayError(str(error)) from error
        if found.error is not None or not found.partitions:
            raise AwayError(f"topic {topic} is not there yet")
        return len(found.partitions)

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        """Hand a record over; the future ends with its Position or an error of ours.

        Blocks only while a million records wait.
        """
        done: Future[Position] = Future()
        done.set_running_or_notify_cancel()

        def answered(error: KafkaError | None, message: Message) -> None:
            if error is None:
                done.set_result(Position(message.partition() or 0, message.offset() or 0))
                return
            self._give_up(client, str(error))
            done.set_exception(AwayError(str(error)))

        client = self._client
        if client is None:
            done.set_exception(AwayError(_BEING_MADE))
            return done
        where = -1 if partition is None else partition
        try:
            _produce(client, topic, value, key=key, partition=where, on_delivery=answered)
        except RefusedError as error:
            done.set_exception(error)
        except AwayError as error:
            self._give_up(client, str(error))
            done.set_exception(error)
        return done

    def _give_up(self, broken: Client | None, why: str) -> None:
        if self._client is broken and not self._closed.is_set():
            self._client = None
            log.warning("producer_renewed", why=why)

    def _hear(self) -> None:
        """Bring the answers to those who wait; put a new client in a broken one's place."""
        client = self._client
        while client is not None and not self._closed.is_set():
            client.poll(0.5)
            if self._client is None:
                _end(client)
                client = self._client = self._renewed()

    def _renewed(self) -> Client | None:
        while not self._closed.wait(_AGAIN_SECONDS):
            try:
                return made(self._settings)
            except AwayError:
                continue
        return None

    def close(self, timeout: float = 5) -> None:
        """Send what is waiting, then end."""
        client = self._client
        if client is not None:
            client.flush(timeout)
        self._closed.set()
        self._thread.join(timeout)
        if client is not None:
            _end(client)


def _produce(client: Client, topic: str, value: bytes | None, **named: Any) -> None:
    """AwayError when there is no room for it, RefusedError when it can never be sent."""
    until = time.monotonic() + _ANSWER_MS / 1000
    while True:
        try:
            client.produce(topic, value, **named)
        except BufferError:
            if time.monotonic() > until:
                raise AwayError("too much waits for the broker") from None
            client.poll(0.05)
        except KafkaException as error:
            kind = RefusedError if _never(error) else AwayError
            raise kind(str(error)) from error
        else:
            return


def _never(error: KafkaException) -> bool:
    return bool(error.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE)


def _end(client: Client) -> None:
    """Let nobody wait for what was not answered."""
    client.purge()
    client.poll(0)
