"""An id used before: which ids are looked up, and which figure counts."""

from collections.abc import Sequence

from services.aggregate.decode import RawRow
from services.aggregate.ids import Ids, id_of
from services.aggregate.memory import MemoryStore
from services.aggregate.tables import RAW
from tests.builders import defined, observed
from tests.unit.deriving_bench import PARTITION, SERIES, Bench, rows_of, touched


def test_an_id_used_for_another_figure_counts_for_the_first_alone() -> None:
    bench = Bench([defined(due_days=None)])
    bench.take(observed("10", "2024-05"))
    (dossier,) = bench.take(observed("12", "2024-06"))
    assert [(f.period, str(f.value)) for f in dossier.facts] == [("2024-05", "10")]
    (conflict,) = bench.store.tables["pacekeeper.conflicts"]
    assert conflict[:4] == (PARTITION, 1, 0, True)
    bench.take(observed("12", "2024-06", id="e-2"))
    assert bench.shown()["cumulative", "2024-06"] == "12"


def test_a_first_arrival_that_comes_last_takes_the_figure_from_the_other_series() -> None:
    bench = Bench([defined(due_days=None)])
    bench.store.insert(RAW, rows_of(observed("7", entity="a"), partition=9))
    bench.deriver.derive([touched(0, 9, 5, ("vehicle_output", "a"))])
    assert bench.store.series["vehicle_output", "a"].now_value
    late = rows_of(observed(), partition=0)
    bench.store.insert(RAW, late)
    bench.deriver.derive([touched(1, 0, 5, SERIES, late)])
    assert bench.shown() == {("cumulative", "2024-06"): "41.5"}
    assert bench.store.series["vehicle_output", "a"].now_value == []


class Asked(MemoryStore):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.loads, self.asked = 0, list[int]()

    def ids(self) -> Ids:
        self.loads += 1
        return super().ids()

    def repeats(self, ids: Sequence[int]) -> list[RawRow]:
        self.asked += ids
        return super().repeats(ids)


def asked_bench() -> tuple[Bench, Asked]:
    store = Asked()
    return Bench([defined(due_days=None)], store), store


def test_a_new_id_is_not_asked_for() -> None:
    bench, store = asked_bench()
    bench.take(observed())  # what was stored before the role began may have come before
    store.asked.clear()
    for n in range(20):
        bench.take(observed(id=f"new-{n}"))
    assert (store.loads, store.asked) == (1, [])
    bench.take(observed("7", id="new-3"))
    assert store.asked == [id_of("urn:pacekeeper:stats", "new-3")]


def test_records_that_another_read_meanwhile_make_it_load_the_ids_anew() -> None:
    bench, store = asked_bench()
    bench.take(observed())
    anothers = rows_of(observed("5", id="x", entity="wujin"), partition=0)
    store.insert(RAW, anothers)
    bench.offset += 1
    bench.take(observed("7", id="x"))
    assert store.loads == 2
    (conflict,) = store.tables["pacekeeper.conflicts"]
    assert conflict[:4] == (PARTITION, 2, 0, True)


def test_a_record_that_is_read_again_is_harmless() -> None:
    bench, store = asked_bench()
    bench.take(observed())
    bench.take(observed("7", "2024-05"))
    before = dict(store.series)
    bench.deriver.derive([touched(1, PARTITION, 1, SERIES, rows_of(observed()))])
    assert {row[:3] for row in store.tables["pacekeeper.conflicts"]} == {(PARTITION, 1, 0)}
    assert store.series.keys() == before.keys()
    assert bench.shown() == {("cumulative", "2024-06"): "41.5"}
    assert store.loads == 1
