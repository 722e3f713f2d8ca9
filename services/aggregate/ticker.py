"""The clock role: says once a day (in China) that a new one has begun.

Milestones come due and reports are late though nobody sends anything. Several processes may tick:
the first tick of a day counts.
"""

import threading
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from schemas.records.touched import Touched
from services.aggregate.decode import CLOCK
from services.runtime import logs
from services.runtime.clock import Clock
from services.runtime.errors import AwayError

log = logs.get("clock")

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_EVERY = 20.0


class Ticker:
    """Ticks until it is told to stop, the first time at once; `tell` publishes on `touched`."""

    def __init__(
        self, tell: Callable[[Touched], None], clock: Clock, stop: threading.Event
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._stop = stop
        self._told: date | None = None

    def run(self) -> None:
        """Tick until stopped."""
        while not self._stop.is_set():
            try:
                self.look()
            except AwayError as error:
                log.warning("tick_put_off", error=str(error)[:300])
            self._stop.wait(_EVERY)

    def look(self) -> None:
        """Tick if a day has begun since the last one."""
        now = self._clock()
        today = now.astimezone(_SHANGHAI).date()
        if today == self._told:
            return
        # No record of `events` was written.
        self._tell(Touched(partition=0, offset=-1, series=((CLOCK, now.isoformat()),)))
        self._told = today
        log.info("ticked", day=today.isoformat())
