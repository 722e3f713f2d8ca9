"""How far a group has come."""

from collections.abc import Iterable

from kafka import KafkaConsumer, TopicPartition

from services.runtime.kafka.client import made, translated


def committed(
    bootstrap: str, group: str, partitions: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """What the group has committed of each (topic, partition); 0 where nothing."""
    with translated():
        asked = {"group_id": group, "client_id": "committed", "enable_auto_commit": False}
        consumer = made(KafkaConsumer, bootstrap, **asked)
        try:
            return {
                (topic, number): consumer.committed(TopicPartition(topic, number)) or 0
                for topic, number in partitions
            }
        finally:
            consumer.close(autocommit=False)
