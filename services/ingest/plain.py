"""Requests of nothing but plain figures that are new, as nearly all are: taken in one pass.

Such a request needs no decision to be kept for any of its events. Everything else is None here and
goes to the desk, which reads and decides it in full; a property test holds the two ways together.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from schemas import figure, topics
from schemas.answers import Scope
from schemas.records.books import Verdict
from services.ingest import accept
from services.ingest.catalogue import Catalogue
from services.ingest.dedup import Name, Recent
from services.ingest.lines import beside, partition
from services.ingest.publish import Publisher, all_of
from services.ingest.receipts import Entry, RecentReceipts
from services.ingest.sender import Sender

# After this many events other requests have their turn: a large batch must not hold up small ones.
TURN = 100
_ACCEPTED = Verdict.ACCEPTED


class Plain:
    """Shares with the desk what is known, remembered and written."""

    def __init__(
        self, catalogue: Catalogue, publisher: Publisher, recent: Recent, kept: RecentReceipts
    ) -> None:
        self._catalogue = catalogue
        self._publisher = publisher
        self._recent = recent
        self._kept = kept

    async def take(
        self, sender: Sender, texts: Sequence[bytes], now: datetime, receipt: str
    ) -> Entry | None:
        """The entry in the books once all of it is durable; AwayError if it is not."""
        reading = _Reading(sender, self._catalogue, self._recent, now, receipt)
        if not sender.may(Scope.OBSERVE):
            return None
        for index, raw in enumerate(texts):
            if not reading.add(index, raw):
                return None
            if index % TURN == TURN - 1:
                await asyncio.sleep(0)
        packed = self._publisher.packed
        await all_of([packed(topics.EVENTS, each, at) for at, each in reading.lanes.items()])
        entry = reading.entry()
        line = entry.line()
        await packed(topics.RECEIPTS, [line])
        self._kept.remember(receipt, line, entry.received)
        for name, print_ in reading.prints.items():
            self._recent.remember(name, print_)
        for indicator in reading.indicators:
            self._catalogue.note_observed(indicator)
        return entry


class _Reading:
    """What has been read of a request so far."""

    def __init__(
        self, sender: Sender, catalogue: Catalogue, recent: Recent, now: datetime, receipt: str
    ) -> None:
        self.lanes: dict[int, list[bytes]] = {}
        self.prints: dict[Name, int] = {}
        self.indicators: set[str] = set()
        self._events: list[dict[str, object]] = []
        self._beside: dict[str, bytes] = {}
        self._judge = accept.Plain(sender, catalogue, now).judge
        self._recent = recent
        self._sender = sender
        self._now = now
        self._receipt = receipt

    def add(self, index: int, raw: bytes) -> bool:
        """Take the next text; False if it is more than a plain figure that is new."""
        found = figure.read(raw)
        if found is None:
            return False
        canonical = self._judge(found)
        name = found.source, found.id
        if canonical is None or name in self.prints or self._recent.get(name) is not None:
            return False
        department = found.department
        attributes = self._beside.get(department)
        if attributes is None:
            attributes = beside(self._receipt, department, self._now)
            self._beside[department] = attributes
        value, unit = canonical
        line = figure.accepted_line(found, attributes, value, unit or "")
        where = partition(found)
        lane = self.lanes.get(where)
        if lane is None:
            self.lanes[where] = [line]
        else:
            lane.append(line)
        self.prints[name] = hash(found.content)
        self.indicators.add(found.content.indicator)
        self._events.append(
            {"index": index, "verdict": _ACCEPTED, "id": found.id, "source": found.source}
        )
        return True

    def entry(self) -> Entry:
        """The request's entry in the books."""
        spoken = self._beside
        one = next(iter(spoken)) if len(spoken) == 1 else self._sender.department
        events = self._events
        return Entry(self._receipt, one, self._now, len(events), 0, 0, events)
