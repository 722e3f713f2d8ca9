"""Follows a small topic from its start."""

import threading
from collections.abc import Callable

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.runtime import logs
from services.runtime.kafka.client import Record, made

log = logs.get("kafka")


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
        consumer = made(
            KafkaConsumer,
            self._bootstrap,
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
