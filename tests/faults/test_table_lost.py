"""The worker loses its table, or its place, in the middle of a year: nothing of it shows."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka import KafkaAdminClient

from tests.faults.replay import Replay, at_rest, outcome
from tests.faults.small_city import year
from tests.faults.years import WORKER, city, differing, replayed_by
from tests.stack import RunningStack, eventually

CHANGELOGS = [f"{WORKER}-{table}-changelog" for table in ("series", "delivered")]


@contextmanager
def without_worker(stack: RunningStack) -> Iterator[None]:
    """Nobody starts the worker again until this is over."""
    supervisor = stack.stack.status().pid
    assert supervisor
    worker = stack.pid("alerts")
    os.kill(supervisor, signal.SIGSTOP)
    try:
        os.kill(worker, signal.SIGKILL)
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)


def forget_place(admin: KafkaAdminClient) -> None:
    """What the group had committed: it begins at the first record of each topic."""

    def forgotten() -> bool:
        # Refused while the dead member's session lasts.
        return bool(admin.delete_groups([WORKER]) == {WORKER: "OK"})

    eventually(forgotten, 40, "the group is gone")


def forget_table(admin: KafkaAdminClient) -> None:
    """The topics that its tables are recovered from."""
    admin.delete_topics(CHANGELOGS)
    eventually(lambda: not set(CHANGELOGS) & set(admin.list_topics()), 30, "the topics are gone")


LOSSES = {
    "place": (forget_place,),
    "table": (forget_table,),
    "both": (forget_place, forget_table),
}
TRIED = os.environ.get("PACEKEEPER_LOSSES", "both").split(",")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("loss", TRIED)
def test_what_the_worker_lost_comes_back_and_the_year_goes_on_as_ever(
    loss: str, undisturbed: dict[str, Any]
) -> None:
    steps = year()
    half = len(steps) // 2
    with city() as (stack, told):
        replayed_by(Replay(stack, steps[:half]))
        at_rest(stack)
        before = stack.stack.status().parts["alerts"].restarts
        with without_worker(stack):
            admin = KafkaAdminClient(bootstrap_servers=stack.kafka)
            try:
                for forget in LOSSES[loss]:
                    forget(admin)
            finally:
                admin.close()
        eventually(
            lambda: stack.stack.status().parts["alerts"].restarts > before, 60, "a new worker"
        )
        stack.await_ready(90)
        replayed_by(Replay(stack, steps[half:]))
        assert differing(undisturbed, outcome(stack, told)) == set()
