"""Reads what a topic keeps, from an offset to an offset, without a group."""

from collections.abc import Iterator, Sequence

from kafka import KafkaConsumer, TopicPartition

from services.runtime.errors import AwayError
from services.runtime.kafka.client import MAX_RECORD_BYTES, Record, made, translated

_POLL_MS = 1_000
# So long nothing comes before the end that was there: the broker is away.
_PATIENT_POLLS = 30


class Kept:
    """A topic as it lies in the broker. AwayError when that does not answer."""

    def __init__(self, bootstrap: str, topic: str, partitions: int) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._partitions = range(partitions)

    def ends(self) -> dict[int, tuple[int, int]]:
        """Of each partition the first offset that is kept, and the next one to come."""
        where = [TopicPartition(self._topic, partition) for partition in self._partitions]
        with translated():
            consumer = self._consumer()
            try:
                firsts, ends = consumer.beginning_offsets(where), consumer.end_offsets(where)
            finally:
                consumer.close(autocommit=False)
        return {each.partition: (firsts[each], ends[each]) for each in where}

    def read(self, partition: int, first: int, end: int) -> Iterator[Sequence[Record]]:
        """The records from the first offset to before the end, some at a time."""
        where = TopicPartition(self._topic, partition)
        if first >= end:
            return
        with translated():
            consumer = self._consumer()
            try:
                consumer.assign([where])
                consumer.seek(where, first)
                silent = 0
                while consumer.position(where) < end:
                    found = consumer.poll(timeout_ms=_POLL_MS).get(where, [])
                    silent = 0 if found else silent + 1
                    if silent > _PATIENT_POLLS:
                        raise AwayError(f"{self._topic}/{partition} gives nothing before {end}")
                    yield [
                        Record(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value)
                        for r in found
                        if r.offset < end
                    ]
            finally:
                consumer.close(autocommit=False)

    def _consumer(self) -> KafkaConsumer:
        return made(
            KafkaConsumer,
            self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=100,
            max_partition_fetch_bytes=4 * MAX_RECORD_BYTES,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
