"""What came under an id used before is set aside, whatever series it is in."""

import numpy as np

from services.aggregate.decode import RawRow, decode
from services.aggregate.ids import COUNTED, id_of
from services.aggregate.memory import MemoryStore
from services.aggregate.repeats import Repeats
from services.aggregate.tables import RAW
from tests.builders import RECEIVED, observed, record


def rows(*events: bytes, offset: int = 0) -> list[RawRow]:
    found = decode(0, offset, record(*events).value or b"")
    return [row for row in found if isinstance(row, RawRow) and row.type in COUNTED]


def test_before_it_is_loaded_it_says_so() -> None:
    repeats = Repeats(MemoryStore())
    assert not repeats.loaded
    repeats.load()
    assert repeats.loaded


def test_no_blocks_have_no_ids() -> None:
    repeats = Repeats(MemoryStore())
    repeats.load()
    assert repeats.among([]).tolist() == []


def test_of_what_was_stored_before_loading_only_ids_that_came_twice_are_asked_for() -> None:
    store = MemoryStore()
    store.insert(RAW, rows(observed(), observed("7"), observed(id="e-2"), observed(id="e-3")))
    repeats = Repeats(store)
    repeats.load()
    first, second, third = (id_of("urn:pacekeeper:stats", f"e-{n}") for n in (1, 2, 3))
    blocks = [np.array([second], np.uint64), np.array([first, second], np.uint64)]
    assert repeats.stored(blocks).tolist() == [first]
    assert repeats.stored([]).tolist() == []
    assert sorted(repeats.among([np.array([first, third], np.uint64)])) == sorted([first, third])


def test_the_series_of_all_arrivals_are_named() -> None:
    store = MemoryStore()
    store.insert(RAW, rows(observed(), observed(entity="wujin"), observed(id="e-2")))
    repeats = Repeats(store)
    repeats.load()
    ids = np.array([id_of("urn:pacekeeper:stats", "e-1")], np.uint64)
    found = repeats.set_aside(repeats.among([ids]))
    assert found == {
        ("vehicle_output", "changzhou"): RECEIVED,
        ("vehicle_output", "wujin"): RECEIVED,
    }
    assert [row[:3] for row in store.tables["pacekeeper.conflicts"]] == [(0, 0, 1)]


def test_what_was_set_aside_is_left_out_of_the_figures() -> None:
    store = MemoryStore()
    store.insert(RAW, rows(observed(), observed("7"), observed("8", id="own")))
    store.insert(RAW, rows(observed(entity="wujin"), offset=1))
    repeats = Repeats(store)
    repeats.load()
    before = store.figures([("vehicle_output", "changzhou")])
    assert list(repeats.standing(before)) == before
    repeats.set_aside(store.ids())
    asked = store.figures([("vehicle_output", "changzhou"), ("vehicle_output", "wujin")])
    (figure,) = repeats.standing(asked)
    assert [(v.event_id, str(v.value)) for v in figure.vintages] == [("e-1", "41.5"), ("own", "8")]


def test_what_was_set_aside_is_known_after_a_restart() -> None:
    store = MemoryStore()
    store.insert(RAW, rows(observed(), observed(entity="wujin")))
    first, second = Repeats(store), Repeats(store)
    first.load()
    first.set_aside(store.ids())
    second.load()
    key = ("vehicle_output", "wujin")
    assert second.findings(key, []) == first.findings(key, []) != []
    assert list(second.standing(store.figures([key]))) == []
    assert second.findings(("vehicle_output", "changzhou"), []) == []
