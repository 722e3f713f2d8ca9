"""How long a wrong password waits."""

from __future__ import annotations

from contextlib import ExitStack

from deploy.local.clickhouse.brakes import Brakes

BI = ("bi", "127.0.0.1")
OTHER = ("bi", "10.0.0.7")


def test_each_failure_doubles_the_wait_up_to_five_seconds() -> None:
    brakes = Brakes()
    assert [brakes.failed(BI, 0.0) for _ in range(6)] == [0.3, 0.6, 1.2, 2.4, 4.8, 5.0]


def test_nobody_waits_for_another_senders_failures() -> None:
    brakes = Brakes()
    for _ in range(9):
        brakes.failed(BI, 0.0)
    assert brakes.failed(OTHER, 0.0) == 0.3
    assert brakes.failed(("pacekeeper", "127.0.0.1"), 0.0) == 0.3


def test_a_minute_of_quiet_and_a_right_password_are_forgiveness() -> None:
    brakes = Brakes()
    brakes.failed(BI, 0.0)
    assert brakes.failed(BI, 61.0) == 0.3
    brakes.passed(BI)
    assert brakes.failed(BI, 62.0) == 0.3


def test_too_many_attempts_at_a_time_are_turned_away() -> None:
    brakes = Brakes()
    with ExitStack() as attempts:
        for _ in range(32):
            assert not brakes.jammed(BI)
            attempts.enter_context(brakes.trying(BI, 0.0))
        assert brakes.jammed(BI)
        assert not brakes.jammed(OTHER)
    assert not brakes.jammed(BI)


def test_only_so_many_senders_are_remembered() -> None:
    brakes = Brakes()
    for number in range(5000):
        brakes.failed((f"u{number}", ""), 0.0)
    assert brakes.failed(("u4999", ""), 0.0) == 0.6
    assert brakes.failed(("u0", ""), 0.0) == 0.3
