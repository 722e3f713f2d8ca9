"""The queue of one partition of a packed topic: one record under way, what arrives is the next.

A waiter is told only when the record that carries its last line is acknowledged. When a record
fails, everything that waits behind it fails with it, and the senders repeat.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from schemas.topics import MAX_PACKED_BYTES, MAX_PACKED_EVENTS
from services.runtime.errors import AwayError, PacekeeperError


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
    """What waits for one partition, and what is under way to it."""

    def __init__(self, topic: str, partition: int) -> None:
        self.topic = topic
        self.partition = partition
        self._waiting: deque[_Piece] = deque()
        self._under_way: list[_Piece] = []

    def put(self, lines: Sequence[bytes]) -> "asyncio.Future[None]":
        """Queue the lines; the future ends when all of them are durable, or with an error."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if len(lines) == 1:
            self._waiting.append(_Piece(lines[0], 1, waiter))
            return waiter
        parts = list(_cut(lines))
        for part in parts[:-1]:
            self._waiting.append(_Piece(b"\n".join(part), len(part), None))
        self._waiting.append(_Piece(b"\n".join(parts[-1]), len(parts[-1]), waiter))
        return waiter

    def take(self) -> bytes | None:
        """The next record, now under way; None while one is, or when nothing waits."""
        waiting = self._waiting
        if self._under_way or not waiting:
            return None
        taken = [waiting.popleft()]
        lines, size = taken[0].lines, len(taken[0].text)
        while waiting:
            piece = waiting[0]
            lines += piece.lines
            size += len(piece.text) + 1
            if lines > MAX_PACKED_EVENTS or size > MAX_PACKED_BYTES:
                break
            taken.append(waiting.popleft())
        self._under_way = taken
        return b"\n".join([piece.text for piece in taken])

    def done(self, error: PacekeeperError | None = None) -> None:
        """The record under way is acknowledged, or has failed."""
        pieces, self._under_way = self._under_way, []
        if error is not None:
            pieces += self._waiting
            self._waiting.clear()
        for piece in pieces:
            if piece.waiter is None or piece.waiter.done():
                continue
            if error is None:
                piece.waiter.set_result(None)
            else:
                piece.waiter.set_exception(AwayError(str(error)))
