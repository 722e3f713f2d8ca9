"""A load generator that costs little: bodies made beforehand, raw sockets, answers barely read."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import uvloop

# As uvicorn writes it.
_LENGTH = b"\r\ncontent-length: "


def request(port: int, key: str, kind: str, body: bytes) -> bytes:
    """A whole POST of events as it goes over the wire."""
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way at most."""

    def __init__(self, answered: Callable[["_Connection", int], None]) -> None:
        self._answered = answered
        self._buffer = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def send(self, text: bytes) -> None:
        """Write a request."""
        self.transport.write(text)

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        body = data.find(b"\r\n\r\n") + 4
        begin = data.find(_LENGTH) + len(_LENGTH)
        if body < 4 or len(data) < body + int(data[begin : data.index(b"\r", begin)]):
            self._buffer = data
            return
        self._buffer = b""
        self._answered(self, int(data[9:12]))

    def close(self) -> None:
        """Hang up."""
        self.transport.close()


async def _connected(
    port: int, count: int, answered: Callable[[_Connection, int], None]
) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Connection(answered), "127.0.0.1", port)
        for _ in range(count)
    ]
    return [protocol for _, protocol in made]


class Paced:
    """Sends each request at its time; one that finds no free connection waits, and counts so."""

    def __init__(self, port: int, requests: Sequence[bytes], seconds: float) -> None:
        self._port = port
        self._requests = requests
        self._gap = seconds / len(requests)
        self.begun = 0.0
        # The newest request that was due, for whoever follows one; -1 before the first.
        self.newest = -1
        self.ack_ms: list[float] = []
        self.statuses: Counter[int] = Counter()

    def due(self, number: int) -> float:
        """When a request has to be sent, on the monotonic clock."""
        return self.begun + number * self._gap

    def run(self, connections: int = 8) -> float:
        """Send all of them; seconds until the last answer."""
        return uvloop.run(self._run(connections))

    async def _run(self, connections: int) -> float:
        waiting: deque[int] = deque()
        under_way: dict[_Connection, int] = {}
        done = asyncio.Event()

        def answered(connection: _Connection, status: int) -> None:
            number = under_way.pop(connection)
            self.ack_ms.append((time.monotonic() - self.due(number)) * 1000)
            self.statuses[status] += 1
            free.append(connection)
            push()
            if len(self.ack_ms) == len(self._requests):
                done.set()

        def push() -> None:
            while waiting and free:
                connection, number = free.pop(), waiting.popleft()
                under_way[connection] = number
                connection.send(self._requests[number])

        free = await _connected(self._port, connections, answered)
        opened = list(free)
        self.begun = time.monotonic() + 0.1
        for number in range(len(self._requests)):
            late = self.due(number) - time.monotonic()
            if late > 0:
                await asyncio.sleep(late)
            waiting.append(number)
            self.newest = number
            push()
        await asyncio.wait_for(done.wait(), 120)
        for connection in opened:
            connection.close()
        return time.monotonic() - self.begun


class Closed:
    """Each connection sends the next request as soon as it has the answer to its last."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._port = port
        self._requests = requests
        self.ack_ms: list[float] = []
        self.statuses: Counter[int] = Counter()

    def run(self, connections: int, seconds: float) -> float:
        """Send for that long; seconds until the last answer."""
        return uvloop.run(self._run(connections, seconds))

    async def _run(self, connections: int, seconds: float) -> float:
        sent: dict[_Connection, float] = {}
        over = asyncio.Event()

        def answered(connection: _Connection, status: int) -> None:
            now = time.monotonic()
            self.ack_ms.append((now - sent.pop(connection)) * 1000)
            self.statuses[status] += 1
            following = next(self._requests, None) if now < until else None
            if following is not None:
                sent[connection] = now
                connection.send(following)
            elif not sent:
                over.set()

        opened = await _connected(self._port, connections, answered)
        begun = time.monotonic()
        until = begun + seconds
        for connection in opened:
            sent[connection] = time.monotonic()
            connection.send(next(self._requests))
        await asyncio.wait_for(over.wait(), seconds + 120)
        for connection in opened:
            connection.close()
        return time.monotonic() - begun
