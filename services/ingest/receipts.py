"""Receipts: what was said of each event of a request, as answered and as kept in the books."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schemas.records import EventVerdict, Receipt, Rejected, Verdict
from schemas.rejects import RejectedError
from services.ingest import parse
from services.ingest.decide import Decision
from services.ingest.sender import Sender


def department_of(decisions: Sequence[Decision], sender: Sender) -> str:
    """Whose books a request belongs to: the one department it speaks for, else the key's."""
    spoken = {d.item.event.department for d in decisions if d.item.event}
    one = spoken.pop() if len(spoken) == 1 else sender.department
    return one if sender.speaks_for(one) else sender.department


def books_of(receipt: str, department: str, at: datetime, decisions: Sequence[Decision]) -> Receipt:
    """The request's entry in the books."""
    counted = Counter(d.verdict for d in decisions)
    return Receipt(
        receipt=receipt,
        department=department,
        received_at=at,
        received=len(decisions),
        accepted=counted[Verdict.ACCEPTED],
        duplicate=counted[Verdict.DUPLICATE],
        rejected=counted[Verdict.REJECTED],
        events=tuple(map(_verdict, decisions)),
    )


def _verdict(decision: Decision) -> EventVerdict:
    event, error = decision.item.event, decision.error
    id_, source = (event.id, event.source) if event else parse.name_of(decision.item.raw)
    return EventVerdict(
        index=decision.item.index,
        verdict=decision.verdict,
        id=id_,
        source=source,
        code=error.code if error else None,
        field=error.field if error else None,
    )


def rejected_of(books: Receipt, decisions: Sequence[Decision]) -> list[Rejected]:
    """The refused events as they go into `events.rejected`."""
    return [
        _rejected(books, verdict, decision.error, decision.item.raw)
        for verdict, decision in zip(books.events, decisions, strict=True)
        if decision.error
    ]


def _rejected(books: Receipt, verdict: EventVerdict, error: RejectedError, raw: bytes) -> Rejected:
    return Rejected(
        id=f"{books.receipt}-{verdict.index}",
        receipt=books.receipt,
        department=books.department,
        received_at=books.received_at,
        index=verdict.index,
        event_id=verdict.id,
        code=error.code,
        field=error.field,
        message_zh=error.message.zh,
        message_en=error.message.en,
        raw=parse.shown(raw),
    )


def answer(books: Receipt, decisions: Sequence[Decision], *, lone: bool) -> dict[str, Any]:
    """The body of the answer to a POST."""
    pairs = zip(books.events, decisions, strict=True)
    events = [_shown(verdict, decision.error, lone=lone) for verdict, decision in pairs]
    return _counts(books) | {"events": events}


def _counts(books: Receipt) -> dict[str, Any]:
    return {
        "receipt": books.receipt,
        "received": books.received,
        "accepted": books.accepted,
        "duplicate": books.duplicate,
        "rejected": books.rejected,
    }


def _shown(verdict: EventVerdict, error: RejectedError | None, *, lone: bool) -> dict[str, Any]:
    named = {"index": verdict.index} if verdict.id is None else {"id": verdict.id}
    if error is None:
        return {**named, "verdict": verdict.verdict}
    field = error.field
    if not lone:
        field = f"{verdict.index}.{field}" if field else str(verdict.index)
    return {
        **named,
        "verdict": verdict.verdict,
        "code": error.code,
        "field": field,
        "message": error.message._asdict(),
    }


def unread(
    receipt: str, sender: Sender, at: datetime, raw: bytes, why: RejectedError
) -> tuple[Receipt, Rejected]:
    """The books of a body that could not be read: one event received, one refused."""
    verdict = EventVerdict(index=0, verdict=Verdict.REJECTED, code=why.code, field="")
    books = Receipt(
        receipt=receipt,
        department=sender.department,
        received_at=at,
        received=1,
        accepted=0,
        duplicate=0,
        rejected=1,
        events=(verdict,),
    )
    return books, _rejected(books, verdict, why, raw)


def unread_answer(books: Receipt, why: RejectedError) -> dict[str, Any]:
    """The same members as `answer` for a body that could not be read."""
    return _counts(books) | {"events": [_shown(books.events[0], why, lone=True)]}


class RecentReceipts:
    """The receipts of the last requests, bounded by the events in them."""

    def __init__(self, events: int = 100_000) -> None:
        self._most = events
        self._held = 0
        self._kept: OrderedDict[str, Receipt] = OrderedDict()

    def get(self, receipt: str) -> Receipt | None:
        """A receipt that was answered lately."""
        return self._kept.get(receipt)

    def remember(self, books: Receipt) -> None:
        """Keep it, and forget the oldest beyond the bound."""
        self._kept[books.receipt] = books
        self._held += len(books.events)
        while self._held > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._held -= len(oldest.events)
