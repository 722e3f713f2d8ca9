"""What the supervisor knows of a part and decides about it: pure functions that take the time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
HEALTHY_AFTER_SECONDS = 60.0

# The exit code by which a part says that its configuration is wrong and a restart cannot help
# (EX_CONFIG of sysexits.h).
HOPELESS_EXIT = 78
# Its counterpart for what may pass by itself (EX_TEMPFAIL).
PASSING_EXIT = 75


class State(StrEnum):
    """Where a part stands; `waiting` is before its first start, for the parts that it needs."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Record:
    """One part as of now. `failures` counts the exits in a row without a minute of health."""

    state: State = State.WAITING
    since: float = 0.0
    pid: int | None = None
    restarts: int = 0
    failures: int = 0
    exit_code: int | None = None
    was_ready: bool = False


def started(record: Record, pid: int, now: float) -> Record:
    """A process was spawned; every one but the first is a restart."""
    again = 0 if record.state is State.WAITING else 1
    return replace(
        record, state=State.STARTING, since=now, pid=pid, restarts=record.restarts + again
    )


def became_ready(record: Record, now: float) -> Record:
    return replace(record, state=State.READY, since=now, was_ready=True)


def healthy(record: Record, now: float) -> Record:
    """Forget earlier failures after a minute of readiness; the same record otherwise."""
    settled = record.state is State.READY and now - record.since >= HEALTHY_AFTER_SECONDS
    return replace(record, failures=0) if settled and record.failures else record


def exited(record: Record, code: int, now: float) -> Record:
    """The process ended unasked: to be restarted, or failed if it said that this is hopeless."""
    state = State.FAILED if code == HOPELESS_EXIT else State.RESTARTING
    calm = healthy(record, now)
    return replace(
        calm, state=state, since=now, pid=None, exit_code=code, failures=calm.failures + 1
    )


def stopped(record: Record, now: float) -> Record:
    return replace(record, state=State.STOPPED, since=now, pid=None)


def restart_delay(failures: int) -> float:
    """Seconds before the next start: doubling from half a second up to the cap."""
    exponent = min(max(failures, 1) - 1, 16)
    return float(min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**exponent))
