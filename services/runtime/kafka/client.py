"""What every client of the broker shares: errors, records, partitions, and how one is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient
from kafka.partitioner.default import murmur2

from services.runtime.errors import AwayError, PacekeeperError, RefusedError

# Without crc32c kafka-python checks sums in Python, 4 to 14 times slower; packed topics are lz4:
# fail at start, not at the first record.
for _needed in ("crc32c", "lz4.frame"):
    try:
        import_module(_needed)
    except ImportError as error:
        raise ImportError(
            f"{_needed} 不可用，无法读写 Kafka：请按 requirements.lock 安装依赖（make install）"
            f" / {_needed} cannot be imported, and Kafka is neither read nor written without it:"
            " install requirements.lock (make install)"
        ) from error

MAX_RECORD_BYTES = 2 * 1024 * 1024
# How long a client looks for its first broker before the caller may try again, or stop.
_BOOTSTRAP_MS = 3_000

T = TypeVar("T")


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
def translated() -> Iterator[None]:
    """Errors of kafka-python leave as ours."""
    try:
        yield
    except KafkaError as error:
        raise translate(error) from error


def made(kind: Callable[..., T], bootstrap: str, **settings: Any) -> T:
    """A client of kafka-python; one that finds no broker leaves no socket open. KafkaError."""
    opened: list[KafkaNetClient] = []

    def remembered(**configs: Any) -> KafkaNetClient:
        opened.append(KafkaNetClient(**configs))
        return opened[-1]

    try:
        return kind(
            bootstrap_servers=bootstrap,
            bootstrap_timeout_ms=_BOOTSTRAP_MS,
            kafka_client=remembered,
            **settings,
        )
    except BaseException:
        for client in opened:
            client.close()
        raise


def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's default partitioner gives a key."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions
