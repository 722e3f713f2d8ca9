"""The store's contract, held by the one in memory and by the one in ClickHouse alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bench.events import lines
from schemas.records.books import Receipt, Refused, Rejected
from services.aggregate import migrate
from services.aggregate.block import block
from services.aggregate.conflicts import conflicts
from services.aggregate.decode import RawRow, decode
from services.aggregate.ids import id_of
from services.aggregate.memory import MemoryStore
from services.aggregate.record_tables import (
    RECEIPTS,
    REJECTED,
    RESUBMITTED,
    receipt_row,
    rejected_row,
)
from services.aggregate.store import ClickHouseStore, Store
from services.aggregate.tables import CLOCKS, CONFLICTS, RAW
from tests.builders import RECEIVED, defined, line, observed, raw_event, record, target
from tests.integration.embedded_clickhouse import Running, embedded_server

SERIES = ("vehicle_output", "changzhou")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        client = running.client(autogenerate_session_id=False)
        assert migrate.migrate(client) == [each.name for each in migrate.migrations()]
        yield running
        client.close()


@pytest.fixture(params=["memory", "clickhouse"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    server: Running = request.getfixturevalue("server")
    client = server.client(autogenerate_session_id=False)
    for table in ("raw", "series", "conflicts", "receipts", "rejected", "resubmitted"):
        client.command(f"TRUNCATE TABLE pacekeeper.{table}")
    yield ClickHouseStore(client)
    client.close()


def rows(*events: bytes, offset: int = 0, partition: int = 0) -> list[RawRow]:
    value = record(*events, offset=offset).value or b""
    return [row for row in decode(partition, offset, value) if isinstance(row, RawRow)]


def test_the_newest_tick_is_known(store: Store) -> None:
    assert store.clock() is None
    first = datetime(2024, 12, 30, 23, 0, 0, 123456, tzinfo=UTC)
    for at in (first + timedelta(days=1), first):
        store.insert(CLOCKS, [("derived", at)])
    assert store.clock() == first + timedelta(days=1)


def test_a_block_written_twice_is_there_once(store: Store) -> None:
    block = rows(observed(), observed("42", id="e-2", recordedtime="2024-08-01T00:00:00+08:00"))
    store.insert(RAW, block)
    store.insert(RAW, block)
    (figure,) = store.figures([SERIES])
    assert [(v.value, v.event_id) for v in figure.vintages] == [
        (Decimal("41.5"), "e-1"),
        (Decimal("42"), "e-2"),
    ]


def test_columns_are_kept_as_rows_are(store: Store) -> None:
    entity = raw_event("entity.defined", {"entity": "wujin", "kind": "city", "name_zh": "武进"})
    odd = [
        line(observed("-0.10", id="n", note="快报\\数")),
        line(entity),
        line(observed(None, id="m")),
    ]
    value = b"\n".join([*lines(300, 3), *odd])
    found = block([(3, 2**40, value)])
    columns = found.whole()
    assert columns is not None
    for _ in range(2):
        store.append(RAW, columns)
    rows = [row for row in decode(3, 2**40, value) if isinstance(row, RawRow)]
    assert found.every_row() == rows
    told = store.figures([("indicator-0", "town-0"), SERIES])
    vintages = sorted((v.line, v.value, v.sent_value, v.note) for f in told for v in f.vintages)
    assert vintages == sorted(
        (row.line, row.value, row.sent_value, row.note)
        for row in rows
        if (row.indicator, row.entity) in (("indicator-0", "town-0"), SERIES)
    )
    assert store.offsets() == {3: 2**40}


def test_ties_of_recordedtime_break_by_coordinates(store: Store) -> None:
    store.insert(RAW, rows(observed("2", id="second"), offset=9))
    store.insert(RAW, rows(observed("1", id="first"), offset=4))
    assert store.figures([SERIES])[0].vintages[-1].event_id == "second"


def test_of_one_id_the_first_arrival_counts(store: Store) -> None:
    store.insert(RAW, rows(observed("2"), offset=9))
    store.insert(RAW, rows(observed("1"), offset=4))
    assert store.figures([SERIES])[0].vintages[-1].value == Decimal(1)


def test_one_id_with_other_content_is_found_over_all_series(store: Store) -> None:
    store.insert(RAW, rows(observed(), observed(id="e-2"), offset=4))
    store.insert(RAW, rows(observed("7", entity="wujin"), offset=2, partition=1))
    ids = store.ids()
    assert len(ids) == 3
    found = sorted(store.repeats(ids.tolist()))
    assert found == sorted(store.repeats([id_of("urn:pacekeeper:stats", "e-1"), 7]))
    assert found == [
        *rows(observed(), offset=4),
        *rows(observed("7", entity="wujin"), offset=2, partition=1),
    ]
    refused = list(conflicts(found))
    store.insert(CONFLICTS, refused)
    store.insert(CONFLICTS, refused)
    assert store.conflicts() == refused
    # What was set aside is still there: who reads figures knows it.
    assert len(store.figures([SERIES, ("vehicle_output", "wujin")])) == 2


def test_an_id_that_is_only_repeated_is_no_conflict(store: Store) -> None:
    store.insert(RAW, rows(observed(), offset=4))
    store.insert(RAW, rows(observed("41.50"), offset=5, partition=1))
    store.insert(RAW, rows(target(), target(lead="other"), offset=6))
    assert store.repeats(store.ids().tolist()) == []
    assert store.repeats([]) == []


def test_only_figures_projects_and_chargers_have_ids_that_count(store: Store) -> None:
    store.insert(RAW, rows(observed(), target(), defined()))
    assert store.ids().tolist() == [id_of("urn:pacekeeper:stats", "e-1")]


def test_a_block_written_twice_is_no_conflict(store: Store) -> None:
    store.insert(RAW, rows(observed(), offset=4))
    store.insert(RAW, rows(observed("7"), offset=5))
    store.insert(RAW, rows(observed("7"), offset=5))
    assert len(store.repeats(store.ids().tolist())) == 2


def test_books_are_added_up_by_department_and_day_of_shanghai(store: Store) -> None:
    midnight = datetime(2026, 1, 2, 16, tzinfo=UTC)
    for name, at in (("r-1", RECEIVED), ("r-2", midnight - timedelta(microseconds=1))):
        store.insert(RECEIPTS, [received(name, at), received(name, at)])
    store.insert(RECEIPTS, [received("r-3", midnight), received("r-4", midnight, "other")])
    block = rows(observed(), observed(id="e-2"), observed("7"))
    store.insert(RAW, block)
    store.insert(RAW, block)
    found = store.days_of_books(RECEIVED, midnight + timedelta(microseconds=1))
    assert [(one.department, *one.books.model_dump().values()) for one in found] == [
        ("other", date(2026, 1, 3), 9, 2, 3, 0, 4),
        ("stats", date(2026, 1, 2), 18, 4, 6, 3, 5),
        ("stats", date(2026, 1, 3), 9, 2, 3, 0, 4),
    ]
    days = [one.books.day for one in store.days_of_books(RECEIVED, midnight)]
    assert days == [date(2026, 1, 2)]


def reject(name: str, hours: int, raw: bytes = b"", **changed: str) -> tuple[Any, ...]:
    said = {"event_id": None, "code": "bad_value", "field": "", "department": "stats"} | changed
    given = Rejected(
        id=name,
        receipt="r",
        received_at=RECEIVED + timedelta(hours=hours),
        index=0,
        message_zh=f"{name} 有误",
        message_en=f"{name} is wrong",
        raw=raw.decode(),
        **said,
    )
    return rejected_row(given)


def test_what_is_refused_stands_until_it_is_resubmitted_or_taken_under_its_name(
    store: Store,
) -> None:
    mended = observed("x", id="e-1")
    another_source = observed("x", id="e-1", source="urn:pacekeeper:other")
    before = [
        reject("old", -1),
        reject("a", 0, mended, event_id="e-1", code="unknown_unit", field="data.unit"),
        reject("b", 0, another_source, event_id="e-1", department="other"),
        reject("c", 1, b"no event"),
        reject("c", 1, b"no event"),
        reject("d", 2, observed(id="e-2"), event_id="e-2", code="conflict", field="id"),
    ]
    store.insert(REJECTED, before)
    at, late = RECEIVED, RECEIVED + timedelta(hours=2)
    found = store.refused(at)
    assert found["other"].count == 1
    assert found["stats"] == Refused(
        count=3,
        codes=("bad_value", "conflict", "unknown_unit"),
        received_at=late,
        event_id="e-2",
        code="conflict",
        field="id",
        message_zh="d 有误",
        message_en="d is wrong",
    )
    assert store.refused(at - timedelta(hours=1))["stats"].count == 4
    taken = rows(observed(id="e-1"), observed(id="e-2"))
    store.insert(RAW, [row._replace(received_at=at + timedelta(hours=1)) for row in taken])
    assert store.refused(at)["stats"].codes == ("bad_value", "conflict")
    assert store.refused(at)["other"].count == 1
    store.insert(RESUBMITTED, [("stats", "d", "r-2", late), ("other", "b", "r-3", late)])
    left = store.refused(at)
    assert left.keys() == {"stats"}
    assert (left["stats"].count, left["stats"].event_id) == (1, "")


def received(receipt: str, at: datetime, department: str = "stats") -> tuple[Any, ...]:
    given = Receipt(
        receipt=receipt,
        department=department,
        received_at=at,
        received=9,
        accepted=4,
        duplicate=2,
        rejected=3,
        events=(),
    )
    return receipt_row(given)


def test_many_ids_are_asked_for_at_once(store: Store) -> None:
    store.insert(RAW, rows(observed()))
    assert store.repeats(list(range(2**64 - 2_000, 2**64))) == []


def test_figures_keep_what_was_sent_and_its_note(store: Store) -> None:
    store.insert(RAW, rows(observed("41.50", note="快报数")))
    ((vintage,),) = (figure.vintages for figure in store.figures([SERIES]))
    assert (vintage.sent_value, vintage.sent_unit, vintage.note) == ("41.50", "万辆", "快报数")


def test_a_deletion_is_the_newest_vintage(store: Store) -> None:
    gone = observed(None, id="gone", recordedtime="2024-09-01T00:00:00+08:00")
    store.insert(RAW, rows(observed(), gone))
    assert store.figures([SERIES])[0].vintages[-1].value is None


def test_figures_keep_every_digit(store: Store) -> None:
    value = "1234567890123456789012345678.0123456789"
    store.insert(RAW, rows(observed(value)))
    assert store.figures([SERIES])[0].vintages[-1].value == Decimal(value)


def test_times_come_back_in_utc_to_the_microsecond(store: Store) -> None:
    store.insert(RAW, rows(observed(recordedtime="2024-07-10T09:00:00.123456+08:00")))
    moment = datetime(2024, 7, 10, 1, 0, 0, 123456, tzinfo=UTC)
    (figure,) = store.figures([SERIES])
    assert [v.recorded_at for v in figure.vintages] == [moment]
    assert figure.received_at == RECEIVED


def test_series_are_found_by_figure_or_target(store: Store) -> None:
    store.insert(RAW, rows(defined(), observed(), target(entity="wujin", target="w")))
    assert sorted(store.series_of(["vehicle_output"])) == [SERIES, ("vehicle_output", "wujin")]
    assert store.offsets() == {0: 0}


def test_many_series_are_read_back_at_once(store: Store) -> None:
    store.insert(RAW, rows(observed()))
    many = [("vehicle_output", f"town-{n}") for n in range(2_000)]
    assert len(store.figures([*many, SERIES])) == 1


def test_nothing_is_no_insert(store: Store) -> None:
    store.insert(RAW, [])
    assert store.figures([SERIES]) == []
