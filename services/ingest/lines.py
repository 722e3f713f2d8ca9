"""The lines of a request's accepted events as they go into `events`, and the partition of each."""

from datetime import datetime
from functools import lru_cache

from schemas import figure, topics
from schemas.events import Accepted, Event, accepted_line, subject
from schemas.figure import Figure
from services.ingest.decide import Decision
from services.runtime.kafka import partition_of


@lru_cache(maxsize=65_536)
def _partition(key: str) -> int:
    return partition_of(key.encode(), topics.EVENTS.partitions)


def partition(event: Event | Figure) -> int:
    """Where the line of an event goes: what must keep its order stays together."""
    return _partition(event.content.entity if isinstance(event, Figure) else subject(event))


def beside(receipt: str, department: str, at: datetime) -> bytes:
    """The attributes of an acceptance, a comma before each.

    Neither a receipt's name nor a department's nor a time has a character to escape.
    """
    moment = at.isoformat().replace("+00:00", "Z")
    return f',"receipt":"{receipt}","department":"{department}","receivedtime":"{moment}"'.encode()


class Lines:
    """What is the same in every line of a request is written once."""

    def __init__(self, receipt: str, at: datetime) -> None:
        self._receipt = receipt
        self._at = at
        self._beside: dict[str, bytes] = {}

    def of(self, event: Event | Figure, decision: Decision) -> bytes:
        """The line of an accepted event."""
        value, unit = decision.canonical
        if isinstance(event, Figure):
            found = self._beside.get(event.department)
            if found is None:
                found = beside(self._receipt, event.department, self._at)
                self._beside[event.department] = found
            return figure.accepted_line(event, found, value, unit or "")
        accepted = Accepted(
            receipt=self._receipt,
            department=event.department,
            receivedtime=self._at,
            canonicalvalue=value,
            canonicalunit=unit,
        )
        return accepted_line(event, accepted)
