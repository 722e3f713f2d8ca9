"""Requests of plain figures: what the pass over them takes, the desk would have taken the same."""

import asyncio
from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.answers import Scope
from schemas.events import LINES
from schemas.topics import EVENTS, RECEIPTS
from services.ingest import receipts
from services.ingest.desk import Desk, Taken
from services.ingest.ports import MemoryLog
from services.ingest.sender import Sender
from services.runtime.errors import AwayError
from tests.builders import defined, observed
from tests.unit.ingest_front_door import NOW, FrontDoor
from tests.unit.test_figure import mutated

STATS = Sender("stats", frozenset({Scope.OBSERVE}))
ADMIN = Sender("office", frozenset(Scope))
OF_OTHERS = orjson.dumps(orjson.loads(observed(id="o")) | {"source": "urn:pacekeeper:other"})


@pytest.fixture(scope="module")
def made():
    """A door that knows one indicator and one city, its desk and its log."""
    with FrontDoor() as door:
        door.set_out()
        yield door.app.events._desk, door.log


def plainly(desk: Desk, sender: Sender, texts: Sequence[bytes], receipt: str = "r-1"):
    return asyncio.run(desk._plain.take(sender, texts, NOW, receipt))


def in_full(desk: Desk, sender: Sender, texts: Sequence[bytes], receipt: str = "r-1") -> Taken:
    return asyncio.run(desk._take_in_full(sender, texts, NOW, receipt))


def written(log: MemoryLog, begun: int) -> list[tuple[int, bytes]]:
    """Partition and text of the records of events since then."""
    return [(r.partition, r.value or b"") for r in log.records[EVENTS.name][begun:]]


def parsed(records: list[tuple[int, bytes]]) -> list[tuple[int, list[object]]]:
    return [(at, [LINES.validate_json(line) for line in text.split(b"\n")]) for at, text in records]


@settings(deadline=None)
@given(st.lists(mutated(), min_size=1, max_size=3), st.sampled_from((STATS, ADMIN)))
def test_both_ways_write_and_answer_the_same(made, texts, sender):
    desk, log = made
    desk._recent.__init__()
    begun = len(log.records[EVENTS.name])
    entry = plainly(desk, sender, texts)
    if entry is None:
        assert len(log.records[EVENTS.name]) == begun
        return
    ours, kept = written(log, begun), log.records[RECEIPTS.name][-1].value
    remembered = dict(desk._recent._young)
    desk._recent.__init__()
    begun = len(log.records[EVENTS.name])
    full = in_full(desk, sender, texts)
    assert parsed(ours) == parsed(written(log, begun))
    assert kept == log.records[RECEIPTS.name][-1].value
    assert entry == full.books
    assert remembered == desk._recent._young
    lone = len(texts) == 1
    assert receipts.answer(entry, (), lone=lone) == receipts.answer(
        full.books, full.decisions, lone=lone
    )


@pytest.mark.parametrize(
    ("sender", "texts"),
    [
        (STATS, [observed(id="1"), observed(id="1")]),
        (STATS, [observed(id="1"), observed(id="2", unit="吨")]),
        (STATS, [observed(id="1"), defined()]),
        (STATS, [OF_OTHERS]),
        (Sender("stats", frozenset({Scope.DEFINE})), [observed(id="1")]),
    ],
    ids=["an id twice", "a unit of another kind", "a definition", "another's", "no scope"],
)
def test_a_request_with_anything_else_in_it_is_left_to_the_desk(made, sender, texts):
    desk, log = made
    desk._recent.__init__()
    begun = len(log.records[EVENTS.name])
    assert plainly(desk, sender, texts) is None
    assert len(log.records[EVENTS.name]) == begun


def test_a_figure_that_was_taken_is_left_to_the_desk_when_it_comes_again(made):
    desk, _ = made
    desk._recent.__init__()
    assert plainly(desk, STATS, [observed()]) is not None
    assert plainly(desk, STATS, [observed()]) is None
    assert in_full(desk, STATS, [observed()]).books.duplicate == 1


def test_a_request_of_several_departments_is_in_the_books_of_the_key(made):
    desk, _ = made
    desk._recent.__init__()
    entry = plainly(desk, ADMIN, [observed(id="1"), OF_OTHERS])
    assert entry is not None
    assert entry.department == "office"


def test_what_is_not_durable_is_not_remembered(made):
    desk, log = made
    desk._recent.__init__()
    log.away = True
    try:
        with pytest.raises(AwayError):
            plainly(desk, STATS, [observed(id=f"{n}") for n in range(250)])
    finally:
        log.away = False
    assert desk._recent._young == {}
