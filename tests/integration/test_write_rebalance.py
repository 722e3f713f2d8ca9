"""Several write roles share the partitions of `events` on a real broker, and hand them over."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from bench.events import fill
from schemas.records.touched import Touched
from schemas.topics import EVENTS
from services.aggregate.memory import MemoryOutlet, MemoryStore
from services.aggregate.tables import Table
from services.aggregate.write import Writer
from services.runtime.kafka import Consumer
from tests.integration.lone_broker import Broker
from tests.stack import eventually

COUNT = 60_000
PACKED = 100
GROUP = "sharing"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("broker"))
    running.make_topics(probe=1)
    fill(running.address, EVENTS.name, COUNT, 500, PACKED)
    yield running
    running.process.end()


class Slow(MemoryStore):
    """Gives the group time to share out anew while blocks are under way."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = 0

    def append(self, table: Table, columns: pa.Table) -> None:
        threading.Event().wait(0.02)
        super().append(table, columns)
        self.blocks += 1


@pytest.fixture
def members() -> "Iterator[list[Member]]":
    running: list[Member] = []
    yield running
    for each in running:
        each.end()


class Member:
    """A write role of the group in a thread; all share one store and one outlet."""

    def __init__(self, broker: Broker, store: MemoryStore, outlet: MemoryOutlet) -> None:
        self.stop = threading.Event()
        self.consumer = Consumer(broker.address, GROUP, [EVENTS.name])
        self.failed: BaseException | None = None
        self._writer = Writer(
            self.consumer, store, outlet, lambda: datetime.now(UTC), self.stop, block_rows=1_000
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._writer.run()
        except BaseException as error:
            self.failed = error
        finally:
            self.consumer.close()

    def end(self) -> None:
        """Stop it and let it leave the group."""
        self.stop.set()
        self._thread.join(30)
        assert self.failed is None


def test_nothing_is_lost_when_writers_come_and_go_in_the_middle_of_blocks(
    broker: Broker, members: list[Member]
) -> None:
    store, outlet = Slow(), MemoryOutlet()
    members.append(Member(broker, store, outlet))

    def stored(share: float) -> None:
        eventually(lambda: len(store.raw) >= share * COUNT, 60, f"{share} of the events stored")

    stored(0.1)
    members.append(Member(broker, store, outlet))
    stored(0.3)
    members.append(Member(broker, store, outlet))
    stored(0.5)
    members.pop(0).end()
    stored(0.7)
    members.pop(0).end()
    stored(1.0)
    last = members.pop()
    last.end()
    assert last.consumer.epoch >= 2
    told = [Touched.model_validate_json(value) for _, value in outlet.published["touched"]]
    ends = defaultdict(int)
    for partition, offset, line in store.raw:
        assert 0 <= line < PACKED
        ends[partition] = max(ends[partition], offset)
    assert len(store.raw) == COUNT
    assert len({row.event_id for row in store.raw.values()}) == COUNT
    last_told = {p: max(t.offset for t in told if t.partition == p) for p in ends}
    assert last_told == dict(ends)
    assert store.blocks < 2 * COUNT / 1_000
    again = Consumer(broker.address, GROUP, [EVENTS.name])
    assert [again.poll(500) for _ in range(6)] == [[]] * 6
    again.close()
