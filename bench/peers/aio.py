"""aiokafka: `getmany` a batch, `client.insert` it in a thread, commit."""

import asyncio

from aiokafka import AIOKafkaConsumer

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows


async def drain() -> None:
    """Drain the topic."""
    task = contest()
    course = Course(task, "aiokafka")
    consumer = AIOKafkaConsumer(
        task.topic,
        bootstrap_servers=task.bootstrap,
        group_id=task.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=8 << 20,
    )
    await consumer.start()
    while not course.done:
        got = await consumer.getmany(timeout_ms=1000, max_records=task.batch)
        if not got:
            continue
        course.begin()
        block: list[Row] = []
        for messages in got.values():
            for message in messages:
                block += rows(message.value, message.partition, message.offset)
        await asyncio.to_thread(course.insert, block)
        await consumer.commit()
    course.end()


if __name__ == "__main__":
    asyncio.run(drain())
