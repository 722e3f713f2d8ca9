"""Reading ahead and telling behind change nothing but the time it takes."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.steps import in_steps


@given(st.lists(st.integers()))
def test_every_piece_is_told_once_and_in_order(pieces: list[int]) -> None:
    told: list[tuple[int, str]] = []
    in_steps(pieces, str, lambda piece, read: (piece, read), told.append)
    assert told == [(piece, str(piece)) for piece in pieces]


def test_the_next_is_read_and_the_last_told_while_one_is_worked_on() -> None:
    third_read, first_told = threading.Event(), threading.Event()

    def read(piece: int) -> int:
        if piece == 3:
            third_read.set()
        return piece

    def work(piece: int, read: int) -> int:
        if piece == 2:
            assert third_read.wait(10)
            assert first_told.wait(10)
        return piece

    def tell(piece: int) -> None:
        if piece == 1:
            first_told.set()

    in_steps([1, 2, 3], read, work, tell)


@pytest.mark.parametrize("where", ["read", "work", "tell"])
def test_what_fails_ends_it(where: str) -> None:
    told: list[int] = []

    def may_fail(step: str, piece: int) -> int:
        if step == where and piece == 2:
            raise LookupError(where)
        return piece

    with pytest.raises(LookupError, match=where):
        in_steps(
            range(1, 6),
            lambda piece: may_fail("read", piece),
            lambda piece, read: may_fail("work", read),
            lambda piece: told.append(may_fail("tell", piece)),
        )
    assert told == [1]
