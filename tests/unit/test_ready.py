"""What /readyz of the aggregate says."""

from services.aggregate.ready import Readiness


def test_it_is_ready_when_every_role_runs() -> None:
    ready = Readiness(("write", "sink"))
    ready.running.add("write")
    assert ready.checks() == {"write": True, "sink": False}
    ready.running.add("sink")
    assert ready.checks() == {"write": True, "sink": True}


def test_a_halted_partition_is_named_once_it_was_ready() -> None:
    ready = Readiness(("write",))
    ready.halted = {2: "in_a_row"}
    assert ready.checks() == {"write": False}
    ready.running.add("write")
    assert ready.checks() == {"write": True}
    assert ready.checks() == {"write": True, "events/2": False}


def test_a_role_that_tries_again_is_not_ready_once_it_was() -> None:
    held: dict[str, str] = {"write": "store"}
    ready = Readiness(("write", "sink"), held)
    ready.running |= {"write", "sink"}
    assert ready.checks() == {"write": True, "sink": True}
    assert ready.checks() == {"write": False, "sink": True}
    held.clear()
    assert ready.checks() == {"write": True, "sink": True}
