"""Natural batching: one record under way per partition; what arrives meanwhile is the next one.

A waiter is told only when the record that carries its last line is acknowledged. When a record
fails, everything that waits behind it fails with it, and the senders repeat.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple

from schemas.topics import MAX_PACKED_BYTES, MAX_PACKED_EVENTS, Topic
from services.ingest.ports import Log
from services.runtime.errors import AwayError, PacekeeperError
from services.runtime.kafka import Position

# A broker that is started again answers within this; one that hangs never does.
ACK_SECONDS = 12.0


class _Piece(NamedTuple):
    """Lines that fit into one record; the last piece of a request carries its waiter."""

    text: bytes
    lines: int
    waiter: "asyncio.Future[None] | None"


def _cut(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) == MAX_PACKED_EVENTS or size + len(line) >= MAX_PACKED_BYTES):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line) + 1
    if part:
        yield part


class Lane:
    """One partition of a packed topic."""

    def __init__(self, append: Callable[[bytes], Awaitable[object]]) -> None:
        self._append = append
        self._waiting: deque[_Piece] = deque()
        self._run: asyncio.Task[None] | None = None

    def put(self, lines: Sequence[bytes]) -> "asyncio.Future[None]":
        """Queue the lines; the future ends when all of them are durable, or with an error."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if len(lines) == 1:
            self._waiting.append(_Piece(lines[0], 1, waiter))
        else:
            parts = list(_cut(lines))
            for part in parts[:-1]:
                self._waiting.append(_Piece(b"\n".join(part), len(part), None))
            self._waiting.append(_Piece(b"\n".join(parts[-1]), len(parts[-1]), waiter))
        if self._run is None or self._run.done():
            self._run = asyncio.ensure_future(self._work())
        return waiter

    def _next(self) -> list[_Piece]:
        taken = [self._waiting.popleft()]
        lines, size = taken[0].lines, len(taken[0].text)
        while self._waiting:
            piece = self._waiting[0]
            lines += piece.lines
            size += len(piece.text) + 1
            if lines > MAX_PACKED_EVENTS or size > MAX_PACKED_BYTES:
                break
            taken.append(self._waiting.popleft())
        return taken

    async def _work(self) -> None:
        while self._waiting:
            pieces = self._next()
            try:
                await self._append(b"\n".join(piece.text for piece in pieces))
            except PacekeeperError as error:
                pieces += self._waiting
                self._waiting.clear()
                _tell(pieces, error)
            else:
                _tell(pieces, None)


def _tell(pieces: Sequence[_Piece], error: PacekeeperError | None) -> None:
    for piece in pieces:
        if piece.waiter is None or piece.waiter.done():
            continue
        if error is None:
            piece.waiter.set_result(None)
        else:
            piece.waiter.set_exception(AwayError(str(error)))


class Publisher:
    """Appends from the event loop without ever blocking it."""

    def __init__(self, log: Log, patience: float = ACK_SECONDS) -> None:
        self._log = log
        self._patience = patience
        self._lanes: dict[tuple[str, int], Lane] = {}
        # Topics whose last append succeeded: the client knows their partitions and will not block.
        self._answering: set[str] = set()

    def packed(
        self, topic: Topic, lines: Sequence[bytes], partition: int = 0
    ) -> "asyncio.Future[None]":
        """Put lines into the next record of the partition."""
        lane = self._lanes.get((topic.name, partition))
        if lane is None:

            async def append(text: bytes) -> object:
                return await self.append(topic, text, None, partition)

            lane = self._lanes[topic.name, partition] = Lane(append)
        return lane.put(lines)

    async def append(
        self, topic: Topic, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> Position:
        """Append one record and wait for its acknowledgement; AwayError if there is none."""
        name = topic.name
        if name in self._answering:
            sent = self._log.send(name, value, key, partition)
        else:
            sent = await asyncio.to_thread(self._log.send, name, value, key, partition)
        try:
            position = await _answer_of(sent, self._patience)
        except PacekeeperError:
            self._answering.discard(name)
            raise
        self._answering.add(name)
        return position


async def _answer_of(sent: "Future[Position]", patience: float) -> Position:
    """What the sending thread hears; AwayError when it hears nothing in time.

    The record may still arrive later: the repeat has the same ids and counts once.
    """
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[None] = loop.create_future()
    sent.add_done_callback(lambda _: _wake(loop, heard))
    too_late = loop.call_later(patience, _hear, heard)
    try:
        await heard
    finally:
        too_late.cancel()
    if not sent.done():
        raise AwayError("no acknowledgement in time")
    return sent.result()


def _wake(loop: asyncio.AbstractEventLoop, heard: "asyncio.Future[None]") -> None:
    # A record that is answered after the door has closed has nobody left to tell.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_hear, heard)


def _hear(heard: "asyncio.Future[None]") -> None:
    if not heard.done():
        heard.set_result(None)
