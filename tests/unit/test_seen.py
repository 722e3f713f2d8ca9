"""The filter of ids forgets none, and takes few new ones for known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregate import seen
from services.aggregate.ids import Ids
from services.aggregate.seen import Seen

ANY_IDS = st.lists(st.integers(0, 2**64 - 1), max_size=60)
NONE: Ids = np.array([], np.uint64)


def numbers(count: int, seed: int) -> Ids:
    found: Ids = np.random.default_rng(seed).integers(0, 2**64, count, np.uint64)
    return found


@given(ANY_IDS, st.lists(ANY_IDS, max_size=4))
def test_an_id_that_came_before_is_always_known(loaded: list[int], blocks: list[list[int]]) -> None:
    known, before = Seen(np.array(loaded, np.uint64)), set(loaded)
    for block in blocks:
        again = set(known.take(np.array(block, np.uint64)).tolist())
        assert {id for id in block if id in before or block.count(id) > 1} <= again
        before |= set(block)


def test_a_new_id_is_not_known_and_then_it_is() -> None:
    known, ids = Seen(NONE), numbers(1_000, seed=1)
    assert known.take(ids).tolist() == []
    assert known.take(ids).tolist() == sorted(ids.tolist())


def test_an_id_twice_in_one_block_is_told() -> None:
    assert Seen(NONE).take(np.array([5, 9, 5], np.uint64)).tolist() == [5]
    assert Seen(NONE).take(NONE).tolist() == []


def test_full_it_takes_less_than_one_new_id_in_ten_thousand_for_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seen, "_LEAST", 300_000)
    known = Seen(numbers(200_000, seed=2))
    known.take(numbers(100_100, seed=3))
    assert known.full
    new = numbers(500_000, seed=4)
    assert known._holds(new).sum() < 50
    assert not Seen(numbers(300_000, seed=2)).full
