"""Of which too much is refused, a partition stops, loudly, and the others go on."""

from collections.abc import Sequence
from typing import Any

from services.aggregate.halts import Halt
from services.aggregate.limits import IN_A_ROW, Limit
from services.aggregate.memory import MemoryStore
from services.aggregate.tables import Table
from services.aggregate.write import Writer
from services.runtime.errors import RefusedError
from services.runtime.kafka import Record
from tests.unit.writing_bench import NOW, Bench, figures


def nonsense(offset: int, count: int, partition: int = 0) -> Record:
    return Record("events", partition, offset, 0, None, b"\n".join([b"nonsense"] * count))


def test_a_partition_of_nonsense_stops_and_the_others_go_on() -> None:
    bad = [nonsense(n, IN_A_ROW // 2) for n in range(4)]
    bench = Bench(
        figures(0, partition=1), figures(0), *[b._replace(offset=b.offset + 1) for b in bad]
    )
    bench.write()
    assert bench.writer.halted == {0: Halt(2, Limit.IN_A_ROW)}
    assert bench.source.paused == [0]
    assert [(r.partition, r.offset) for r in bench.source.committed] == [(1, 0), (0, 0), (0, 1)]
    assert len(bench.rejected()) == IN_A_ROW // 2
    assert {(t.partition, t.offset) for t in bench.touched()} == {(0, 1), (1, 0)}
    assert len(bench.store.raw) == 600
    bench.source.waiting = [figures(9, first=900), figures(1, partition=1, first=900)]
    bench.run_until(lambda: len(bench.source.committed) == 4)
    assert bench.source.committed[-1][:3] == ("events", 1, 1)
    assert bench.source.paused == [0, 0]


def test_a_block_of_nothing_but_a_halted_partition_commits_nothing() -> None:
    bench = Bench(nonsense(0, IN_A_ROW))
    bench.write()
    assert bench.writer.halted
    assert (bench.source.committed, bench.rejected(), bench.touched()) == ([], [], [])


def test_one_in_twenty_refused_stops_a_partition_too() -> None:
    bench = Bench()
    for n in range(40):
        good = figures(n, first=300 * n, count=285)
        mixed = [*(good.value or b"").split(b"\n"), *[b"nonsense"] * 15]
        bench.writer.write([good._replace(value=b"\n".join(mixed))])
    (halt,) = bench.writer.halted.values()
    assert halt == Halt(33, Limit.SHARE)


def test_without_limits_everything_is_rejected_and_goes_on() -> None:
    bench = Bench(nonsense(0, 2 * IN_A_ROW), figures(1), limited=False)
    bench.write()
    assert bench.writer.halted == {}
    assert len(bench.rejected()) == 2 * IN_A_ROW
    assert len(bench.source.committed) == 2


class TakesNothingOf(MemoryStore):
    """Refuses every row of one partition."""

    def insert(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if any(row[7] == 2 for row in rows):
            raise RefusedError("no such column")
        super().insert(table, rows)


def test_a_store_that_refuses_everything_of_a_partition_stops_it_and_rejects_nothing() -> None:
    bench = Bench(figures(5, partition=2), figures(3, partition=1, first=300))
    bench.store = TakesNothingOf()
    bench.writer = Writer(
        bench.source, bench.store, bench.outlet, lambda: NOW, bench.stop, block_rows=20_000
    )
    bench.write()
    assert bench.writer.halted == {2: Halt(5, Limit.IN_A_ROW)}
    assert bench.rejected() == []
    assert [(r.partition, r.offset) for r in bench.source.committed] == [(1, 3)]
    assert len(bench.store.raw) == 300


def test_what_the_store_takes_between_begins_a_new_row() -> None:
    bench = Bench()
    bench.store.poison = "P"
    bench.writer.write([figures(0, count=IN_A_ROW - 1)])
    bench.store.poison = object()
    bench.writer.write([figures(1, first=300), figures(0, partition=1, first=900)])
    bench.store.poison = "P"
    bench.writer.write([figures(2, first=600, count=IN_A_ROW - 1)])
    assert bench.writer.halted == {}
    assert len(bench.rejected()) == 2 * (IN_A_ROW - 1)
