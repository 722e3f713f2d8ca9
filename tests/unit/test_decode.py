"""Lines of `events` to rows of the raw table."""

from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest

from services.aggregate.decode import RawRow, Undecodable, decode, touches
from tests.builders import RECEIVED, defined, line, observed, raw_event, record, target


def only(raw: bytes) -> RawRow:
    (found,) = decode(2, 5, line(raw))
    assert isinstance(found, RawRow)
    return found


def test_a_figure_keeps_its_coordinates_its_receipt_and_how_it_was_sent() -> None:
    row = only(observed("41.50", recordedtime="2024-07-11T09:00:00+08:00", note="初步"))
    assert (row.kafka_partition, row.kafka_offset, row.line) == (2, 5, 0)
    assert (row.receipt, row.department, row.received_at) == ("r-1", "stats", RECEIVED)
    assert (row.value, row.unit, row.sent_value, row.note) == (
        Decimal("41.5"),
        "万辆",
        "41.50",
        "初步",
    )
    assert row.recorded_at == datetime(2024, 7, 11, 1, tzinfo=UTC)
    assert touches(row) == ("vehicle_output", "changzhou")


@pytest.mark.parametrize(
    ("measure", "sent", "start", "end", "name"),
    [
        ("cumulative", "2024-06", (2024, 1, 1), (2024, 6, 30), "2024-06"),
        ("cumulative", "2024-H1", (2024, 1, 1), (2024, 6, 30), "2024-06"),
        ("cumulative", "2024-01/2024-06", (2024, 1, 1), (2024, 6, 30), "2024-06"),
        ("cumulative", "2024-06-15", (2024, 1, 1), (2024, 6, 15), "2024-06-15"),
        ("stock", "2024", (2024, 12, 31), (2024, 12, 31), "2024-12"),
        ("period", "2024-06", (2024, 6, 1), (2024, 6, 30), "2024-06"),
        ("period", "2024-04/2024-06", (2024, 4, 1), (2024, 6, 30), "2024-Q2"),
        ("period", "2024-01/2024-02", (2024, 1, 1), (2024, 2, 29), "2024-01/2024-02"),
        ("rate", "2024-Q1", (2024, 1, 1), (2024, 3, 31), "2024-Q1"),
    ],
)
def test_a_figure_is_identified_by_what_it_covers_not_by_its_spelling(
    measure: str, sent: str, start: tuple[int, ...], end: tuple[int, ...], name: str
) -> None:
    row = only(observed("1", sent, measure=measure, unit="%" if measure == "rate" else "万辆"))
    assert (row.period_start, row.period_end) == (date(*start), date(*end))
    assert row.period == name


def test_a_deletion_has_no_value() -> None:
    row = only(observed(None))
    assert (row.value, row.sent_value, row.status) == (None, "", "M")


def test_a_target_carries_its_data_with_every_default_filled_in() -> None:
    row = only(target())
    assert (row.type, row.indicator, row.entity) == ("target.set", "vehicle_output", "changzhou")
    assert '"trajectory":{"kind":"linear_days"}' in row.data
    assert touches(row) == ("vehicle_output", "changzhou")


def test_a_definition_touches_the_indicator_or_the_entity_alone() -> None:
    assert touches(only(defined())) == ("vehicle_output", "")
    entity = raw_event("entity.defined", {"entity": "wujin", "kind": "district", "name_zh": "武进"})
    row = only(entity)
    assert (row.type, row.entity) == ("entity.defined", "wujin")
    assert touches(row) == ("", "wujin")


def test_lines_are_numbered_as_they_lie_and_a_bad_one_is_named() -> None:
    value = (record(observed(), observed(id="e-2")).value or b"") + b"\n\nnonsense"
    found = list(decode(0, 9, value))
    assert [type(each) for each in found] == [RawRow, RawRow, Undecodable]
    assert isinstance(found[2], Undecodable)
    assert tuple(found[2].at) == (0, 9, 3)
    assert found[2].error.code == "malformed"


def test_a_place_lies_as_wgs84_beside_what_was_sent() -> None:
    place = {"lon": "119.9741", "lat": "31.8112", "crs": "gcj02"}
    data = {"entity": "wujin", "kind": "district", "name_zh": "武进", "location": place}
    said = orjson.loads(only(raw_event("entity.defined", data)).data)
    assert said["location"] == place
    assert said["wgs84"] == {"lon": 119.9693603, "lat": 31.813254}
