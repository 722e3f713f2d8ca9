"""POST /v1/events as plain ASGI: reads the request within its limits, answers what the desk says.

The table of status codes is in `problem`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from typing import Any, NamedTuple

import orjson

from schemas.rejects import RejectCode, RejectedError
from services.ingest import receipts
from services.ingest.body import MAX_UNPACKED, MAX_WIRE, Form, form_of, split, unpack
from services.ingest.desk import Desk, Taken
from services.ingest.gate import Gate
from services.ingest.keys import KeyRing
from services.ingest.meters import Meters
from services.ingest.problem import (
    MEDIA_TYPE,
    ProblemError,
    away,
    internal,
    too_large,
    unauthorized,
    unreadable,
)
from services.ingest.sender import Sender
from services.runtime import logs
from services.runtime.errors import PacekeeperError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 15.0
# A sender that is still writing a body that is too large gets its answer more surely when that
# much of it is read first.
_DRAINED = 8 * MAX_WIRE
log = logs.get("http")


class Answer(NamedTuple):
    """Status, body and further headers of a response."""

    status: int
    body: bytes
    media: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Head(NamedTuple):
    """The headers that matter here, the last of each name."""

    authorization: bytes
    content_type: str
    encoding: str
    length: int | None
    expects: bool


def read_head(headers: list[tuple[bytes, bytes]]) -> Head:
    """Pick the headers that matter; 400 for a length that is none."""
    found = dict(headers)
    length = found.get(b"content-length")
    if length is not None and not length.isdigit():
        raise unreadable("Content-Length 无效", "the Content-Length is none")
    return Head(
        found.get(b"authorization", b""),
        found.get(b"content-type", b"").decode("latin-1"),
        found.get(b"content-encoding", b"").decode("latin-1"),
        None if length is None else int(length),
        b"expect" in found,
    )


class EventsRoute:
    """The hot route. One per process."""

    def __init__(self, desk: Desk, keys: KeyRing, meters: Meters, gate: Gate) -> None:
        self._desk = desk
        self._keys = keys
        self._meters = meters
        self._gate = gate
        self.body_seconds = BODY_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        try:
            answer = await self._answer(scope, receive)
        except ProblemError as problem:
            answer = of_problem(problem)
        except PacekeeperError as error:
            log.warning("events_not_taken", error=str(error))
            answer = of_problem(away())
        except Exception:
            log.exception("events_failed")
            answer = of_problem(internal())
        self._meters.answered(answer.status)
        await respond(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            raise method_not_allowed("POST")
        head = read_head(scope["headers"])
        sender = self._keys.authenticate(head.authorization)
        if sender is None:
            log.info("key_refused", client=scope.get("client"))
            raise unauthorized()
        form = form_of(head.content_type, scope["headers"])
        room = min(head.length or MAX_WIRE, MAX_WIRE) if not head.encoding else MAX_UNPACKED
        self._gate.enter(room)
        try:
            wire = await read_wire(receive, head, self.body_seconds)
            return await self._take(sender, form, wire, head, scope)
        finally:
            self._gate.leave(room)

    async def _take(
        self, sender: Sender, form: Form, wire: bytes, head: Head, scope: Scope
    ) -> Answer:
        body = wire
        try:
            refuse_too_large(wire, head)
            body = unpack(wire, head.encoding)
            events = split(form, body, scope["headers"])
        except ProblemError as problem:
            await self._record(sender, body, problem)
            raise
        started = time.perf_counter()
        taken = await self._desk.take(sender, events)
        self._meters.ack_seconds.observe(time.perf_counter() - started)
        self._meters.booked(taken.books)
        return answer_of(taken, lone=form in (Form.LONE, Form.BINARY))

    async def _record(self, sender: Sender, raw: bytes, problem: ProblemError) -> None:
        """Keep an unreadable body in the books and name its receipt in the problem."""
        if problem.code is None:
            return
        books = await self._desk.refuse(sender, raw, problem.as_reject())
        problem.more.update(receipts.unread_answer(books, problem.as_reject()))
        self._meters.booked(books)


async def read_wire(receive: Receive, head: Head, seconds: float = BODY_SECONDS) -> bytes:
    """The body as it came, or the first part of one that is too large; 408 if it does not come."""
    if head.expects and (head.length or 0) > MAX_WIRE:
        return b""
    reading = _read_all(receive).__await__()
    try:
        awaited = next(reading)
    except StopIteration as whole:
        # It was here before anybody asked, as nearly every body is: no clock needs to be set.
        return bytes(whole.value)
    try:
        async with asyncio.timeout(seconds):
            return await _Going(awaited, reading)
    except TimeoutError:
        raise _too_slow() from None


class _Going:
    """A reading that has begun, and what it waits for."""

    def __init__(self, awaited: Any, reading: Generator[Any, Any, bytes]) -> None:
        self._awaited = awaited
        self._reading = reading

    def __await__(self) -> Generator[Any, Any, bytes]:
        try:
            yield self._awaited
            return (yield from self._reading)
        finally:
            self._reading.close()


async def _read_all(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return _whole(message, body)
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= 2 * MAX_WIRE:
            parts.append(part)
        if size > _DRAINED:
            break
    return _whole(message, b"".join(parts))


def _whole(message: Message, body: bytes) -> bytes:
    if message["type"] == "http.disconnect":
        raise ProblemError(400, "unreadable", "连接在正文结束前断开", "the body was cut off")
    return body


def refuse_too_large(wire: bytes, head: Head) -> None:
    """ProblemError 413 for a body over the limit of the wire."""
    if len(wire) > MAX_WIRE or (head.length or 0) > MAX_WIRE:
        raise too_large("正文超过 1 MiB，请分批发送", "the body is over 1 MiB: send it in parts")


def _too_slow() -> ProblemError:
    return ProblemError(
        408,
        "too_slow",
        "正文未在 15 秒内到齐，请重发",
        "the body did not arrive within 15 seconds: send it again",
        headers={"connection": "close"},
    )


def method_not_allowed(allowed: str) -> ProblemError:
    """405, naming what is allowed."""
    return ProblemError(
        405,
        "method_not_allowed",
        f"此地址只接受 {allowed}",
        f"only {allowed} is answered here",
        headers={"allow": allowed},
    )


def answer_of(taken: Taken, *, lone: bool) -> Answer:
    """202 with the verdicts, or the problem that none was acceptable, with the same members."""
    document = receipts.answer(taken.books, taken.decisions, lone=lone)
    if taken.books.accepted or taken.books.duplicate:
        return Answer(202, orjson.dumps(document))
    why = taken.decisions[0].error if lone else None
    if why is not None and why.code is RejectCode.CONFLICT:
        return of_problem(ProblemError(409, "conflict", *why.message, more=document))
    return of_problem(ProblemError(422, "none_acceptable", *_why_none(why), more=document))


def _why_none(lone: RejectedError | None) -> tuple[str, str]:
    if lone is not None:
        return lone.message
    return (
        "没有可接受的事件，逐条原因见 events",
        "no event was acceptable; events names each reason",
    )


def of_problem(problem: ProblemError) -> Answer:
    """The response to a problem."""
    headers = tuple((k.encode(), v.encode()) for k, v in problem.headers.items())
    return Answer(problem.status, problem.body(), MEDIA_TYPE.encode(), headers)


async def respond(send: Send, answer: Answer) -> None:
    """Send the response in one piece."""
    headers = [
        (b"content-type", answer.media),
        (b"content-length", str(len(answer.body)).encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
