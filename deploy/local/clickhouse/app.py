"""The ClickHouse HTTP interface as an ASGI application over the embedded engine."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from deploy.local.clickhouse import answer, statement
from deploy.local.clickhouse.accounts import Account, Accounts
from deploy.local.clickhouse.answer import Headers, Voice
from deploy.local.clickhouse.body import Body, Receive
from deploy.local.clickhouse.codec import Unpacker, packer, unpacker
from deploy.local.clickhouse.engine import Stats
from deploy.local.clickhouse.errors import BrokenBodyError, DatabaseError
from deploy.local.clickhouse.form import is_form, with_form
from deploy.local.clickhouse.lanes import Lane, Lanes
from deploy.local.clickhouse.request import Request, read_request
from deploy.local.clickhouse.run import Answer, House, Reading, Writing, insert_head

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# What is read of a body before its statement is looked at, and then per step of a long insert.
_FIRST_PART = 8 << 20
_NEXT_PART = 4 << 20
# A statement other than an INSERT has to fit into memory as a whole.
_LONGEST_STATEMENT = 64 << 20
_SLOW_SECONDS = 2.0
_WRONG_PASSWORD_SECONDS = 0.3

_log = logging.getLogger("clickhouse")


class Server:
    """Routes requests; queries run on the lanes, everything else is answered at once."""

    def __init__(self, house: House, accounts: Accounts) -> None:
        self._house = house
        self._accounts = accounts
        self._lanes = Lanes()
        self._voice = Voice(house.engine.version, house.engine.timezone)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._route(scope, receive, send)

    def close(self) -> None:
        """Let what is under way finish, then close sessions and the engine."""
        self._lanes.close()
        self._house.sessions.close()
        self._house.engine.close()

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in ("/ping", "/replicas_status"):
            await _plain(send, 200, b"Ok.\n")
        elif scope["path"] != "/":
            await _plain(send, 404, b"There is no handle " + scope["path"].encode() + b"\n")
        elif scope["method"] not in ("GET", "HEAD", "POST", "PUT"):
            await _plain(send, 501, b"Method is not supported\n")
        elif scope["method"] in ("GET", "HEAD") and b"query=" not in scope["query_string"]:
            await _plain(send, 200, b"Ok.\n")
        else:
            await self._query(scope, receive, send)

    async def _query(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, request, account = time.monotonic(), None, None
        try:
            request = read_request(scope["method"], scope["query_string"], scope["headers"])
            account = self._accounts.authenticate(request.credentials)
            await self._execute(request, account, Body(receive), send)
        except DatabaseError as error:
            if error.code == 516:
                await asyncio.sleep(_WRONG_PASSWORD_SECONDS)
            query_id = request.query_id if request else ""
            headers, text = self._voice.failure(query_id, error)
            await _respond(send, error.status, headers, text)
            _log.info("refused code=%d query_id=%s", error.code, query_id)
        except BrokenBodyError:
            _log.warning("client went away query_id=%s", request.query_id if request else "")
        finally:
            seconds = time.monotonic() - started
            if request and account and seconds > _SLOW_SECONDS:
                _log.info(
                    "slow user=%s query_id=%s seconds=%.1f", account.name, request.query_id, seconds
                )

    async def _execute(self, request: Request, account: Account, body: Body, send: Send) -> None:
        unpack = unpacker(request.content_encoding, native=request.native_body)
        packed = await body.take(_FIRST_PART)
        lane = self._lanes.inserts
        text = await _opened(lane, unpack, packed, ended=body.ended)
        if is_form(request):
            request = with_form(request, text + await _rest(body, unpack, lane))
            text = request.query
        elif request.query:
            text = request.query + b"\n" + text
        if statement.first_word(text[:4096]) == "INSERT":
            head = insert_head(request, text)
            if head is not None:
                writing = _Insertion(self._house, lane, request, account)
                stats = await writing.run(head, text[head.data_at :], body, unpack)
                headers = self._voice.success(request, "", stats)
                await _respond(send, 200, _unpacked(headers), b"")
                return
        elif account.guarded:
            lane = self._lanes.guarded
        else:
            lane = self._lanes.reads
        text += await _rest(body, unpack, lane)
        await self._read(lane, Reading(self._house, request, account, text), request, body, send)

    async def _read(
        self, lane: Lane, reading: Reading, request: Request, body: Body, send: Send
    ) -> None:
        async with lane.seat():
            gone = asyncio.create_task(body.gone())
            try:
                first = await self._start(lane, reading, request, gone)
                await self._send(lane, reading, request, first, gone, send)
            finally:
                gone.cancel()
                if reading.running:
                    await lane.run(reading.close)

    async def _start(
        self, lane: Lane, reading: Reading, request: Request, gone: asyncio.Task[None]
    ) -> Answer:
        """Start a query; stop it if its client leaves first and had asked for that."""
        if not request.cancel_on_close:
            return await lane.run(reading.start)
        started = asyncio.create_task(lane.run(reading.start))
        await asyncio.wait({started, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await self._lanes.reads.run(reading.kill)
        return await started

    async def _send(
        self,
        lane: Lane,
        reading: Reading,
        request: Request,
        first: Answer,
        gone: asyncio.Task[None],
        send: Send,
    ) -> None:
        pack = packer(request.accept_encoding, native=request.native_answer)
        headers = self._voice.success(request, first.format, first.stats)
        tag = answer.new_tag()
        headers.append((b"x-clickhouse-exception-tag", tag.encode()))
        if first.finished:
            if not first.data:
                headers = _unpacked(headers)
                packed = b""
            else:
                packed = await _in_thread(lane, first.data, lambda d: pack.feed(d) + pack.end())
            await _respond(send, 200, headers, packed, head_only=request.method == "HEAD")
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        data: bytes | None = first.data
        try:
            while data is not None:
                if gone.done():
                    raise BrokenBodyError
                packed = await lane.run(lambda d=data: pack.feed(d))  # type: ignore[misc]
                await send({"type": "http.response.body", "body": packed, "more_body": True})
                data = await lane.run(reading.more)
            last = b""
        except DatabaseError as error:
            last = pack.feed(answer.error_inside(tag, error, self._voice.version))
            _log.info("failed in mid-stream code=%d query_id=%s", error.code, request.query_id)
        await send({"type": "http.response.body", "body": last + pack.end()})


class _Insertion:
    """Carries an INSERT's data from the request to the engine, piece by piece."""

    def __init__(self, house: House, lane: Lane, request: Request, account: Account) -> None:
        self._house = house
        self._lane = lane
        self._request = request
        self._account = account

    async def run(
        self, head: statement.InsertHead, data: bytes, body: Body, unpack: Unpacker
    ) -> Stats:
        async with self._lane.seat():
            if body.ended:
                return await self._lane.run(lambda: self._at_once(head, data))
            return await self._by_and_by(head, data, body, unpack)

    def _at_once(self, head: statement.InsertHead, data: bytes) -> Stats:
        writing = Writing(self._house, self._request, self._account, head)
        writing.append(data)
        return writing.finish()

    async def _by_and_by(
        self, head: statement.InsertHead, data: bytes, body: Body, unpack: Unpacker
    ) -> Stats:
        run = self._lane.run
        writing = await run(lambda: Writing(self._house, self._request, self._account, head))
        try:
            await run(lambda: writing.append(data))
            while not body.ended:
                packed = await body.take(_NEXT_PART)
                await run(lambda p=packed: writing.append(unpack.feed(p)))  # type: ignore[misc]
            unpack.end()
        except BaseException:
            await run(writing.cancel)
            raise
        return await run(writing.finish)


