"""bytewax: batches of its Kafka source to a sink of one's own; without recovery, so it keeps no
offsets at all, which is less than the others do.
"""

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main

from bench.peers.contest import Course, contest
from bench.peers.model import Row, rows

Message = KafkaSourceMessage[bytes, bytes]


class Rows(StatelessSinkPartition[Message]):
    """The raw table as a sink."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def write_batch(self, items: list[Message]) -> None:
        """One insert."""
        self._course.begin()
        block: list[Row] = []
        for item in items:
            block += rows(item.value, item.partition, item.offset)
        self._course.insert(block)
        if self._course.done:
            self._course.end()


class Table(DynamicSink[Message]):
    """One of them per worker."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def build(self, step_id: str, worker_index: int, worker_count: int) -> Rows:
        """See DynamicSink."""
        return Rows(self._course)


def main() -> None:
    """Drain the topic."""
    task = contest()
    flow = Dataflow("drain")
    source = KafkaSource([task.bootstrap], [task.topic], tail=False, batch_size=task.batch)
    op.output(
        "out", op.input("in", flow, source), Table(Course(task, "bytewax", "confluent-kafka"))
    )
    run_main(flow)


if __name__ == "__main__":
    main()
