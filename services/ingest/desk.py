"""Takes a request's events: read, decide, enter definitions, publish, keep the books, answer.

Nothing is answered before all of it is acknowledged; nothing is remembered before it is answered.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from schemas import topics
from schemas.events import Event, IndicatorDefinedEvent, MetricObservedEvent
from schemas.figure import Figure
from schemas.records.books import Resubmitted, Verdict
from schemas.rejects import RejectedError
from services.ingest import accept, dedup, receipts
from services.ingest.accept_definition import changes_meaning
from services.ingest.books import Books
from services.ingest.catalogue import Catalogue
from services.ingest.decide import Decision, Item, decide, missing_scope, names_unknown, read
from services.ingest.dedup import Recent
from services.ingest.define import Definer
from services.ingest.known import Definition, Overlay
from services.ingest.lines import Lines, partition
from services.ingest.plain import TURN, Plain
from services.ingest.problem import forbidden
from services.ingest.publish import Publisher, all_of
from services.ingest.receipt_names import names
from services.ingest.receipts import Entry
from services.ingest.sender import Sender
from services.runtime.errors import AwayError

_RACES = 5


class Taken(NamedTuple):
    """What became of a request; no decisions are kept where every event was accepted."""

    books: Entry
    decisions: Sequence[Decision] = ()


class Desk:
    """One per process; safe for concurrent requests of one event loop."""

    def __init__(
        self,
        catalogue: Catalogue,
        definer: Definer,
        publisher: Publisher,
        books: Books,
        clock: Callable[[], datetime],
        recent_events: int = 400_000,
    ) -> None:
        self._catalogue = catalogue
        self._definer = definer
        self._publisher = publisher
        self._books = books
        self._clock = clock
        self._names = names()
        self._defining = asyncio.Lock()
        self._recent = Recent(recent_events)
        self.receipts = receipts.RecentReceipts()
        self._plain = Plain(catalogue, publisher, self._recent, self.receipts)

    async def take(self, sender: Sender, texts: Sequence[bytes]) -> Taken:
        """Take what can be taken. ProblemError 403 without the scope, AwayError if not durable."""
        self._definer.refuse_if_behind()
        now, receipt = self._clock(), next(self._names)
        books = await self._plain.take(sender, texts, now, receipt)
        return Taken(books) if books else await self._take_in_full(sender, texts, now, receipt)

    async def _take_in_full(
        self, sender: Sender, texts: Sequence[bytes], now: datetime, receipt: str
    ) -> Taken:
        items = await _read_all(texts)
        if any(_defines(item) for item in items):
            async with self._defining:
                decisions = await self._define(items, sender, receipt, now)
        else:
            decisions = await self._decide(items, sender, now)
        if any(decision.error for decision in decisions):
            _refuse_without_scope(decisions)
        department = receipts.department_of(decisions, sender)
        books = receipts.books_of(receipt, department, now, decisions)
        await self._publish(books, decisions)
        await self._keep(books)
        self._remember(decisions)
        return Taken(books, decisions)

    async def refuse(self, sender: Sender, raw: bytes, why: RejectedError) -> Entry:
        """Keep a body that could not be read in the books."""
        books, rejected = receipts.unread(next(self._names), sender, self._clock(), raw, why)
        line = rejected.model_dump_json().encode()
        await self._publisher.packed(topics.REJECTED, [line])
        await self._keep(books)
        return books

    async def resubmitted(self, reject: str, department: str, books: Entry) -> None:
        """Note that a refused event was taken after all."""
        told = Resubmitted(id=reject, department=department, receipt=books.receipt, at=books.at)
        await self._publisher.packed(topics.REJECTED, [told.model_dump_json().encode()])

    async def _decide(self, items: Sequence[Item], sender: Sender, now: datetime) -> list[Decision]:
        decisions = await self._decide_in_turns(items, sender, now)
        if names_unknown(decisions):
            await self._definer.read_to_end()
            decisions = await self._decide_in_turns(items, sender, now)
        return decisions

    async def _decide_in_turns(
        self, items: Sequence[Item], sender: Sender, now: datetime
    ) -> list[Decision]:
        deciding = decide(items, sender, self._catalogue, self._recent, now)
        decisions = []
        for count, decision in enumerate(deciding, 1):
            decisions.append(decision)
            if count % TURN == 0:
                await asyncio.sleep(0)
        return decisions

    async def _define(
        self, items: Sequence[Item], sender: Sender, receipt: str, now: datetime
    ) -> list[Decision]:
        lines = Lines(receipt, now)
        for _ in range(_RACES):
            await self._ask_whether_observed(items)
            decisions = await self._decide(items, sender, now)
            new = [
                (event, lines.of(event, decision)) for decision, event in self._changes(decisions)
            ]
            if not new or await self._definer.enter(new):
                return decisions
        raise AwayError("others keep writing the same definitions")

    def _changes(self, decisions: Sequence[Decision]) -> Iterator[tuple[Decision, Event]]:
        """The definitions that change what holds when it is their turn."""
        held = Overlay(self._catalogue)
        for decision in decisions:
            event = _accepted(decision)
            if event is None or isinstance(event, Figure):
                continue
            if isinstance(event, Definition) and held.changed_by(event):
                held.note_definition(event)
                yield decision, event

    async def _ask_whether_observed(self, items: Sequence[Item]) -> None:
        # Only a change of unit kind or measure needs to know, and that is rare.
        for item in items:
            if not isinstance(item.event, IndicatorDefinedEvent):
                continue
            data = item.event.data
            before = self._catalogue.indicator(data.indicator)
            if before is None or self._catalogue.observed(data.indicator):
                continue
            if changes_meaning(before, data) and await self._books.observed(data.indicator):
                self._catalogue.note_observed(data.indicator)

    async def _publish(self, books: Entry, decisions: Sequence[Decision]) -> None:
        lanes: dict[int, list[bytes]] = defaultdict(list)
        written = Lines(books.receipt, books.at)
        for count, decision in enumerate(decisions, 1):
            event = _accepted(decision)
            if event is not None:
                lanes[partition(event)].append(written.of(event, decision))
            if count % TURN == 0:
                await asyncio.sleep(0)
        acks = [
            self._publisher.packed(topics.EVENTS, lines, where) for where, lines in lanes.items()
        ]
        if books.rejected:
            refused = receipts.rejected_of(books, decisions)
            lines = [record.model_dump_json().encode() for record in refused]
            acks.append(self._publisher.packed(topics.REJECTED, lines))
        await all_of(acks)

    async def _keep(self, books: Entry) -> None:
        line = books.line()
        await self._publisher.packed(topics.RECEIPTS, [line])
        self.receipts.remember(books.receipt, line, books.received)

    def _remember(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            event = _accepted(decision)
            if event is None:
                continue
            self._recent.remember(dedup.name(event), decision.print)
            if isinstance(event, Figure):
                self._catalogue.note_observed(event.content.indicator)
            elif isinstance(event, MetricObservedEvent):
                self._catalogue.note_observed(event.data.indicator)


def _refuse_without_scope(decisions: Sequence[Decision]) -> None:
    scope = missing_scope(decisions)
    if scope is not None:
        raise forbidden(scope)


async def _read_all(texts: Sequence[bytes]) -> list[Item]:
    items = []
    for index, raw in enumerate(texts):
        items.append(read(index, raw))
        if index % TURN == TURN - 1:
            await asyncio.sleep(0)
    return items


def _defines(item: Item) -> bool:
    event = item.event
    if event is None or isinstance(event, Figure):
        return False
    return isinstance(event.data, accept.DEFINITIONS)


def _accepted(decision: Decision) -> Event | Figure | None:
    return decision.item.event if decision.verdict is Verdict.ACCEPTED else None
