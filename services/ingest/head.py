"""Bounds on a request's head: 64 KiB and 10 seconds, after which the connection is closed.

A head that comes in one piece, as nearly every one does, needs no clock.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedHead(HttpToolsProtocol):
    """uvicorn's protocol, with the clock and the scales on what comes before the body."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._in_head = True
        self._head_bytes = 0
        self._heads = 0
        self._head_begun = False
        self._too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection that says nothing is closed as well."""
        super().connection_made(transport)
        self._too_late = self.loop.call_later(HEAD_SECONDS, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Weigh what belongs to a head."""
        # Data in which a head or a body ends are not weighed: the next head has only just begun.
        only_head, heads = self._in_head, self._heads
        super().data_received(data)
        if self._in_head and only_head and heads == self._heads:
            self._head_bytes += len(data)
        if not self._in_head or self.transport.is_closing():
            return
        if self._head_bytes > HEAD_BYTES:
            self.transport.write(_TOO_LARGE)
            self._close()
        elif self._head_begun and self._too_late is None:
            self._too_late = self.loop.call_later(HEAD_SECONDS, self._close)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = self._head_begun = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = self._head_begun = False
        self._heads += 1
        self._stop_clock()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is a head again."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_complete()

    def _stop_clock(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
