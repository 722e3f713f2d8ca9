"""confluent-kafka: `consume` a batch, `client.insert` it, commit synchronously."""

from confluent_kafka import Consumer, KafkaException

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows


def main() -> None:
    """Drain the topic."""
    task = contest()
    course = Course(task, "confluent-kafka")
    consumer = Consumer(
        {
            "bootstrap.servers": task.bootstrap,
            "group.id": task.group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([task.topic])
    while not course.done:
        messages = consumer.consume(num_messages=task.batch, timeout=0.1)
        if not messages:
            continue
        course.begin()
        block: list[Row] = []
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
            block += rows(message.value(), message.partition(), message.offset())
        course.insert(block)
        consumer.commit(asynchronous=False)
    course.end()


if __name__ == "__main__":
    main()
