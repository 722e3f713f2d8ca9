"""Thousands of sequences of observe, repeat, correct, delete, reorder and redefine at once.

Every view must show of each what a few hundred lines of plain Python make of the same events.
"""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine.crowd import Crowd
from tests.machine.plan import Plan
from tests.machine.sequences import generated, shrunk
from tests.stack import RunningStack, running_stack

SEQUENCES = int(os.environ.get("PACEKEEPER_SEQUENCES", "2000"))
FIRST_SEED = int(os.environ.get("PACEKEEPER_FIRST_SEED", "0"))
# As long as one failure is looked at more closely.
SHRINK_SECONDS = 120


@pytest.fixture(scope="module")
def own_stack() -> Iterator[RunningStack]:
    """A stack whose books hold nothing else."""
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-machine-") as home,
        running_stack(Path(home)) as running,
    ):
        yield running


@pytest.mark.timeout(600 + SEQUENCES // 4)
def test_every_view_shows_of_each_sequence_what_the_oracle_says(own_stack: RunningStack) -> None:
    crowd = Crowd(own_stack, "all")
    crowd.add(generated(SEQUENCES, first=FIRST_SEED))
    crowd.send()
    crowd.come_to_rest(60 + SEQUENCES / 10)
    assert crowd.books_differ() == {}
    found = crowd.differences()
    assert not found, least(own_stack, crowd, found)


def least(stack: RunningStack, crowd: Crowd, found: dict[str, Any]) -> str:
    """In how many sequences something differs, and the least that shows it, run alone."""
    until, runs = time.monotonic() + SHRINK_SECONDS, itertools.count()

    def differs(plan: Plan) -> dict[str, Any]:
        alone = Crowd(stack, f"alone{next(runs)}")
        alone.add([plan])
        alone.send()
        alone.come_to_rest(30)
        return alone.differences()

    failing = [each.plan for each in crowd.members if each.namespace in found]
    smallest = min(failing, key=lambda plan: len(list(plan.events())))
    plan = shrunk(smallest, lambda plan: time.monotonic() < until and bool(differs(plan)))
    events = "\n".join(map(repr, plan.events()))
    return f"{len(found)} of {len(crowd.members)} sequences, the least:\n{events}\n{differs(plan)}"
