"""An acceptance leaves in one piece.

uvicorn writes the head and the body of an answer apart, which costs both ends a turn; and it looks
into every header that it is given, which is needed where a sender may have written into one.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_ACCEPTED = 202


class Whole:
    """Runs an app on one request of uvicorn's; what is no acceptance goes uvicorn's own way."""

    def __init__(self, app: Any, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle
        self._start: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer the request."""
        await self._app(scope, receive, self._send)

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] == _ACCEPTED:
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._cycle.send(message)
        elif self._may_write(start, message):
            self._write(start["headers"], message["body"])
        else:
            await self._cycle.send(start)
            await self._cycle.send(message)

    def _may_write(self, start: Any, message: Any) -> bool:
        cycle = self._cycle
        whole = b"content-length" in dict(start["headers"]) and not message.get("more_body")
        return whole and cycle.keep_alive and not (cycle.flow.write_paused or cycle.disconnected)

    def _write(self, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        cycle = self._cycle
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        fields = [b"%b: %b\r\n" % field for field in headers]
        cycle.transport.write(b"".join((STATUS_LINE[_ACCEPTED], *fields, b"\r\n", body)))
        cycle.message_event.set()
        cycle.on_response()
