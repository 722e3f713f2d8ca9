"""Three steps hand in hand: while one piece is worked on, the next is read and the last is told."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")


def in_steps(
    pieces: Iterable[P],
    read: Callable[[P], R],
    work: Callable[[P, R], T],
    tell: Callable[[T], None],
) -> None:
    """All pieces in their order; `work` runs here, the others in a thread of their own each.

    What one of them raises ends it, once what is under way is done.
    """
    with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "tell") as teller:
        telling: Future[None] | None = None

        def done(piece: P, found: "Future[R]") -> "Future[None]":
            worked = work(piece, found.result())
            if telling is not None:
                telling.result()
            return teller.submit(tell, worked)

        before: tuple[P, Future[R]] | None = None
        for piece in pieces:
            reading = piece, reader.submit(read, piece)
            if before is not None:
                telling = done(*before)
            before = reading
        if before is not None:
            done(*before).result()
