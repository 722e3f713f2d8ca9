"""The one door to kafka-python: producer, group consumer, topics, and followers of small topics.

Foreign errors end here: what may succeed later is AwayError, the rest RefusedError.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import crc32c  # noqa: F401  # without it kafka-python checks sums in Python, 4 to 14 times slower
import lz4.frame  # noqa: F401  # packed topics are lz4; fail at start, not at the first record
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import KafkaError
from kafka.partitioner.default import murmur2
from kafka.structs import OffsetAndMetadata

from services.runtime import logs
from services.runtime.errors import AwayError, PacekeeperError, RefusedError

MAX_RECORD_BYTES = 2 * 1024 * 1024
_ANSWER_MS = 8_000
_GIVE_UP_MS = 10_000
# How long a client looks for its first broker before the caller may try again, or stop.
_BOOTSTRAP_MS = 3_000

_BEING_MADE = "the broker gave no answer: connecting anew"

log = logs.get("kafka")


class Position(NamedTuple):
    """Where an acknowledged record lies."""

    partition: int
    offset: int


class Record(NamedTuple):
    """A record as read; `timestamp` is milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def translate(error: BaseException) -> PacekeeperError:
    """Ours for theirs."""
    what = f"{type(error).__name__}: {error}"
    fatal = isinstance(error, KafkaError) and not (
        error.retriable or "Timeout" in type(error).__name__ or "Connection" in type(error).__name__
    )
    return RefusedError(what) if fatal else AwayError(what)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise translate(error) from error


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's default partitioner gives a key."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


class Producer:
    """Idempotent, acks=all, lz4. A record is durable once its future has a Position.

    An idempotent client that gave a record up may wait for its answer ever after, and refuse or
    hold all that follows. So one failure ends the client: a new one is made in the background,
    and until it is there every send fails at once.
    """

    def __init__(self, bootstrap: str, client_id: str) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap_servers": bootstrap,
            "client_id": client_id,
            "bootstrap_timeout_ms": _BOOTSTRAP_MS,
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
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._waiting: deque[tuple[float, Future[Position]]] = deque()
        with _translated():
            self._client: Any = KafkaProducer(**self._settings)

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has; also fills the client's metadata."""
        client = self._client
        if client is None:
            raise AwayError(_BEING_MADE)
        with _translated():
            found = client.partitions_for(topic)
        if not found:
            raise AwayError(f"topic {topic} is not there yet")
        return len(found)

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
                    made = KafkaProducer(**self._settings)
                except KafkaError:
                    self._closed.wait(0.3)
                    continue
                with self._lock:
                    self._client = made
                return

        threading.Thread(target=replace, daemon=True, name="producer-renewal").start()

    def close(self, timeout: float = 5) -> None:
        """Send what is waiting, then end."""
        self._closed.set()
        client = self._client
        if client is not None:
            client.close(timeout=timeout)


class _Revoked(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, revoked: Callable[[], None]) -> None:
        self._revoked = revoked

    def on_partitions_revoked(self, revoked: Any) -> None:
        if revoked:
            self._revoked()

    def on_partitions_assigned(self, assigned: Any) -> None:
        pass


class Consumer:
    """A member of a consumer group; offsets move only by `commit`."""

    def __init__(
        self,
        bootstrap: str,
        group: str,
        topics: Sequence[str],
        on_revoked: Callable[[], None] = lambda: None,
    ) -> None:
        with _translated():
            self._consumer = KafkaConsumer(
                bootstrap_servers=bootstrap,
                bootstrap_timeout_ms=_BOOTSTRAP_MS,
                group_id=group,
                client_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=10_000,
                heartbeat_interval_ms=2_000,
                max_poll_records=50_000,
                fetch_max_wait_ms=500,
                max_partition_fetch_bytes=4 * MAX_RECORD_BYTES,
                reconnect_backoff_max_ms=1_000,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            self._consumer.subscribe(list(topics), listener=_Revoked(on_revoked))

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        """What arrived meanwhile, in order within each partition."""
        with _translated():
            polled = self._consumer.poll(timeout_ms=timeout_ms, max_records=max_records)
        return [
            Record(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value)
            for records in polled.values()
            for r in records
        ]

    def commit(self, after: Iterable[Record]) -> None:
        """Everything up to and including these records is done."""
        newest: dict[TopicPartition, int] = {}
        for record in after:
            where = TopicPartition(record.topic, record.partition)
            newest[where] = max(newest.get(where, 0), record.offset + 1)
        with _translated():
            self._consumer.commit({tp: OffsetAndMetadata(at, "", -1) for tp, at in newest.items()})

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close(autocommit=False)


def ensure_topics(
    bootstrap: str, topics: Iterable[tuple[str, int, dict[str, str]]], copies: int
) -> None:
    """Create the topics (name, partitions, configuration) that are not there yet."""
    with _translated():
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap,
            client_id="ensure-topics",
            bootstrap_timeout_ms=_BOOTSTRAP_MS,
        )
        try:
            there = set(admin.list_topics())
            missing = {
                name: {
                    "num_partitions": partitions,
                    "replication_factor": copies,
                    "configs": configs,
                }
                for name, partitions, configs in topics
                if name not in there
            }
            if missing:
                admin.create_topics(missing, raise_errors=False, wait_for_metadata=True)
        finally:
            admin.close()


class Follower:
    """Reads a small one-partition topic from its start, for ever, in a thread of its own.

    `apply` sees every record in order. `ready` is set once the end of the topic as it was at the
    start has been read.
    """

    def __init__(self, bootstrap: str, topic: str, apply: Callable[[Record], None]) -> None:
        self._bootstrap = bootstrap
        self._where = TopicPartition(topic, 0)
        self._apply = apply
        self._moved = threading.Condition()
        self._position = 0
        self._asked = 0
        self._answered = 0
        self._end = 0
        self._closed = False
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"follow-{topic}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def wait_for(self, offset: int, timeout: float) -> bool:
        """Has the record at `offset` been applied within the time?"""
        with self._moved:
            return self._moved.wait_for(lambda: self._position > offset, timeout)

    def read_to_end(self, timeout: float) -> bool:
        """Has everything that is in the topic now been applied within the time?"""
        with self._moved:
            self._asked += 1
            mine = self._asked
            return self._moved.wait_for(
                lambda: self._answered >= mine and self._position >= self._end, timeout
            )

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._follow()
            except KafkaError as error:
                log.warning("follower_away", topic=self._where.topic, error=repr(error))
                threading.Event().wait(0.5)

    def _follow(self) -> None:
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap,
            bootstrap_timeout_ms=_BOOTSTRAP_MS,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=500,
            reconnect_backoff_max_ms=1_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        try:
            consumer.assign([self._where])
            consumer.seek(self._where, self._position)
            first_end = consumer.end_offsets([self._where])[self._where]
            while not self._closed:
                asked = self._asked
                if asked > self._answered:
                    self._end = consumer.end_offsets([self._where])[self._where]
                for records in consumer.poll(timeout_ms=100).values():
                    for r in records:
                        self._apply(
                            Record(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value)
                        )
                with self._moved:
                    self._position = consumer.position(self._where)
                    self._answered = asked
                    self._moved.notify_all()
                if self._position >= first_end:
                    self.ready.set()
        finally:
            consumer.close(autocommit=False)
