"""Runs a statement on its lane and sends its result while it comes, to a client that may leave."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from deploy.local.clickhouse import answer
from deploy.local.clickhouse.answer import Headers, Voice
from deploy.local.clickhouse.body import Body
from deploy.local.clickhouse.codec import packer
from deploy.local.clickhouse.errors import BrokenBodyError, DatabaseError
from deploy.local.clickhouse.lanes import Lane
from deploy.local.clickhouse.reading import Answer, Reading
from deploy.local.clickhouse.request import Request

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Clients read about a hundred headers at most: of more looks at the progress the last ones count.
_MOST_SAMPLES = 32
# Below this, bytes are packed at once; above, in a thread, so that others are served meanwhile.
_FEW_BYTES = 65536

_log = logging.getLogger("clickhouse")


class Delivery:
    """One statement's way from its lane to the client."""

    def __init__(
        self,
        voice: Voice,
        lane: Lane,
        control: Lane,
        reading: Reading,
        request: Request,
    ) -> None:
        self._voice = voice
        self._lane = lane
        self._control = control
        self._reading = reading
        self._request = request
        self._samples: list[str] = []

    async def run(self, body: Body, send: Send) -> None:
        """Wait for a seat, start the statement, send what it gives."""
        async with self._lane.seat():
            gone = asyncio.create_task(body.gone())
            try:
                first = await self._start(gone)
                await self._send(first, gone, send)
            finally:
                gone.cancel()
                if self._reading.running:
                    await self._lane.run(self._reading.close)

    async def _start(self, gone: asyncio.Task[None]) -> Answer:
        """Start a query; stop it if its client leaves first and had asked for that."""
        if not self._request.cancel_on_close and not self._request.progress_every:
            return await self._lane.run(self._reading.start)
        started = asyncio.create_task(self._lane.run(self._reading.start))
        watching = asyncio.create_task(self._watch_progress())
        try:
            waited_for = {started, gone} if self._request.cancel_on_close else {started}
            await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
            if not started.done():
                await self._control.run(self._reading.kill)
            return await started
        finally:
            watching.cancel()

    async def _watch_progress(self) -> None:
        while self._request.progress_every:
            await asyncio.sleep(self._request.progress_every)
            with contextlib.suppress(DatabaseError):
                sample = await self._control.run(self._reading.progress)
                self._samples = [*self._samples, sample][-_MOST_SAMPLES:] if sample else []

    async def _send(self, first: Answer, gone: asyncio.Task[None], send: Send) -> None:
        pack = packer(self._request.accept_encoding, native=self._request.native_answer)
        headers = self._voice.success(self._request, first.format, first.stats)
        headers += answer.progress_headers(self._samples)
        tag = answer.new_tag()
        headers.append((b"x-clickhouse-exception-tag", tag.encode()))
        if first.finished:
            packed = b""
            if first.data:
                packed = await self._packed(first.data, lambda data: pack.feed(data) + pack.end())
            else:
                headers = answer.unpacked(headers)
            await respond(send, 200, headers, packed)
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if self._request.method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            data: bytes | None = first.data
            while data is not None:
                if gone.done():
                    raise BrokenBodyError
                packed = await self._packed(data, pack.feed)
                await send({"type": "http.response.body", "body": packed, "more_body": True})
                data = await self._lane.run(self._reading.more)
            last = b""
        except DatabaseError as error:
            last = pack.feed(answer.error_inside(tag, error, self._voice.version))
            self._lane.failed(error.code)
            _log.info(
                "failed in mid-stream code=%d query_id=%s", error.code, self._request.query_id
            )
        await send({"type": "http.response.body", "body": last + pack.end()})

    async def _packed(self, data: bytes, step: Callable[[bytes], bytes]) -> bytes:
        if len(data) <= _FEW_BYTES:
            return step(data)
        return await self._lane.run(lambda: step(data))


async def respond(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a whole answer; to HEAD the server's own protocol layer leaves the body out."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
