"""What came under a used id is a finding until another event says what the figure is."""

from services.aggregate.conflicts import Conflict, conflicts
from services.aggregate.decode import RawRow, decode
from services.aggregate.findings.duplicate_conflict import duplicate_conflicts
from services.aggregate.memory import MemoryStore
from services.aggregate.store import Figure
from services.aggregate.tables import RAW
from tests.builders import observed, record

LATER = "2024-07-11T09:00:00+08:00"
EARLIER = "2024-07-09T09:00:00+08:00"


def rows(*events: bytes) -> list[RawRow]:
    found = decode(0, 0, record(*events).value or b"")
    return [row for row in found if isinstance(row, RawRow)]


def figures(*events: bytes) -> list[Figure]:
    store = MemoryStore()
    store.insert(RAW, rows(*events))
    return store.figures([("vehicle_output", "changzhou")])


def aside(*others: bytes) -> list[Conflict]:
    return list(conflicts(rows(observed(entity="wujin"), *others)))


def states(*others: bytes) -> list[str]:
    return [one.state for one in duplicate_conflicts(aside(observed()), figures(*others))]


def test_it_is_open_while_nothing_answers_it() -> None:
    (found,) = duplicate_conflicts(aside(observed()), figures())
    assert (found.kind, found.state, found.event_ids) == ("duplicate_conflict", "open", ["e-1"])
    assert (found.period, found.scope) == ("2024-06", "")


def test_the_same_figure_under_an_id_of_its_own_corrects_it() -> None:
    assert states(observed(id="own")) == ["corrected"]
    assert states(observed("7", id="own", time=LATER)) == ["corrected"]


def test_the_same_id_of_another_source_is_another_event() -> None:
    other = observed("7", source="urn:pacekeeper:czgxj")
    assert states(other) == ["corrected"]


def test_what_was_said_before_it_or_of_another_figure_does_not() -> None:
    assert states(observed(id="old", time=EARLIER)) == ["open"]
    assert states(observed("1", "2024-05", id="may", time=LATER)) == ["open"]
    assert states(observed("41.5")) == ["open"]


def test_a_repeat_is_no_finding_and_one_content_twice_is_one() -> None:
    set_aside = aside(observed(entity="wujin"), observed(), observed())
    assert len(set_aside) == 3
    assert len(duplicate_conflicts(set_aside, [])) == 1
