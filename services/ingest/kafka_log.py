"""The log on Kafka: connects in the background, so that the door answers 503 until it is there."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from schemas import topics
from services.runtime import logs
from services.runtime.errors import AwayError, PacekeeperError
from services.runtime.kafka import MAX_RECORD_BYTES, Position, Producer, ensure_topics

_AGAIN_SECONDS = 0.5
# A send to one of these never blocks the event loop.
_WRITTEN = [topic.name for topic in topics.TOPICS if "ingest" in topic.writers]
log = logs.get("log")


class KafkaLog:
    """Implements `Log`. `connected` runs once, in the background thread, when the topics exist."""

    def __init__(self, bootstrap: str, copies: int, connected: Callable[[], None]) -> None:
        self._bootstrap = bootstrap
        self._copies = copies
        self._connected = connected
        self._producer: Producer | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._connect, name="connect", daemon=True)

    def start(self) -> None:
        """Begin to connect, for as long as it takes."""
        self._thread.start()

    def partitions(self, topic: str) -> int:
        """See `Log`."""
        if self._producer is None:
            raise AwayError("no broker has answered yet")
        return self._producer.partitions(topic)

    def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> "Future[Position]":
        """See `Log`."""
        if self._producer is not None:
            return self._producer.send(topic, value, key, partition)
        done: Future[Position] = Future()
        done.set_exception(AwayError("no broker has answered yet"))
        return done

    def close(self) -> None:
        """Send what is waiting, then end."""
        self._closing.set()
        self._thread.join(timeout=10)
        if self._producer is not None:
            self._producer.close()

    def _connect(self) -> None:
        while not self._closing.is_set():
            try:
                ensure_topics(self._bootstrap, _configurations(), self._copies)
                self._producer = Producer(self._bootstrap, "ingest", _WRITTEN)
            except PacekeeperError as error:
                log.warning("broker_away", error=str(error))
                self._closing.wait(_AGAIN_SECONDS)
            else:
                self._connected()
                return


def _configurations() -> list[tuple[str, int, dict[str, str]]]:
    largest = {"max.message.bytes": str(MAX_RECORD_BYTES)}
    return [
        (
            topic.name,
            topic.partitions,
            largest
            | {"cleanup.policy": topic.cleanup}
            | ({} if topic.retention_ms is None else {"retention.ms": str(topic.retention_ms)}),
        )
        for topic in topics.TOPICS
    ]
