"""Enters definitions into the catalogue: acknowledged, read back, and the first one wins.

Between deciding and writing another process may have written the same key. Then its record lies
between, ours is taken back by writing the first one again, and the request is decided anew.
"""

import asyncio
from collections.abc import Sequence

from schemas import topics
from schemas.events import Event
from services.ingest.catalogue import Catalogue, Entry
from services.ingest.known import key_of
from services.ingest.ports import Followed
from services.ingest.publish import Publisher
from services.runtime.errors import AwayError

READ_BACK_SECONDS = 2.0


class Definer:
    """Writes to the topic `catalogue` and reads back through the follower."""

    def __init__(self, catalogue: Catalogue, followed: Followed, publisher: Publisher) -> None:
        self._catalogue = catalogue
        self._followed = followed
        self._publisher = publisher

    def refuse_if_behind(self) -> None:
        """AwayError while the catalogue has not been read to its end once."""
        if not self._followed.ready.is_set():
            raise AwayError("the catalogue is not read to its end yet")

    async def enter(self, definitions: Sequence[tuple[Event, bytes]]) -> bool:
        """Write the accepted lines in order. False: somebody was first, decide again."""
        keys = [key_of(event.data) for event, _ in definitions]
        expected = {key: self._catalogue.offset_of(key) for key in keys}
        offsets = await self._write(list(zip(keys, (line for _, line in definitions), strict=True)))
        ours = set(offsets)
        first: dict[bytes, Entry] = {}
        for key, offset in zip(keys, offsets, strict=True):
            before = self._catalogue.before(offset)
            if before and before.offset != expected[key] and before.offset not in ours:
                first[key] = before
        if first:
            await self._write([(key, entry.line) for key, entry in first.items()])
        return not first

    async def read_to_end(self) -> None:
        """Wait until what others defined meanwhile is known here, if that takes no longer."""
        await asyncio.to_thread(self._followed.read_to_end, READ_BACK_SECONDS)

    async def _write(self, records: Sequence[tuple[bytes, bytes]]) -> list[int]:
        acks = (self._publisher.append(topics.CATALOGUE, line, key, 0) for key, line in records)
        offsets = [position.offset for position in await asyncio.gather(*acks)]
        back = await asyncio.to_thread(self._followed.wait_for, max(offsets), READ_BACK_SECONDS)
        if not back:
            raise AwayError("the catalogue was not read back in time")
        return offsets
