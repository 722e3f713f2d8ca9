"""What a worker lost of its table comes back, once all that was published is stored."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from services.alerts.domain.state import SeriesState
from services.alerts.recovery import Recovery
from services.runtime.errors import AwayError

OF_0, OF_1 = ("assessments", 0), ("assessments", 1)


class ProcessDiesError(Exception):
    """Here it ends."""


@dataclass
class Table:
    """A table in memory, with the partition that each state was sent to."""

    states: dict[bytes, bytes] = field(default_factory=dict)
    partitions: dict[bytes, int] = field(default_factory=dict)
    breaks_after: int | None = None

    def recall(self, key: bytes) -> bytes | None:
        return self.states.get(key)

    def everything(self) -> list[tuple[bytes, bytes]]:
        return list(self.states.items())

    async def remember(self, states: Iterable[tuple[int, bytes, bytes]]) -> None:
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                raise ProcessDiesError
        for partition, key, state in states:
            self.states[key], self.partitions[key] = state, partition


@dataclass
class Store:
    """Knows series a and c of partition 0 and b of 1; away at first, and behind for a while."""

    away: int = 0
    behind: int = 0
    asked: int = 0

    def known(self) -> set[bytes]:
        self.asked += 1
        return {b"a", b"b", b"c"}

    def states(self, keys: Iterable[bytes]) -> dict[bytes, SeriesState]:
        return {key: SeriesState(offset=7) for key in keys}

    def stored(self, partitions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        if self.away:
            self.away -= 1
            raise AwayError("not now")
        end = 4 if self.behind else 5
        self.behind = max(0, self.behind - 1)
        return dict.fromkeys(partitions, end)


def run(
    table: Table, store: Store, published: dict[tuple[str, int], int], ours: bool = True
) -> int:
    def partition_of(key: bytes) -> int:
        return int(key == b"b")

    recovery = Recovery(table, store, store.stored, partition_of)
    return asyncio.run(recovery.run(published, lambda: ours))


def test_a_partition_that_published_and_remembers_nothing_is_lost_and_comes_back() -> None:
    table = Table({b"b": b"mine"})
    assert run(table, Store(), {OF_0: 5, OF_1: 5}) == 2
    assert table.states[b"b"] == b"mine"
    assert SeriesState.model_validate_json(table.states[b"a"]).offset == 7
    assert table.partitions[b"a"] == table.partitions[b"c"] == 0
    assert run(table, Store(), {OF_0: 5, OF_1: 5}) == 0


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_a_recovery_that_broke_off_begins_anew(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.alerts.recovery._A_QUERY", 1)
    table = Table(breaks_after=calls)
    with pytest.raises(ProcessDiesError):
        run(table, Store(), {OF_0: 5})
    table.breaks_after = None
    assert run(table, Store(), {OF_0: 5}) == 2
    assert {b"a", b"c"} <= table.states.keys()
    assert run(table, Store(), {OF_0: 5}) == 0


def test_a_partition_of_which_nothing_is_known_is_asked_for_once() -> None:
    store, table = Store(), Table()
    assert run(table, store, {("alerts", 2): 1}) == 0
    assert run(table, store, {("alerts", 2): 1}) == 0
    assert store.asked == 1


def test_a_worker_that_lost_nothing_asks_nobody() -> None:
    store = Store()
    assert run(Table({b"a": b"s", b"b": b"s"}), store, {OF_0: 5, OF_1: 5}) == 0
    assert run(Table(), store, {OF_0: 0, OF_1: 0}) == 0
    assert run(Table(), store, {}) == 0
    assert store.asked == 0


def test_what_was_published_last_is_waited_for() -> None:
    store = Store(away=1, behind=2)
    assert run(Table(), store, {OF_0: 5}) == 2
    assert (store.away, store.behind) == (0, 0)


def test_whoever_no_longer_owns_the_partitions_writes_nothing() -> None:
    table = Table()
    assert run(table, Store(), {OF_0: 5}, ours=False) == 0
    assert table.states == {}
