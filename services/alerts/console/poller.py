"""One poller per process: reads a change stamp, on change the snapshot, and wakes every page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.alerts.console.rows import Snapshot
from services.alerts.console.views import Views
from services.runtime import logs
from services.runtime.errors import PacekeeperError

INTERVAL = 0.5
# A stream that has nothing to say for this long sends a comment, so that proxies keep it open.
KEEP_ALIVE = 15.0
# The store is left alone when nobody has looked for this long.
_LOOKED_AT = 15.0
# A city's snapshot may take longer than a turn; the store gets at least this share of rest.
_REST = 3.0
# A lost store is asked less often.
_BACK_OFF = 3.0


@dataclass(frozen=True)
class Seen:
    """What the process knows. `turn` grows with every change; `away` tells the store is lost.

    `read_at` is when the snapshot was read, `asked_at` when the store last answered.
    """

    turn: int = 0
    snapshot: Snapshot = Snapshot()
    read_at: datetime | None = None
    asked_at: datetime | None = None
    away: bool = False


class Poller:
    """Holds the last state that was read; a lost store changes nothing but `away`."""

    def __init__(
        self,
        views: Views,
        interval: float = INTERVAL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.seen = Seen()
        self._views = views
        self._interval = interval
        self._now = now
        self._stamp: str | None = None
        self._changed = asyncio.Condition()
        self._closed = False
        self._streams = 0
        self._looked_at = float("-inf")
        self._turn = asyncio.Lock()
        self._log = logs.get("console")

    async def run(self) -> None:
        """Poll until cancelled, as long as somebody looks."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            if self._watched(began):
                await self.poll()
            pause = _BACK_OFF * self._interval if self.seen.away else self._interval
            await asyncio.sleep(max(pause, _REST * (loop.time() - began)))

    def _watched(self, now: float) -> bool:
        return self._streams > 0 or now - self._looked_at < _LOOKED_AT

    async def look(self) -> None:
        """Somebody opens a page: what is known must be of now, and is kept so for a while."""
        now = asyncio.get_running_loop().time()
        watched, self._looked_at = self._watched(now), now
        if not watched:
            await self.poll()

    async def poll(self) -> None:
        """One turn: read what changed, if anything did."""
        async with self._turn:
            await self._poll()

    async def _poll(self) -> None:
        try:
            found = await asyncio.to_thread(self._read)
        except PacekeeperError as error:
            if not self.seen.away:
                self._log.warning("store away", error=str(error))
                await self._tell(replace(self.seen, away=True))
            return
        if self.seen.away:
            self._log.info("store back")
        now = self._now()
        answered = replace(self.seen, asked_at=now, away=False)
        if found is not None:
            await self._tell(replace(answered, snapshot=found, read_at=now))
        elif self.seen.away:
            await self._tell(answered)
        else:
            self.seen = answered

    def _read(self) -> Snapshot | None:
        stamp = self._views.stamp()
        if stamp == self._stamp:
            return None
        # The stamp is taken first: what changes while the snapshot is read is seen next turn.
        snapshot = self._views.snapshot()
        self._stamp = stamp
        return snapshot

    async def _tell(self, seen: Seen) -> None:
        async with self._changed:
            self.seen = replace(seen, turn=seen.turn + 1)
            self._changed.notify_all()

    async def turns(self, keep_alive: float = KEEP_ALIVE) -> AsyncIterator[Seen | None]:
        """What is known now, then every change; None when nothing happened for a while."""
        last = -1
        self._streams += 1
        try:
            while not self._closed:
                try:
                    async with asyncio.timeout(keep_alive), self._changed:
                        while not self._closed and self.seen.turn == last:
                            await self._changed.wait()
                except TimeoutError:
                    yield None
                    continue
                if self._closed:
                    return
                seen = self.seen
                last = seen.turn
                yield seen
        finally:
            self._streams -= 1

    async def close(self) -> None:
        """End every stream."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()
