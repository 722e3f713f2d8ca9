"""Is the worker stuck? Something waits to be judged and nothing was for too long."""

from dataclasses import dataclass

STALLED_AFTER = 30.0


@dataclass
class Watchdog:
    """Told now and then how much was done and whether more waits; times are in seconds."""

    stalled_after: float = STALLED_AFTER
    _done: int = -1
    _since: float = 0.0

    def stalled(self, now: float, done: int, waiting: bool) -> bool:
        """True once work has waited for `stalled_after` seconds without any of it being done."""
        if done != self._done or not waiting:
            self._done, self._since = done, now
            return False
        return now - self._since >= self.stalled_after
