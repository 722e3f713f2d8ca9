"""quixstreams: a batching sink of one's own, written and committed at every checkpoint.

A sink's batch is of one partition, so a checkpoint of four times 20 000 rows gives each of the
four partitions an insert of about that size.
"""

import tempfile
from collections.abc import Callable
from typing import Any

from quixstreams import Application
from quixstreams.sinks import BatchingSink, SinkBatch

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows

PARTITIONS = 4


class Table(BatchingSink):
    """The raw table as a sink; stops the application once the last event came."""

    def __init__(self, course: Course, count: int, stop: Callable[[], None]) -> None:
        super().__init__(on_client_connect_success=lambda: None)
        self._course = course
        self._left = count
        self._stop = stop

    def add(self, value: bytes, *args: Any, **named: Any) -> None:
        """Into the batch of its partition."""
        self._course.begin()
        super().add(value, *args, **named)
        self._left -= value.count(b"\n") + 1
        if not self._left:
            self._stop()

    def write(self, batch: SinkBatch) -> None:
        """One insert."""
        block: list[Row] = []
        for item in batch:
            block += rows(item.value, batch.partition, item.offset)
        self._course.insert(block)


def main() -> None:
    """Drain the topic."""
    task = contest()
    course = Course(task, "quixstreams", "confluent-kafka")
    app = Application(
        broker_address=task.bootstrap,
        consumer_group=task.group,
        auto_offset_reset="earliest",
        commit_every=PARTITIONS * task.batch,
        loglevel="ERROR",
        state_dir=tempfile.gettempdir(),
        auto_create_topics=False,
    )
    frame = app.dataframe(app.topic(task.topic, value_deserializer="bytes"))
    frame.sink(Table(course, task.events, app.stop))
    app.run()
    course.end()


if __name__ == "__main__":
    main()
