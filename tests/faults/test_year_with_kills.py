"""`kill -9` of the alerts worker and of the broker during a year: nothing of it shows."""

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.replay import Receiver, Replay, at_rest, outcome, receiver
from tests.faults.small_city import Push, Step, year
from tests.faults.test_mutations import MUTATIONS
from tests.faults.test_random_kills import for_a_while
from tests.lags import Lags
from tests.stack import RunningStack, eventually, running_stack

KILLS = int(os.environ.get("PACEKEEPER_YEAR_KILLS", "4"))
# In the name of the test, and so wherever it is told of.
SEED = int(os.environ.get("PACEKEEPER_YEAR_SEED", "0")) or random.randrange(1, 1_000_000)
PARTS = ("alerts", "kafka")
WORKER = "pacekeeper-alerts"


# Seconds that a worker takes about to come back.
A_RECOVERY = 8.0


@contextmanager
def city(**settings: str) -> Iterator[tuple[RunningStack, Receiver]]:
    """A stack that tells somebody."""
    with (
        receiver() as told,
        tempfile.TemporaryDirectory(prefix="pacekeeper-year-") as home,
        running_stack(Path(home), PACEKEEPER_WEBHOOK_URL=told.url, **settings) as stack,
    ):
        yield stack, told


def replayed(steps: list[Step], kills: int = 0, seed: int = 0) -> dict[str, Any]:
    """What steps came to during which the worker and the broker were killed, spread over them.

    They are killed one soon after the other, so that every second kill hits a recovery.
    """
    chance = random.Random(seed)
    with city() as (stack, told):
        replay = Replay(stack, steps)
        replay.thread.start()
        moments = sorted(chance.sample(range(len(steps)), kills // 2))
        for number, moment in enumerate(moments):
            eventually(lambda m=moment: replay.done >= m or replay.error, 240, f"step {moment}")
            assert replay.error is None, repr(replay.error)
            for part in PARTS if number % 2 else reversed(PARTS):
                for_a_while(chance.uniform(0, A_RECOVERY))
                killed(stack, part)
        replay.thread.join(300)
        assert not replay.thread.is_alive()
        assert replay.error is None, f"{replay.error!r} at {steps[replay.done]}\n{stack.logs()}"
        return outcome(stack, told)


def killed(stack: RunningStack, part: str) -> None:
    """`kill -9`, and another process in its place."""
    eventually(lambda: stack.stack.status().parts[part].pid, 60, f"{part} runs")
    before = stack.stack.status().parts[part].restarts
    stack.kill(part)
    eventually(
        lambda: stack.stack.status().parts[part].restarts > before, 60, f"{part} started again"
    )


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """What two years do not have alike."""
    return {name for name, rows in one.items() if other[name] != rows}


@pytest.mark.timeout(600 + 60 * KILLS)
@pytest.mark.parametrize("seed", [SEED])
def test_kills_of_the_worker_and_the_broker_during_a_year_leave_no_trace(seed: int) -> None:
    undisturbed = replayed(year())
    assert differing(undisturbed, replayed(year(), KILLS, seed)) == set()


@pytest.mark.timeout(400)
def test_a_worker_that_acknowledges_before_it_has_sent_is_found_out(tmp_path: Path) -> None:
    steps = year((1, 2, 3), clock=())
    unsent = tmp_path / "unsent"
    mutation = {"PYTHONPATH": str(MUTATIONS), "PACEKEEPER_MUTATION": "ack_before_sent"}
    last = max(n for n, step in enumerate(steps) if isinstance(step, Push))
    steps = steps[: last + 1]
    with city(**mutation, PACEKEEPER_UNSENT=str(unsent)) as (stack, told):
        replayed_by(Replay(stack, steps[:-1]))
        at_rest(stack)
        with Lags(stack.kafka) as lags:
            before = lags.committed(WORKER)
            unsent.touch()
            replay = Replay(stack, steps[-1:], patience=20)
            replay.thread.start()
            eventually(lambda: lags.committed(WORKER) > before, 30, "acknowledged")
            killed(stack, "alerts")
            unsent.unlink()
        replay.thread.join(60)
        assert replay.error is not None
        found = outcome(stack, told)
    assert {"assessments", "alerts", "alert_history", "notices"} <= differing(
        replayed(steps), found
    )


def replayed_by(replay: Replay) -> None:
    """It went as it should."""
    replay.thread.start()
    replay.thread.join(120)
    assert replay.error is None, replay.error
