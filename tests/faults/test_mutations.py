"""The comparison with the oracle sees damage: parts that were made worse are found out."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from tests.absent import not_run
from tests.faults import oracle
from tests.faults.test_kills import Sender, in_requests, settled_differences
from tests.lags import Lags
from tests.stack import RunningStack, eventually, running_stack

MUTATIONS = Path(__file__).with_name("mutations")


@contextmanager
def mutated(name: str, **settings: str) -> Iterator[RunningStack]:
    """A stack of which one part has one thing changed."""
    mutation = {"PYTHONPATH": str(MUTATIONS), "PACEKEEPER_MUTATION": name}
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-mutated-") as home,
        running_stack(Path(home), **mutation, **settings) as stack,
    ):
        yield stack


def shuffled(events: list[bytes]) -> list[list[bytes]]:
    """Requests with each of these one to five times, in no order."""
    return in_requests(oracle.repeated(events, random.Random(len(events))))


def sent(stack: RunningStack, requests: list[list[bytes]]) -> None:
    """Send them all."""
    sender = Sender(stack, requests)
    sender.thread.start()
    sender.thread.join(120)
    assert sender.error is None, sender.error


def at_rest(stack: RunningStack) -> None:
    """Every role has done all there is."""
    with Lags(f"127.0.0.1:{stack.ports.kafka}") as lags:
        eventually(lags.all_done, 90, "every role is done")


def poisoned(world: oracle.World) -> str:
    """Give one figure an id that the store refuses; the id it had."""
    event = orjson.loads(world.figures[0])
    before = str(event["id"])
    world.figures[0] = orjson.dumps(event | {"id": f"poison-{before}"})
    return before


@pytest.mark.timeout(400)
def test_a_commit_before_the_insert_is_found_out() -> None:
    world = oracle.build(0, entities=2, vintages=2)
    with mutated("commit_before_insert") as stack:
        sent(stack, in_requests(world.definitions))
        at_rest(stack)
        with Lags(f"127.0.0.1:{stack.ports.kafka}") as lags:
            before = lags.committed("aggregate-write")
            os.kill(stack.pid("clickhouse"), signal.SIGSTOP)
            try:
                sent(stack, shuffled(world.figures))
                eventually(lambda: lags.committed("aggregate-write") > before, 30, "committed")
                stack.kill("aggregate")
            finally:
                # What the frozen engine was sent must not reach it later.
                stack.kill("clickhouse")
        stack.await_ready(90)
        at_rest(stack)
        found = settled_differences(stack, world, 0, seconds=5)
    assert found["observations"]["lost"]
    assert found["ledger"][0] > 0


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mutation", ["refuse_poison", "no_bisect"])
def test_a_refused_row_sinks_its_block_only_without_the_bisect(mutation: str) -> None:
    world = oracle.build(0, entities=2, vintages=2)
    before = poisoned(world)
    with mutated(mutation) as stack:
        sent(stack, in_requests(world.definitions))
        sent(stack, shuffled(world.figures))
        at_rest(stack)
        rows = stack.rows("SELECT event_id FROM bi.observations")
        refused = stack.rows("SELECT event_id FROM bi.rejected")
    lost = world.ids - {before} - {row["event_id"] for row in rows}
    if mutation == "refuse_poison":
        assert (lost, [row["event_id"] for row in refused]) == (set(), [f"poison-{before}"])
    else:
        assert lost


@pytest.fixture
def crash(tmp_path: Path) -> Path:
    """Makes the engine crash between the token of an insert and its part; see its source."""
    compiler = shutil.which("cc")
    if compiler is None:
        not_run("no C compiler (cc)")
    made = tmp_path / "crash_at_rename.so"
    source = MUTATIONS / "crash_at_rename.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source], check=True)
    return made


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mutation", ["none", "dedup_tokens"])
def test_a_crash_behind_the_token_of_an_insert_is_found_out(crash: Path, mutation: str) -> None:
    world = oracle.build(0, entities=2, vintages=2)
    trigger = crash.with_name("trigger")
    audit = {"LD_AUDIT": str(crash), "CRASH_AT_RENAME": str(trigger)}
    with mutated(mutation, **audit) as stack:
        sent(stack, in_requests(world.definitions))
        at_rest(stack)
        (raw,) = stack.rows(
            "SELECT data_paths[1] AS folder FROM system.tables"
            " WHERE database = 'pacekeeper' AND name = 'raw'",
            account="pacekeeper",
        )
        trigger.write_text(raw["folder"])
        sent(stack, shuffled(world.figures + world.bad))
        eventually(lambda: not trigger.exists(), 60, "the crash")
        stack.await_ready(90)
        at_rest(stack)
        found = settled_differences(stack, world, 0, seconds=60 if mutation == "none" else 5)
    if mutation == "none":
        assert found == {}
    else:
        assert found["observations"]["lost"]
        assert found["ledger"][0] > 0


# The client gives its broker 8 s to answer, and a record 10 s in all: what was sent is sent again.
_SENT_AGAIN = 9.0


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mutation", ["none", "acks_one"])
def test_an_acknowledgement_of_one_is_found_out_when_the_broker_hangs(mutation: str) -> None:
    world = oracle.build(0, entities=2, vintages=2)
    with mutated(mutation) as stack:
        sent(stack, in_requests(world.definitions))
        at_rest(stack)
        sender = Sender(stack, shuffled(world.figures))
        broker = stack.pid("kafka")
        os.kill(broker, signal.SIGSTOP)
        try:
            began = time.monotonic()
            sender.thread.start()
            eventually(lambda: time.monotonic() > began + _SENT_AGAIN, 2 * _SENT_AGAIN, "a hang")
        finally:
            os.kill(broker, signal.SIGCONT)
        sender.thread.join(120)
        assert sender.error is None, sender.error
        at_rest(stack)
        found = settled_differences(stack, world, 0, seconds=5)
    assert ("ledger" in found) == (mutation == "acks_one"), found
