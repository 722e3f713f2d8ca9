"""A member of a consumer group."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.structs import OffsetAndMetadata

from services.runtime.kafka.client import MAX_RECORD_BYTES, Record, made, translated


class _Rebalanced(ConsumerRebalanceListener):  # type: ignore[misc]
    """Remembers that partitions came or went, until it is asked."""

    def __init__(self) -> None:
        self.seen = False

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.seen = True

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.seen = True


class Gather(NamedTuple):
    """How long the broker holds an answer back so that more records go into it.

    Each answer costs both sides a round of wake-ups, however few records it carries.
    """

    milliseconds: int
    bytes: int


AT_ONCE = Gather(500, 1)


class Consumer:
    """A member of a consumer group; offsets move only by `commit`.

    When the group shares its partitions out anew, what was read and not committed is read again,
    by whoever has the partition then. `epoch` counts these moments: what was read in an earlier
    one is to be dropped.
    """

    def __init__(
        self,
        bootstrap: str,
        group: str,
        topics: Sequence[str],
        gather: Gather = AT_ONCE,
    ) -> None:
        self.epoch = 0
        # The first offset of each partition that was handed out and not committed.
        self._open: dict[TopicPartition, int] = {}
        self._rebalanced = _Rebalanced()
        with translated():
            self._consumer = made(
                KafkaConsumer,
                bootstrap,
                group_id=group,
                client_id=group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=10_000,
                heartbeat_interval_ms=2_000,
                # Who dies is told by heartbeats; a rebuild is one record, and takes its time.
                max_poll_interval_ms=24 * 3_600_000,
                max_poll_records=50_000,
                fetch_max_wait_ms=gather.milliseconds,
                fetch_min_bytes=gather.bytes,
                max_partition_fetch_bytes=4 * MAX_RECORD_BYTES,
                reconnect_backoff_max_ms=1_000,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
            self._consumer.subscribe(list(topics), listener=self._rebalanced)

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        """What arrived meanwhile, in order within each partition."""
        # A join that new metadata made necessary, and whose answer comes between two polls, is
        # forgotten by kafka-python 3.0.12: no partitions and no heartbeat from then on.
        if self._consumer._coordinator.rejoining:
            self._consumer._coordinator.request_rejoin()
        with translated():
            polled = self._consumer.poll(timeout_ms=timeout_ms, max_records=max_records)
        for partition, records in polled.items():
            self._open.setdefault(partition, records[0].offset)
        if self._rebalanced.seen:
            self._go_back()
            return []
        return [
            Record(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value)
            for records in polled.values()
            for r in records
        ]

    def _go_back(self) -> None:
        # kafka-python keeps the position of a partition that stays here: behind what was handed
        # out, and what is dropped of that would never be read again.
        self._rebalanced.seen = False
        self.epoch += 1
        for partition in self._open.keys() & self._consumer.assignment():
            self._consumer.seek(partition, self._open[partition])
        self._open.clear()

    def commit(self, after: Iterable[Record]) -> None:
        """Everything up to and including these records is done."""
        newest: dict[TopicPartition, int] = {}
        for record in after:
            where = TopicPartition(record.topic, record.partition)
            newest[where] = max(newest.get(where, 0), record.offset + 1)
        with translated():
            self._consumer.commit({tp: OffsetAndMetadata(at, "", -1) for tp, at in newest.items()})
        self._open |= newest

    def pause(self, topic: str, partition: int) -> None:
        """Hand out no more of this partition as long as it stays here."""
        where = TopicPartition(topic, partition)
        if where in self._consumer.assignment():
            self._consumer.pause(where)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close(autocommit=False)
