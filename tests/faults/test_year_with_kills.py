"""`kill -9` of the alerts worker and of the broker during a year: nothing of it shows."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults.replay import Replay, at_rest, outcome
from tests.faults.small_city import Push, year
from tests.faults.test_mutations import MUTATIONS
from tests.faults.years import WORKER, city, differing, killed, replayed, replayed_by
from tests.lags import Lags
from tests.stack import eventually

KILLS = int(os.environ.get("PACEKEEPER_YEAR_KILLS", "4"))
# In the name of the test, and so wherever it is told of.
SEED = int(os.environ.get("PACEKEEPER_YEAR_SEED", "0")) or random.randrange(1, 1_000_000)


@pytest.mark.timeout(600 + 60 * KILLS)
@pytest.mark.parametrize("seed", [SEED])
def test_kills_of_the_worker_and_the_broker_during_a_year_leave_no_trace(
    seed: int, undisturbed: dict[str, Any]
) -> None:
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
