"""Faust: an agent that takes 5000 events at a time; its offsets are committed in the background."""

import sys
import tempfile

import faust

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows

TAKE = 5_000

task = contest()
course = Course(task, "faust-streaming", "aiokafka")
app = faust.App(
    task.group,
    broker=f"kafka://{task.bootstrap}",
    datadir=tempfile.gettempdir(),
    value_serializer="raw",
    web_enabled=False,
    topic_disable_leader=True,
    # More than the default of 4096, or a batch never fills and each waits its second out.
    stream_buffer_maxsize=4 * TAKE,
)
topic = app.topic(task.topic, value_serializer="raw")


@app.agent(topic)
async def drain(stream: faust.Stream) -> None:
    """Insert what was taken."""
    async for events in stream.take_events(max(1, TAKE // task.packed), within=1.0):
        course.begin()
        block: list[Row] = []
        for event in events:
            message = event.message
            block += rows(event.value, message.partition, message.offset)
        course.insert(block)
        if course.done:
            course.end()


if __name__ == "__main__":
    sys.argv[1:] = ["worker", "--loglevel=warn", "--without-web"]
    app.main()
