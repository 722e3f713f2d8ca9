"""How far the stack's readers are behind what was written for them."""

from contextlib import ExitStack

from kafka import KafkaConsumer, TopicPartition

from schemas import topics
from services.aggregate import sink
from services.runtime.kafka.client import made

# Each stands after those that it waits for.
GROUPS = {
    "aggregate-write": {topics.EVENTS.name},
    "aggregate-derive": {topics.TOUCHED.name},
    "pacekeeper-alerts": {topics.INDICATORS.name},
    "aggregate-sink": set(sink.TOPICS),
}


class Lags:
    """What the groups have not committed, by the broker's own account."""

    def __init__(self, bootstrap: str) -> None:
        self._groups: dict[str, KafkaConsumer] = {}
        # A broker that is killed meanwhile leaves nothing open either.
        with ExitStack() as opened:
            for group in GROUPS:
                consumer = made(KafkaConsumer, bootstrap, group_id=group, enable_auto_commit=False)
                opened.callback(consumer.close)
                self._groups[group] = consumer
            self._close = opened.pop_all().close

    def __enter__(self) -> "Lags":
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def all_done(self) -> bool:
        """Is everything committed?"""
        return all(self.lag(group) == 0 for group in self._groups)

    def lag(self, group: str) -> int:
        """How many records it has not committed."""
        ends = self._groups[group].end_offsets(_partitions(group))
        return sum(ends.values()) - self.committed(group)

    def committed(self, group: str) -> int:
        """How many it has."""
        consumer = self._groups[group]
        return sum(consumer.committed(each) or 0 for each in _partitions(group))


def _partitions(group: str) -> list[TopicPartition]:
    # Asked for them while it reads its metadata anew, a consumer answers that there are none.
    return [
        TopicPartition(topic.name, number)
        for topic in topics.TOPICS
        if topic.name in GROUPS[group]
        for number in range(topic.partitions)
    ]
