"""How far the stack's readers are behind what was written for them."""

from collections.abc import Container

from kafka import KafkaConsumer, TopicPartition

from schemas import topics
from services.aggregate import sink

# Each stands after those that it waits for.
GROUPS = {
    "aggregate-write": (topics.EVENTS.name,),
    "aggregate-derive": (topics.TOUCHED.name,),
    "pacekeeper-alerts": (topics.INDICATORS.name,),
    "aggregate-sink": tuple(sink.TOPICS),
}


class Lags:
    """What the groups have not committed, by the broker's own account."""

    def __init__(self, bootstrap: str, but: Container[str] = ()) -> None:
        self._groups = {
            group: KafkaConsumer(
                bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
            )
            for group in GROUPS
            if group not in but
        }

    def __enter__(self) -> "Lags":
        return self

    def __exit__(self, *error: object) -> None:
        for consumer in self._groups.values():
            consumer.close()

    def all_done(self) -> bool:
        """Is everything committed?"""
        return all(self.lag(group) == 0 for group in self._groups)

    def lag(self, group: str) -> int:
        """How many records it has not committed."""
        consumer, partitions = self._groups[group], self._partitions(group)
        return sum(consumer.end_offsets(partitions).values()) - self.committed(group)

    def committed(self, group: str) -> int:
        """How many it has."""
        consumer = self._groups[group]
        return sum(consumer.committed(each) or 0 for each in self._partitions(group))

    def _partitions(self, group: str) -> list[TopicPartition]:
        return [
            TopicPartition(name, number)
            for name in GROUPS[group]
            for number in self._groups[group].partitions_for_topic(name) or ()
        ]
