"""kafka-python: `poll` a batch, `client.insert` it, commit; with its fast checksums installed."""

from kafka import KafkaConsumer

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows


def main() -> None:
    """Drain the topic."""
    task = contest()
    course = Course(task, "kafka-python")
    consumer = KafkaConsumer(
        task.topic,
        bootstrap_servers=task.bootstrap,
        group_id=task.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=task.batch,
        # A packed record is up to 512 KiB, and the default takes two of them at a time.
        max_partition_fetch_bytes=8 << 20,
    )
    while not course.done:
        polled = consumer.poll(timeout_ms=1000)
        if not polled:
            continue
        course.begin()
        block: list[Row] = []
        for messages in polled.values():
            for message in messages:
                block += rows(message.value, message.partition, message.offset)
        course.insert(block)
        consumer.commit()
    course.end()


if __name__ == "__main__":
    main()
