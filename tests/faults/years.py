"""A year of the small city on a stack of its own, left alone or with parts killed."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.replay import Receiver, Replay, outcome, receiver
from tests.faults.small_city import Step
from tests.faults.test_random_kills import for_a_while
from tests.stack import RunningStack, eventually, running_stack

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


def replayed_by(replay: Replay) -> None:
    """It went as it should."""
    replay.thread.start()
    replay.thread.join(120)
    assert replay.error is None, replay.error
