"""FastStream over confluent-kafka: a batch subscriber that acknowledges after its handler."""

import asyncio
import logging

from faststream import AckPolicy, FastStream
from faststream.confluent import KafkaBroker, KafkaMessage

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows

task = contest()
course = Course(task, "faststream", "confluent-kafka")
broker = KafkaBroker(task.bootstrap, logger=None)


async def as_it_is(message: KafkaMessage) -> list[bytes]:
    """The model reads JSON itself: nothing is to be decoded before."""
    return message.body


@broker.subscriber(
    task.topic,
    group_id=task.group,
    auto_offset_reset="earliest",
    batch=True,
    max_records=task.batch,
    polling_interval=0.1,
    ack_policy=AckPolicy.MANUAL,
    decoder=as_it_is,
)
async def drain(bodies: list[bytes], message: KafkaMessage) -> None:
    """Insert the batch."""
    course.begin()
    block: list[Row] = []
    for body, raw in zip(bodies, message.raw_message, strict=True):
        block += rows(body, raw.partition(), raw.offset())
    await asyncio.to_thread(course.insert, block)
    await message.ack()
    if course.done:
        course.end()


if __name__ == "__main__":
    logging.disable()
    asyncio.run(FastStream(broker, logger=None).run())