async def _opened(lane: Lane, unpack: Unpacker, packed: bytes, *, ended: bool) -> bytes:
    data = await _in_thread(lane, packed, unpack.feed)
    if ended:
        unpack.end()
    return data


async def _rest(body: Body, unpack: Unpacker, lane: Lane) -> bytes:
    """What is left of a statement that came in more than one part."""
    parts: list[bytes] = []
    while not body.ended:
        parts.append(await _opened(lane, unpack, await body.take(_NEXT_PART), ended=body.ended))
        if sum(map(len, parts)) > _LONGEST_STATEMENT:
            raise DatabaseError(62, "The statement is too long", "SYNTAX_ERROR")
    return b"".join(parts)


async def _in_thread(lane: Lane, data: bytes, step: Callable[[bytes], bytes]) -> bytes:
    """Work on bytes at once if they are few, else in a thread, so that others are served."""
    return step(data) if len(data) <= 65536 else await lane.run(lambda: step(data))


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _plain(send: Send, status: int, text: bytes) -> None:
    await _respond(send, status, [(b"content-type", b"text/html; charset=UTF-8")], text)


async def _respond(
    send: Send, status: int, headers: Headers, body: bytes, *, head_only: bool = False
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if head_only else body})


def _unpacked(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name != b"content-encoding"]
