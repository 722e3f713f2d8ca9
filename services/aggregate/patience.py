"""Trying again, for ever and ever slower, while a broker or store is away."""

import threading
from collections.abc import Callable
from typing import TypeVar

from services.runtime import logs
from services.runtime.errors import AwayError

T = TypeVar("T")
_FIRST, _LONGEST = 0.1, 5.0

log = logs.get("aggregate")


# What this process is trying again just now, by the name of the thread that does: see ready.
held: dict[str, str] = {}


class StoppedError(Exception):
    """The process is told to stop while something was still being tried: nothing is committed."""


def until_done(what: str, attempt: Callable[[], T], stop: threading.Event) -> T:
    """The answer of `attempt`, however long its other side is away. RefusedError passes through."""
    pause = _FIRST
    thread = threading.current_thread().name
    try:
        while True:
            try:
                return attempt()
            except AwayError as error:
                held[thread] = what
                log.warning("away_trying_again", what=what, pause=pause, error=str(error)[:300])
                if stop.wait(pause):
                    raise StoppedError(what) from error
                pause = min(pause * 2, _LONGEST)
    finally:
        held.pop(thread, None)
