"""Of one id the first arrival counts, and another content is a finding."""

from services.aggregate.conflicts import Conflict, conflicts
from services.aggregate.decode import RawRow, decode
from services.aggregate.tables import CONFLICTS
from tests.builders import observed, record


def row(event: bytes, partition: int = 0, offset: int = 0) -> RawRow:
    (found,) = decode(partition, offset, record(event).value or b"")
    assert isinstance(found, RawRow)
    return found


def test_the_columns_are_those_of_the_table() -> None:
    assert tuple(CONFLICTS.columns) == Conflict._fields


def test_other_content_in_another_series_differs() -> None:
    first, other = row(observed()), row(observed("7", entity="wujin"), partition=2)
    (found,) = conflicts([other, first])
    assert found.differs
    assert found[:3] == (2, 0, 0)
    assert (found.entity, found.period, found.event_id) == ("wujin", "2024-06", "e-1")
    assert "先用于 vehicle_output changzhou 2024-06 41.5 万辆" in found.detail_zh
    assert "then for vehicle_output wujin 2024-06 7 万辆" in found.detail_en


def test_the_first_is_the_least_partition_offset_line() -> None:
    rows = [row(observed("1"), 1, 0), row(observed("2"), 0, 9), row(observed("3"), 0, 4)]
    assert [each[:3] for each in conflicts(rows)] == [(0, 9, 0), (1, 0, 0)]


def test_a_repeat_is_set_aside_but_does_not_differ() -> None:
    rows = [row(observed()), row(observed("41.50"), offset=1)]
    assert [each.differs for each in conflicts(rows)] == [False]
    assert list(conflicts([rows[0], row(observed(id="other"))])) == []


def test_a_deletion_under_a_used_id_differs() -> None:
    (found,) = conflicts([row(observed()), row(observed(None), offset=1)])
    assert found.differs
    assert found.detail_en.endswith(
        "then for vehicle_output changzhou 2024-06: the first counts;"
        " send the other again under an id of its own"
    )


def test_the_same_wrong_content_twice_is_one_finding() -> None:
    rows = [row(observed()), row(observed("2"), offset=1), row(observed("2"), offset=2)]
    assert len({each.finding for each in conflicts(rows)}) == 1
