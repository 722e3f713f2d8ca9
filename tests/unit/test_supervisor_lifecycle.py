"""What the supervisor decides about a part, as tables."""

import pytest

from deploy.local.lifecycle import (
    HOPELESS_EXIT,
    PASSING_EXIT,
    Record,
    State,
    became_ready,
    exited,
    healthy,
    restart_delay,
    started,
    stopped,
)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 15.0), (60, 15.0), (10_000, 15.0)],
)
def test_restarts_back_off_exponentially_up_to_a_cap(failures: int, seconds: float) -> None:
    assert restart_delay(failures) == seconds


def test_a_part_goes_from_waiting_over_starting_to_ready() -> None:
    starting = started(Record(since=0.0), pid=7, now=1.0)
    assert (starting.state, starting.pid, starting.restarts) == (State.STARTING, 7, 0)
    ready = became_ready(starting, now=2.0)
    assert (ready.state, ready.since, ready.was_ready) == (State.READY, 2.0, True)


def test_an_exit_is_a_failure_and_the_next_start_a_restart() -> None:
    dead = exited(became_ready(started(Record(), 7, 1.0), 2.0), code=-9, now=3.0)
    assert (dead.state, dead.pid, dead.exit_code, dead.failures) == (State.RESTARTING, None, -9, 1)
    assert dead.was_ready
    assert started(dead, 8, 4.0).restarts == 1


def test_failures_add_up_until_a_minute_of_health() -> None:
    record = Record()
    for now in (1.0, 2.0, 3.0):
        record = exited(started(record, 7, now), code=1, now=now)
    assert record.failures == 3
    ready = became_ready(started(record, 8, 4.0), 10.0)
    assert healthy(ready, now=69.9) is ready
    assert healthy(ready, now=70.0).failures == 0
    assert exited(ready, code=1, now=70.0).failures == 1
    assert exited(ready, code=1, now=69.0).failures == 4


def test_a_part_that_is_not_ready_is_never_healthy() -> None:
    starting = started(exited(started(Record(), 7, 0.0), 1, 1.0), 8, 2.0)
    assert healthy(starting, now=1000.0) is starting


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (HOPELESS_EXIT, State.FAILED),
        (PASSING_EXIT, State.RESTARTING),
        (0, State.RESTARTING),
        (70, State.RESTARTING),
    ],
)
def test_only_the_exit_code_of_a_wrong_configuration_ends_the_restarts(
    code: int, state: State
) -> None:
    assert exited(started(Record(), 7, 0.0), code, 1.0).state is state


def test_a_stopped_part_has_no_process() -> None:
    record = stopped(started(Record(), 7, 0.0), 5.0)
    assert (record.state, record.pid, record.since) == (State.STOPPED, None, 5.0)
