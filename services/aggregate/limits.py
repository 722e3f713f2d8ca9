"""When so much of a partition is refused that the fault must lie elsewhere; pure.

One bad line is rejected and the next one goes on. But when a hundred follow one another, or one in
twenty of the last ten thousand, then something is wrong with the software, the tables or the topic,
and rejecting all of it would only move the loss. The partition stops there until somebody looked.
"""

from collections import deque
from enum import StrEnum

IN_A_ROW = 100
WINDOW = 10_000
SHARE = 0.05


class Limit(StrEnum):
    """Why a partition stops."""

    IN_A_ROW = "in_a_row"
    SHARE = "share"


class Carried:
    """What became of the last events of one partition, in their order."""

    def __init__(self) -> None:
        self._seen = 0
        self._in_a_row = 0
        self._refused: deque[int] = deque()

    def passed(self, count: int) -> None:
        """So many events in a row were fine."""
        if count:
            self._seen += count
            self._in_a_row = 0

    def refused(self) -> Limit | None:
        """One more event was refused; the limit that is reached with it."""
        self._seen += 1
        self._in_a_row += 1
        self._refused.append(self._seen)
        while self._refused[0] <= self._seen - WINDOW:
            self._refused.popleft()
        if self._in_a_row >= IN_A_ROW:
            return Limit.IN_A_ROW
        if len(self._refused) >= WINDOW * SHARE:
            return Limit.SHARE
        return None
