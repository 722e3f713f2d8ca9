"""How fast the real roles empty a topic: the write role alone, or with the derive role behind it.

`python -m bench.drain` is one run in a process of its own, as the aggregate is. It reads its task
from the environment, needs empty tables, and answers in JSON. Time runs from the first record
read to the commit that leaves nothing: of the last block, or of the last dossier published;
`written` is when the last row was in the raw table, whatever was derived by then.
"""

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from schemas.topics import CATALOGUE, INDICATORS, TOUCHED
from services.aggregate.app import KafkaOutlet
from services.aggregate.catalogue import Catalogue
from services.aggregate.derive import Deriver
from services.aggregate.store import open_store
from services.aggregate.write import Writer
from services.runtime import clock, logs, settings
from services.runtime.kafka import (
    AT_ONCE,
    Consumer,
    Follower,
    Gather,
    Producer,
    Record,
    ensure_topics,
)

_FULL = 64 * 1024
_PATIENCE = 600


class Task(NamedTuple):
    """So many `events` of `topic`, by the `roles` "write" or "write+derive".

    `run` names the groups and topics of this run, so that none meets another's leavings.
    """

    topic: str
    events: int
    roles: str
    run: str


class _Meter:
    """A role's source that knows when its first record came and how many events are committed."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self.began = 0.0, 0.0
        self.events = 0
        self.records = 0

    def poll(self, timeout_ms: int, max_records: int | None = None) -> list[Record]:
        """What arrived meanwhile."""
        found = self._consumer.poll(timeout_ms, max_records)
        if found and not self.records and not self.began[0]:
            self.began = time.monotonic(), time.process_time()
        return found

    def commit(self, after: Sequence[Record]) -> None:
        """Commit, and count what that was."""
        self._consumer.commit(after)
        self.records += len(after)
        self.events += sum((r.value or b"").count(b"\n") + 1 for r in after)

    def __getattr__(self, name: str) -> object:
        return getattr(self._consumer, name)


class _Outlet(KafkaOutlet):
    """Publishes to topics of this run alone, and counts."""

    def __init__(self, producer: Producer, run: str) -> None:
        super().__init__(producer)
        self._run = run
        self.published = 0

    def publish(self, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
        """See Outlet."""
        super().publish(f"{topic}-{self._run}", records)
        self.published += len(records)


def drain(task: Task) -> dict[str, float | int]:
    """Empty the topic: seconds, seconds of this process's CPU, dossiers published.

    `written` are the seconds until all rows were in.
    """
    found = settings.load()
    bootstrap = found.kafka_bootstrap
    logs.configure(found.log_level)
    small = {"max.message.bytes": "2097152"}
    ensure_topics(
        bootstrap,
        [
            (CATALOGUE.name, CATALOGUE.partitions, small),
            *((f"{t.name}-{task.run}", t.partitions, small) for t in (TOUCHED, INDICATORS)),
        ],
        1,
    )
    # As the aggregate has it.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    sys.setswitchinterval(0.0005)
    stop = threading.Event()
    producer = Producer(bootstrap, task.run)
    gather = Gather(found.flush_ms, _FULL)
    events = _Meter(Consumer(bootstrap, f"write-{task.run}", [task.topic], gather=gather))
    told = _Outlet(producer, task.run)
    store = open_store(found)
    writer = Writer(events, store, told, clock.system, stop, block_rows=found.block_rows)
    roles = [writer.run]
    touched: _Meter | None = None
    dossiers = _Outlet(producer, task.run)
    if task.roles != "write":
        catalogue = Catalogue()
        follower = Follower(bootstrap, CATALOGUE.name, catalogue.apply)
        follower.start()
        follower.ready.wait(30)
        consumer = Consumer(
            bootstrap, f"derive-{task.run}", [f"{TOUCHED.name}-{task.run}"], gather=AT_ONCE
        )
        touched = _Meter(consumer)
        roles.append(Deriver(touched, open_store(found), dossiers, catalogue, follower, stop).run)
    threads = [threading.Thread(target=role, daemon=True) for role in roles]
    for thread in threads:
        thread.start()
    until = time.monotonic() + _PATIENCE
    written = 0.0
    while time.monotonic() < until and all(thread.is_alive() for thread in threads):
        if not written and events.events >= task.events:
            written = time.monotonic() - events.began[0]
        if written and (touched is None or touched.records >= told.published):
            break
        time.sleep(0.005)
    else:
        raise RuntimeError(f"{events.events} of {task.events} events are written")
    wall, cpu = events.began
    answer = {
        "seconds": time.monotonic() - wall,
        "cpu": time.process_time() - cpu,
        "written": written,
        "dossiers": dossiers.published,
    }
    stop.set()
    return answer


def main() -> None:
    """One run, its answer on stdout."""
    answer = drain(Task(**json.loads(os.environ["BENCH_TASK"])))
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
