"""`kill -9` at random moments, aggregates that come and go, one that sleeps, a store that is away.

All the while events come in at a steady rate, each one to five times and in no order.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from tests.faults import oracle
from tests.faults.test_kills import A_REQUEST, Sender, in_requests, settled_differences
from tests.stack import RunningStack, eventually, free_ports, running_stack

KILLS = int(os.environ.get("PACEKEEPER_RANDOM_KILLS", "8"))
STORMS = int(os.environ.get("PACEKEEPER_STORMS", "3"))
AWAY_SECONDS = float(os.environ.get("PACEKEEPER_AWAY_SECONDS", "15"))
A_SECOND = 500
PARTS = ("ingest", "aggregate", "clickhouse", "kafka")


def for_a_while(seconds: float) -> None:
    """Let things go on; when something happens is the point here, not that it has happened."""
    threading.Event().wait(max(0.0, seconds))


class Paced(Sender):
    """Sends at a steady rate, and what piled up while nobody answered at once."""

    def __init__(self, stack: RunningStack, world: oracle.World, chance: random.Random) -> None:
        sent = oracle.repeated(world.figures + world.bad, chance)
        super().__init__(stack, in_requests(sent))
        self._begun = time.monotonic()

    def _send(self, http: object, request: list[bytes]) -> None:
        due = self._begun + self.done * A_REQUEST / A_SECOND
        for_a_while(due - time.monotonic())
        super()._send(http, request)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def own_stack() -> Iterator[RunningStack]:
    """A stack of its own: it is going to be hurt."""
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-kills-") as home,
        running_stack(Path(home)) as running,
    ):
        yield running


@contextmanager
def under_load(stack: RunningStack, seed: int, seconds: float) -> Iterator[Paced]:
    """Events for about as long as that; afterwards the tables are what the oracle says."""
    chance = random.Random(seed)
    # A town has 144 figures, each of which is sent three times on average.
    world = oracle.build(seed, entities=max(1, round(seconds * A_SECOND / 432)), vintages=6)
    definitions = Sender(stack, in_requests(world.definitions))
    definitions.thread.start()
    definitions.thread.join(120)
    assert definitions.error is None, definitions.error
    sender = Paced(stack, world, chance)
    sender.thread.start()
    try:
        yield sender
    finally:
        sender.thread.join(120 + 3 * seconds)
    assert not sender.thread.is_alive()
    assert sender.error is None, sender.error
    stack.await_ready(90)
    found = settled_differences(stack, world, seed)
    assert found == {}, f"{found}\n{stack.logs()}"


def test_each_event_is_sent_one_to_five_times_and_in_no_order() -> None:
    world = oracle.build(7, entities=3, vintages=3)
    events = world.figures + world.bad
    sent = oracle.repeated(events, random.Random(7))
    times = Counter(sent)
    assert times.keys() == set(events)
    assert set(times.values()) == {1, 2, 3, 4, 5}
    recorded = [orjson.loads(event)["time"] for event in sent]
    backwards = sum(later < earlier for earlier, later in pairwise(recorded))
    assert 0.4 < backwards / len(recorded) < 0.6


@pytest.mark.timeout(600 + 30 * KILLS)
def test_kills_at_random_moments_lose_double_and_falsify_nothing(own_stack: RunningStack) -> None:
    chance = random.Random(KILLS)
    with under_load(own_stack, 100, 3.0 * KILLS) as sender:
        for _ in range(KILLS):
            part = chance.choice(PARTS)
            before = own_stack.stack.status().parts[part].restarts
            for_a_while(chance.uniform(0.2, 2.5))
            own_stack.kill(part)
            eventually(
                lambda part=part, before=before: (
                    own_stack.stack.status().parts[part].restarts > before
                ),
                60,
                f"{part} started again",
            )
            assert sender.error is None, sender.error


@contextmanager
def another_aggregate(stack: RunningStack) -> Iterator[subprocess.Popen[bytes]]:
    """One more process that shares the partitions, killed at the end."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "services.aggregate"],
        env=stack.environment() | {"PACEKEEPER_AGGREGATE_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(600 + 60 * STORMS)
def test_aggregates_that_come_and_go_share_the_work_and_count_once(
    own_stack: RunningStack,
) -> None:
    chance = random.Random(STORMS)
    with under_load(own_stack, 101, 8.0 * STORMS):
        for number in range(STORMS):
            with another_aggregate(own_stack) as second, another_aggregate(own_stack):
                for_a_while(chance.uniform(2, 6))
                if number % 2:
                    # Every other time it is asked to, and hands its partitions over.
                    second.send_signal(signal.SIGTERM)
                    second.wait(40)


@pytest.mark.timeout(400)
def test_an_aggregate_that_slept_while_others_took_its_work_changes_nothing(
    own_stack: RunningStack,
) -> None:
    with under_load(own_stack, 102, 40), another_aggregate(own_stack):
        for_a_while(5)
        sleeper = own_stack.pid("aggregate")
        os.kill(sleeper, signal.SIGSTOP)
        # Longer than a session lasts: its partitions go to the other one.
        for_a_while(20)
        os.kill(sleeper, signal.SIGCONT)
        for_a_while(5)


@pytest.mark.timeout(400)
def test_a_store_that_is_away_for_long_delays_and_loses_nothing(own_stack: RunningStack) -> None:
    with under_load(own_stack, 103, AWAY_SECONDS + 5):
        for_a_while(2)
        engine = own_stack.pid("clickhouse")
        os.kill(engine, signal.SIGSTOP)
        for_a_while(AWAY_SECONDS)
        # The supervisor may have given it up meanwhile and started another one.
        if own_stack.stack.status().parts["clickhouse"].pid == engine:
            os.kill(engine, signal.SIGCONT)
