"""Receipts: what was said of each event of a request, as answered and as kept in the books."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from schemas.records.books import Receipt, Rejected, Verdict
from schemas.rejects import RejectedError
from services.ingest import parse
from services.ingest.decide import Decision
from services.ingest.sender import Sender


class Entry(NamedTuple):
    """A request's entry in the books; `events` are as `EventVerdict` has them.

    No model: there is one of them for every event, and what they say was just decided here.
    """

    receipt: str
    department: str
    at: datetime
    accepted: int
    duplicate: int
    rejected: int
    events: list[dict[str, Any]]

    @property
    def received(self) -> int:
        """All events of the request."""
        return len(self.events)

    def line(self) -> bytes:
        """The record in `receipts`: a `Receipt` as JSON."""
        told = {
            "receipt": self.receipt,
            "department": self.department,
            "received_at": self.at,
            **_counts(self),
            "events": self.events,
        }
        return orjson.dumps(told, option=orjson.OPT_UTC_Z)


def department_of(decisions: Sequence[Decision], sender: Sender) -> str:
    """Whose books a request belongs to: the one department it speaks for, else the key's."""
    spoken = {d.item.event.department for d in decisions if d.item.event}
    one = spoken.pop() if len(spoken) == 1 else sender.department
    return one if sender.speaks_for(one) else sender.department


def books_of(receipt: str, department: str, at: datetime, decisions: Sequence[Decision]) -> Entry:
    """The request's entry in the books."""
    accepted = duplicate = 0
    events = []
    for decision in decisions:
        event = decision.item.event
        if decision.error is None and event is not None:
            accepted += decision.verdict is Verdict.ACCEPTED
            duplicate += decision.verdict is Verdict.DUPLICATE
            events.append(
                {
                    "index": decision.item.index,
                    "verdict": decision.verdict,
                    "id": event.id,
                    "source": event.source,
                }
            )
        else:
            events.append(_refused(decision))
    rejected = len(events) - accepted - duplicate
    return Entry(receipt, department, at, accepted, duplicate, rejected, events)


def _refused(decision: Decision) -> dict[str, Any]:
    event, error = decision.item.event, decision.error
    id_, source = (event.id, event.source) if event else parse.name_of(decision.item.raw)
    return {
        "index": decision.item.index,
        "verdict": decision.verdict,
        "id": id_,
        "source": source,
        "code": error.code if error else None,
        "field": error.field if error else None,
    }


def rejected_of(books: Entry, decisions: Sequence[Decision]) -> list[Rejected]:
    """The refused events as they go into `events.rejected`."""
    return [
        _rejected(books, verdict, decision.error, decision.item.raw)
        for verdict, decision in zip(books.events, decisions, strict=True)
        if decision.error
    ]


def _rejected(books: Entry, verdict: dict[str, Any], error: RejectedError, raw: bytes) -> Rejected:
    return Rejected(
        id=f"{books.receipt}-{verdict['index']}",
        receipt=books.receipt,
        department=books.department,
        received_at=books.at,
        index=verdict["index"],
        event_id=verdict["id"],
        code=error.code,
        field=error.field,
        message_zh=error.message.zh,
        message_en=error.message.en,
        raw=parse.shown(raw),
    )


def answer(books: Entry, decisions: Sequence[Decision], *, lone: bool) -> dict[str, Any]:
    """The body of the answer to a POST."""
    if books.accepted == books.received:
        events = [{"id": event["id"], "verdict": event["verdict"]} for event in books.events]
    else:
        pairs = zip(books.events, decisions, strict=True)
        events = [_shown(event, decision.error, lone=lone) for event, decision in pairs]
    return {"receipt": books.receipt, **_counts(books), "events": events}


def _counts(books: Entry) -> dict[str, int]:
    return {
        "received": books.received,
        "accepted": books.accepted,
        "duplicate": books.duplicate,
        "rejected": books.rejected,
    }


def _shown(event: dict[str, Any], error: RejectedError | None, *, lone: bool) -> dict[str, Any]:
    if error is None:
        return {"id": event["id"], "verdict": event["verdict"]}
    index, id_ = event["index"], event["id"]
    field = error.field
    if not lone:
        field = f"{index}.{field}" if field else str(index)
    return {
        **({"index": index} if id_ is None else {"id": id_}),
        "verdict": event["verdict"],
        "code": error.code,
        "field": field,
        "message": error.message._asdict(),
    }


def unread(
    receipt: str, sender: Sender, at: datetime, raw: bytes, why: RejectedError
) -> tuple[Entry, Rejected]:
    """The books of a body that could not be read: one event received, one refused."""
    event = {"index": 0, "verdict": Verdict.REJECTED, "id": None, "code": why.code, "field": ""}
    books = Entry(receipt, sender.department, at, 0, 0, 1, [event])
    return books, _rejected(books, event, why, raw)


def unread_answer(books: Entry, why: RejectedError) -> dict[str, Any]:
    """The same members as `answer` for a body that could not be read."""
    shown = _shown(books.events[0], why, lone=True)
    return {"receipt": books.receipt, **_counts(books), "events": [shown]}


class RecentReceipts:
    """The receipts of the last requests as they were written, bounded by the events in them."""

    def __init__(self, events: int = 100_000) -> None:
        self._most = events
        self._held = 0
        self._kept: OrderedDict[str, tuple[bytes, int]] = OrderedDict()

    def get(self, receipt: str) -> Receipt | None:
        """A receipt that was answered lately."""
        found = self._kept.get(receipt)
        return Receipt.model_validate_json(found[0]) if found else None

    def remember(self, receipt: str, line: bytes, events: int) -> None:
        """Keep it, and forget the oldest beyond the bound."""
        self._kept[receipt] = line, events
        self._held += events
        while self._held > self._most:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._held -= oldest
