"""/v1/receipts and /v1/rejected: how far a request is, and what was refused, sent again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from schemas.answers import EventProgress, ReceiptShown, RejectList, RejectShown, Scope, Verdicts
from schemas.records.books import Receipt, Verdict
from services.ingest import body, http
from services.ingest.books import Books, EventState, Progress, RejectedRow
from services.ingest.counter import asking, body_of
from services.ingest.desk import Desk
from services.ingest.keys import KeyRing
from services.ingest.meters import Meters
from services.ingest.problem import ProblemError, not_found
from services.ingest.sender import Sender
from services.runtime.errors import AwayError

# A text of this many bytes may have been cut when it was kept.
_CUT = 65_000


def book_router(keys: KeyRing, desk: Desk, books: Books, meters: Meters) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["books"])
    Anybody = Annotated[Sender, Depends(asking(keys))]
    Reader = Annotated[Sender, Depends(asking(keys, Scope.READ))]

    @router.get("/v1/receipts/{receipt}", response_model_exclude_none=True)
    async def progress(receipt: str, sender: Anybody) -> ReceiptShown:
        """How far each event of a request is, or why it was refused."""
        recent = desk.receipts.get(receipt)
        found = await _progress(books, receipt, recent)
        if found is None or not sender.speaks_for(found.department):
            raise not_found("此回执", "receipt")
        events = [_event(state) for state in found.events]
        return ReceiptShown(receipt=receipt, complete=found.complete, events=events)

    @router.get("/v1/rejected")
    async def rejected(
        sender: Reader,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[str, Query(max_length=64)] = "",
    ) -> RejectList:
        """The department's refused events, newest first; an administrator sees all."""
        department = None if sender.is_admin else sender.department
        rows = await books.rejected(department, limit, before)
        return RejectList(
            rejected=[RejectShown(**row._asdict()) for row in rows],
            next=rows[-1].id if len(rows) == limit else None,
        )

    @router.post(
        "/v1/rejected/{reject}/resubmit",
        status_code=202,
        response_model=Verdicts,
    )
    async def resubmit(reject: str, request: Request, sender: Anybody) -> Response:
        """Send a refused event again: the corrected one in the body, or as it was."""
        row = await books.reject(reject)
        if row is None or not sender.speaks_for(row.department):
            raise not_found("此退回记录", "reject")
        raw = body.split(body.Form.LONE, await body_of(request) or _kept(row), ())
        taken = await desk.take(sender, raw)
        if not taken.books.rejected:
            await desk.resubmitted(reject, row.department, taken.books)
        meters.booked(taken.books)
        answer = http.answer_of(taken, lone=True)
        return Response(answer.body, answer.status, media_type=answer.media.decode())

    return router


def _kept(row: RejectedRow) -> bytes:
    raw = row.raw.encode()
    if len(raw) >= _CUT:
        raise ProblemError(
            422,
            "none_acceptable",
            "原文过长，只保留了前 64 KiB，请在正文中给出改正后的事件",
            "only the first 64 KiB of it were kept: send the corrected event in the body",
        )
    return raw


async def _progress(books: Books, receipt: str, recent: Receipt | None) -> Progress | None:
    """What the tables say; until they have it, what this process answered."""
    if recent is not None and recent.accepted == 0:
        return _as_answered(recent)
    try:
        found = await books.receipt(receipt)
    except AwayError:
        if recent is None:
            raise
        return _as_answered(recent)
    if found is None and recent is not None:
        return _as_answered(recent)
    return found


def _as_answered(recent: Receipt) -> Progress:
    states = (EventState(e.index, e.id, e.verdict, e.code) for e in recent.events)
    return Progress(recent.department, recent.accepted == 0, tuple(states))


def _event(state: EventState) -> EventProgress:
    code = state.code if state.state == Verdict.REJECTED else None
    if state.id is None:
        return EventProgress(index=state.index, state=state.state, code=code)
    return EventProgress(id=state.id, state=state.state, code=code)
