"""Natural batching: one round of records under way, what arrives meanwhile leaves with the next.

A round has at most one record of each partition, handed to the client in one turn, so that it sends
them in one request and what the broker acknowledges together is heard in one turn. A record and
its acknowledgement cost several times what a line costs: few and full ones are what makes single
figures cheap.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress

from schemas.topics import Topic
from services.ingest.lanes import Lane
from services.ingest.ports import Log
from services.runtime.errors import AwayError, PacekeeperError
from services.runtime.kafka import Position

# A broker that is started again answers within this; one that hangs never does.
ACK_SECONDS = 12.0


class Publisher:
    """Appends from the event loop without ever blocking it. One per event loop."""

    def __init__(self, log: Log, patience: float = ACK_SECONDS) -> None:
        self._log = log
        self._patience = patience
        self._lanes: dict[tuple[str, int], Lane] = {}
        # Lanes that have lines for the next round, in the order they asked.
        self._ready: dict[Lane, None] = {}
        self._beginning = False
        self._under_way: dict[Lane, tuple[Future[Position], asyncio.TimerHandle]] = {}
        self._answers = _Answers()

    def packed(
        self, topic: Topic, lines: Sequence[bytes], partition: int = 0
    ) -> "asyncio.Future[None]":
        """Put lines into the next record of the partition."""
        lane = self._lanes.get((topic.name, partition))
        if lane is None:
            lane = self._lanes[topic.name, partition] = Lane(topic.name, partition)
        waiter = lane.put(lines)
        self._soon(lane)
        return waiter

    def _soon(self, lane: Lane) -> None:
        """The next round begins at the end of this turn, unless one is under way."""
        self._ready[lane] = None
        if not (self._beginning or self._under_way):
            self._beginning = True
            asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._beginning = False
        ready, self._ready = self._ready, {}
        for lane in ready:
            text = lane.take()
            if text is not None:
                self._send(lane, text)

    def _send(self, lane: Lane, text: bytes) -> None:
        sent = self._log.send(lane.topic, text, None, lane.partition)
        loop = asyncio.get_running_loop()
        too_late = loop.call_later(self._patience, self._over, lane, sent)
        self._under_way[lane] = sent, too_late
        self._answers.tell(loop, sent, lambda: self._over(lane, sent))

    def _over(self, lane: Lane, sent: "Future[Position]") -> None:
        """The record is answered, or it is too late for an answer; whichever comes first."""
        kept = self._under_way.get(lane)
        if kept is None or kept[0] is not sent:
            return
        del self._under_way[lane]
        kept[1].cancel()
        try:
            _position(sent)
        except PacekeeperError as error:
            lane.done(error)
        else:
            lane.done()
        # Behind those who were just told: what they write next leaves in the same round.
        self._soon(lane)

    async def append(
        self, topic: Topic, value: bytes | None, key: bytes | None, partition: int | None = None
    ) -> Position:
        """Append one record and wait for its acknowledgement; AwayError if there is none."""
        sent = self._log.send(topic.name, value, key, partition)
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[None] = loop.create_future()
        too_late = loop.call_later(self._patience, _hear, heard)
        self._answers.tell(loop, sent, lambda: _hear(heard))
        try:
            await heard
        finally:
            too_late.cancel()
        return _position(sent)


async def all_of(acks: "Sequence[asyncio.Future[None]]") -> None:
    """Wait for all of them; the error of one that failed."""
    if len(acks) == 1:
        await acks[0]
    else:
        await asyncio.gather(*acks)


class _Answers:
    """Brings what the sending thread hears into the loop, all of it in one turn."""

    def __init__(self) -> None:
        self._heard: deque[Callable[[], None]] = deque()
        self._woken = False

    def tell(
        self, loop: asyncio.AbstractEventLoop, sent: "Future[Position]", then: Callable[[], None]
    ) -> None:
        """Call `then` in the loop once the record is answered."""
        sent.add_done_callback(lambda _: self._wake(loop, then))

    def _wake(self, loop: asyncio.AbstractEventLoop, then: Callable[[], None]) -> None:
        self._heard.append(then)
        if self._woken:
            return
        self._woken = True
        # A record that is answered after the door has closed has nobody left to tell.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        # First, so that an answer that comes from now on wakes the loop again.
        self._woken = False
        while self._heard:
            self._heard.popleft()()


def _position(sent: "Future[Position]") -> Position:
    """Where the record lies; AwayError when nobody said so in time.

    It may still arrive later: the repeat has the same ids and counts once.
    """
    if not sent.done():
        raise AwayError("no acknowledgement in time")
    return sent.result()


def _hear(heard: "asyncio.Future[None]") -> None:
    if not heard.done():
        heard.set_result(None)
