"""After Faust has recovered its table: partitions that it lost come back from ClickHouse.

A partition is lost if something was published from it, yet the table remembers nothing of it: its
changelog is gone. ClickHouse is asked only then; otherwise the worker needs no store.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from schemas import topics
from services.alerts.archive import Archive
from services.alerts.domain.state import SeriesState
from services.runtime import clickhouse, logs
from services.runtime.errors import AwayError
from services.runtime.kafka import committed, partition_of
from services.runtime.settings import Settings

log = logs.get("alerts")

T = TypeVar("T")
# (topic, partition) → an offset.
Offsets = Mapping[tuple[str, int], int]
_A_QUERY = 200
# Stands in a partition of the table whose recovery has begun, until it is through. No series has
# such a key.
_MARK = b"\0recovery|%d"
_BEGUN, _DONE = b"begun", b"done"
_FIRST, _LONGEST = 0.1, 5.0


class Kept(Protocol):
    """What was published, where it is kept; every call may raise AwayError."""

    def known(self) -> set[bytes]:
        """The keys of which anything was said."""

    def states(self, keys: Iterable[bytes]) -> dict[bytes, SeriesState]:
        """What has to be remembered of these."""


class Table(Protocol):
    """The table of this worker."""

    def recall(self, key: bytes) -> bytes | None:
        """The value as last remembered."""

    def everything(self) -> list[tuple[bytes, bytes]]:
        """All keys and values."""

    async def remember(self, states: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Keep (partition, key, value) durably."""


def from_clickhouse(settings: Settings, table: Table) -> "Recovery":
    """What comes back comes from the tables that the sink fills."""
    password = settings.clickhouse_password.get_secret_value()
    store = partial(clickhouse.connect, settings.clickhouse_url, settings.clickhouse_user, password)
    stored = partial(committed, settings.kafka_bootstrap, topics.SINK_GROUP)
    partitions = topics.INDICATORS.partitions
    return Recovery(table, Archive(store), stored, partial(partition_of, partitions=partitions))


class Recovery:
    """`stored` says how far of these (topic, partition) everything is in `kept`."""

    def __init__(
        self,
        table: Table,
        kept: Kept,
        stored: Callable[[Iterable[tuple[str, int]]], Offsets],
        partition_of: Callable[[bytes], int],
    ) -> None:
        self._table = table
        self._kept = kept
        self._stored = stored
        self._partition_of = partition_of

    async def run(self, published: Offsets, ours: Callable[[], bool]) -> int:
        """Put back what is lost of partitions of which so much was published; how many series.

        Once they are no longer `ours`, whoever owns them now has to.
        """
        lost = self._lost(published)
        if not lost:
            return 0
        log.warning("table_lost", partitions=sorted(lost), hint="it comes back from ClickHouse")
        until = {where: end for where, end in published.items() if where[1] in lost}
        while not await self._all_stored(until):
            await asyncio.sleep(_FIRST)
        if not ours():
            return 0
        await self._mark(lost, _BEGUN)
        known = await self._answer(self._kept.known)
        keys = sorted(key for key in known if self._partition_of(key) in lost)
        for first in range(0, len(keys), _A_QUERY):
            states = await self._answer(self._kept.states, keys[first : first + _A_QUERY])
            if not ours():
                return 0
            await self._table.remember(
                [
                    (self._partition_of(key), key, state.model_dump_json().encode())
                    for key, state in states.items()
                ]
            )
        await self._mark(lost, _DONE)
        log.info("table_recovered", series=len(keys))
        return len(keys)

    def _lost(self, published: Offsets) -> set[int]:
        """Of which nothing is remembered, or no more than a recovery that broke off left."""
        partitions = {partition for (_, partition), end in published.items() if end}
        marks = {one: self._table.recall(_MARK % one) for one in partitions}
        begun = {one for one, mark in marks.items() if mark == _BEGUN}
        empty = {one for one, mark in marks.items() if mark is None}
        for key, _ in self._table.everything():
            if not empty:
                break
            if not key.startswith(_MARK[:1]):
                empty.discard(self._partition_of(key))
        return begun | empty

    async def _mark(self, partitions: Iterable[int], word: bytes) -> None:
        await self._table.remember([(one, _MARK % one, word) for one in partitions])

    async def _all_stored(self, until: Offsets) -> bool:
        stored = await self._answer(self._stored, list(until))
        return all(stored[where] >= end for where, end in until.items())

    async def _answer(self, ask: Callable[..., T], *given: Any) -> T:
        """However long the other side is away."""
        pause = _FIRST
        while True:
            try:
                return await asyncio.to_thread(ask, *given)
            except AwayError as error:
                log.warning("away_trying_again", pause=pause, error=str(error)[:300])
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST)
