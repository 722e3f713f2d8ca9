"""The body of a request as it arrives: in pieces, compressed, and perhaps never to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from deploy.local.clickhouse.errors import BrokenBodyError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Body:
    """Reads an ASGI request's body; `ended` only once its announced end was really seen."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def take(self, size: int) -> bytes:
        """At least `size` bytes, or all to the end; raises BrokenBodyError if that never comes."""
        pieces: list[bytes] = []
        have = 0
        while have < size and not self.ended:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise BrokenBodyError
            piece = message.get("body", b"")
            pieces.append(piece)
            have += len(piece)
            self.ended = not message.get("more_body", False)
        return b"".join(pieces)

    async def gone(self) -> None:
        """Return when the client goes away; only to be awaited behind the body's end."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
