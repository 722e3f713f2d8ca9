"""Sequences over the full stack with restarts: after each the views say what the oracle says."""

import os
import random
import tempfile
from pathlib import Path

import pytest

from tests.machine import counts
from tests.machine.crowd import Crowd
from tests.machine.sequences import generated
from tests.stack import RunningStack, eventually, running_stack

SEQUENCES = int(os.environ.get("PACEKEEPER_RESTART_SEQUENCES", "50"))
# Between two phases of the sequences, in turn, and some that chance adds.
PARTS = ("aggregate", "ingest", "clickhouse", "kafka", "alerts")


def restarted(stack: RunningStack, part: str) -> None:
    """Kill a part and wait until the supervisor has started it again and all are ready."""
    before = stack.stack.status().parts[part].restarts
    stack.kill(part)
    eventually(
        lambda: stack.stack.status().parts[part].restarts > before, 30, f"{part} started again"
    )
    stack.await_ready(90)


@pytest.mark.timeout(600 + 4 * SEQUENCES)
def test_every_view_is_right_after_each_restart_between_the_phases_of_sequences() -> None:
    chance = random.Random(5)
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-restarts-") as home,
        running_stack(Path(home)) as stack,
    ):
        crowd = Crowd(stack, "restart")
        crowd.count(counts.definitions())
        crowd.add(generated(SEQUENCES, restarts=True))
        phases = max(len(member.plan.phases) for member in crowd.members)
        assert phases > 2
        for phase in range(phases):
            crowd.send(phase, forgetful=phase > 0)
            crowd.come_to_rest(120)
            assert crowd.books_differ() == {}, f"after phase {phase}"
            assert crowd.differences() == {}, f"after phase {phase}\n{stack.logs()}"
            for part in {PARTS[phase % len(PARTS)], chance.choice(PARTS)}:
                restarted(stack, part)
        # What the last restart found is what was there.
        crowd.come_to_rest(120)
        assert crowd.differences() == {}
