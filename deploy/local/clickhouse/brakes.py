"""Slows those who guess: each wrong password makes its sender wait longer for the answer. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FIRST_SECONDS = 0.3
_LONGEST_SECONDS = 5.0
_FORGOTTEN_AFTER = 60.0
_MOST_SENDERS = 4096
# More guesses of one sender than this at a time are turned away unseen.
_MOST_WAITING = 32

Sender = tuple[str, str]


@dataclass(slots=True)
class _Record:
    failures: int = 0
    waiting: int = 0
    last_at: float = 0.0


class Brakes:
    """Counts failures by account and address, so that nobody waits for another's guesses."""

    def __init__(self) -> None:
        self._records: OrderedDict[Sender, _Record] = OrderedDict()

    def jammed(self, sender: Sender) -> bool:
        """Whether so many of a sender's guesses wait that no more are looked at."""
        record = self._records.get(sender)
        return record is not None and record.waiting >= _MOST_WAITING

    @contextmanager
    def trying(self, sender: Sender, now: float) -> Iterator[None]:
        """Count one attempt as under way, from its check to its answer."""
        record = self._record(sender, now)
        record.waiting += 1
        try:
            yield
        finally:
            record.waiting -= 1

    def failed(self, sender: Sender, now: float) -> float:
        """Note a wrong password; how many seconds the answer has to wait."""
        record = self._record(sender, now)
        record.failures += 1
        record.last_at = now
        return min(_FIRST_SECONDS * 2.0 ** min(record.failures - 1, 10), _LONGEST_SECONDS)

    def passed(self, sender: Sender) -> None:
        """A right password: past failures were slips."""
        record = self._records.get(sender)
        if record is not None:
            record.failures = 0

    def _record(self, sender: Sender, now: float) -> _Record:
        record = self._records.setdefault(sender, _Record())
        if now - record.last_at > _FORGOTTEN_AFTER:
            record.failures = 0
        self._records.move_to_end(sender)
        while len(self._records) > _MOST_SENDERS:
            self._records.popitem(last=False)
        return record
