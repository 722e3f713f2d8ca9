"""Carries an INSERT's data from the request to the engine, piece by piece."""

from __future__ import annotations

from deploy.local.clickhouse import statement
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.body import Body
from deploy.local.clickhouse.codec import Unpacker
from deploy.local.clickhouse.engine import Stats
from deploy.local.clickhouse.house import House
from deploy.local.clickhouse.lanes import Lane
from deploy.local.clickhouse.request import Request
from deploy.local.clickhouse.writing import Writing

_NEXT_PART = 4 << 20
# Packed bytes are unpacked in slices, as a few of them may become very many.
_SLICE = 256 << 10


class Insertion:
    """One INSERT: at once if its data have all come, else while they come."""

    def __init__(self, house: House, lane: Lane, request: Request, account: Account) -> None:
        self._house = house
        self._lane = lane
        self._request = request
        self._account = account

    async def run(
        self, head: statement.InsertHead, data: bytes, body: Body, unpack: Unpacker
    ) -> Stats:
        """Write the data that came with the head, and those that still follow."""
        async with self._lane.seat():
            if body.ended:
                return await self._lane.run(lambda: self._at_once(head, data))
            return await self._by_and_by(head, data, body, unpack)

    def _at_once(self, head: statement.InsertHead, data: bytes) -> Stats:
        writing = Writing(self._house, self._request, self._account, head)
        writing.append(data)
        return writing.finish()

    async def _by_and_by(
        self, head: statement.InsertHead, data: bytes, body: Body, unpack: Unpacker
    ) -> Stats:
        run = self._lane.run
        writing = await run(lambda: Writing(self._house, self._request, self._account, head))
        try:
            await run(lambda: writing.append(data))
            while not body.ended:
                packed = await body.take(_NEXT_PART)
                await run(lambda p=packed: _append(writing, unpack, p))  # type: ignore[misc]
            unpack.end()
        except BaseException:
            await run(writing.cancel)
            raise
        return await run(writing.finish)


def _append(writing: Writing, unpack: Unpacker, packed: bytes) -> None:
    for start in range(0, len(packed), _SLICE):
        writing.append(unpack.feed(packed[start : start + _SLICE]))
