"""The ClickHouse HTTP interface as an ASGI application over the embedded engine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from deploy.local.clickhouse import answer, statement
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.answer import PREFLIGHT, Voice
from deploy.local.clickhouse.body import Body, Receive
from deploy.local.clickhouse.codec import Unpacker, unpacker
from deploy.local.clickhouse.delivery import Delivery, Send, respond
from deploy.local.clickhouse.door import Door
from deploy.local.clickhouse.errors import BrokenBodyError, DatabaseError
from deploy.local.clickhouse.form import is_form, with_form
from deploy.local.clickhouse.house import House
from deploy.local.clickhouse.insertion import Insertion
from deploy.local.clickhouse.lanes import Lane, Lanes
from deploy.local.clickhouse.metrics import Metrics
from deploy.local.clickhouse.reading import Reading
from deploy.local.clickhouse.request import Request, read_request
from deploy.local.clickhouse.writing import insert_head

Scope = MutableMapping[str, Any]

# What is read of a body before its statement is looked at, and then per step of a long insert.
_FIRST_PART = 8 << 20
_FIRST_PACKED = 2 << 20
_NEXT_PART = 4 << 20
# A statement other than an INSERT has to fit into memory as a whole.
_LONGEST_STATEMENT = 64 << 20
_PLAY = Path(__file__).with_name("play.html")
_SLOW_SECONDS = 2.0

_log = logging.getLogger("clickhouse")


class Server:
    """Routes requests; queries run on the lanes, everything else is answered at once."""

    def __init__(self, house: House, door: Door) -> None:
        self._house = house
        self._door = door
        self.metrics = Metrics()
        self._lanes = Lanes(self.metrics)
        self._voice = Voice(house.engine.version, house.engine.timezone)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            listened, spoken = self.metrics.listened(receive), self.metrics.spoken(send)
            await self._route(scope, listened, spoken)

    def close(self) -> None:
        """Let what is under way finish, then close sessions and the engine."""
        self._door.close()
        self._lanes.close()
        self._house.sessions.close()
        self._house.engine.close()

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
        elif path in ("/ping", "/replicas_status"):
            await _plain(send, 200, b"Ok.\n")
        elif path == "/metrics":
            self.metrics.sessions.set(len(self._house.sessions))
            kind, text = self.metrics.exposition()
            await respond(send, 200, [(b"content-type", kind.encode())], text)
        elif path == "/play":
            await _plain(send, 200, _PLAY.read_bytes())
        elif path != "/" and method != "POST" and not scope["query_string"]:
            # With a query any path will do, as on a server: the ODBC driver asks at /query.
            await _plain(send, 404, b"There is no handle " + path.encode() + b"\n")
        elif method not in ("GET", "HEAD", "POST", "PUT"):
            await _plain(send, 501, b"Method is not supported\n")
        elif method in ("GET", "HEAD") and b"query=" not in scope["query_string"]:
            await _plain(send, 200, b"Ok.\n")
        else:
            await self._query(scope, receive, send)

    async def _query(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, request, account = time.monotonic(), None, None
        try:
            request = read_request(scope["method"], scope["query_string"], scope["headers"])
            address = scope["client"][0] if scope.get("client") else ""
            account = await self._door.admit(request.credentials, address)
            await self._execute(request, account, Body(receive), send)
        except DatabaseError as error:
            headers, text = self._voice.failure(request, error)
            await respond(send, error.status, headers, text)
            query_id = request.query_id if request else ""
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
        packed = await body.take(_FIRST_PACKED if request.content_encoding else _FIRST_PART)
        lane = self._lanes.inserts
        text = await _opened(lane, unpack, packed, ended=body.ended)
        if is_form(request):
            request = with_form(request, text + await _rest(body, unpack, lane))
            text = request.query
        elif request.query:
            text = request.query + b"\n" + text
        head = insert_head(request, text)
        if head is not None:
            inserting = Insertion(self._house, self._lanes.inserts, request, account)
            stats = await inserting.run(head, text[head.data_at :], body, unpack)
            headers = answer.unpacked(self._voice.success(request, "", stats))
            await respond(send, 200, headers, b"")
            return
        lane = self._lane(account, text)
        text += await _rest(body, unpack, lane)
        reading = Reading(self._house, request, account, text)
        delivery = Delivery(self._voice, lane, self._lanes.control, reading, request)
        await delivery.run(body, send)

    def _lane(self, account: Account, text: bytes) -> Lane:
        word = statement.first_word(text[:4096])
        if word == "KILL":
            return self._lanes.control
        if account.guarded:
            return self._lanes.guarded
        return self._lanes.inserts if word == "INSERT" else self._lanes.reads


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
            raise DatabaseError(
                62, "The statement, or the form that it came in, is longer than 64 MiB"
            )
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
    await respond(send, status, [(b"content-type", b"text/html; charset=UTF-8")], text)
