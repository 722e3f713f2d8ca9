"""The audit role: what still differs at a second look is told, and that it balances again too."""

import threading
from datetime import UTC, date, datetime, timedelta

from schemas.records.books import Balance, Receipt, Rejected
from services.aggregate.audit import Auditor
from services.aggregate.decode import RawRow, decode
from services.aggregate.memory import MemoryOutlet, MemoryStore
from services.aggregate.record_tables import (
    RECEIPTS,
    REJECTED,
    RESUBMITTED,
    receipt_row,
    rejected_row,
)
from services.aggregate.store import DepartmentDay
from services.aggregate.tables import RAW
from tests.builders import RECEIVED, observed, record

SOON = RECEIVED + timedelta(minutes=2)


class Counted(MemoryStore):
    """Remembers from when on it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.since: list[datetime] = []

    def days_of_books(self, since: datetime, before: datetime) -> list[DepartmentDay]:
        self.since.append(since)
        return super().days_of_books(since, before)


class Bench:
    """An auditor over a memory store; `now` is set by hand."""

    def __init__(self) -> None:
        self.store, self.outlet, self.now = Counted(), MemoryOutlet(), SOON
        self.stop = threading.Event()
        self.auditor = Auditor(self.store, self.outlet, lambda: self.now, self.stop)

    def receive(self, receipt: str = "r-1", department: str = "stats", **changed: int) -> None:
        counts = {"received": 1, "accepted": 1, "duplicate": 0, "rejected": 0} | changed
        given = Receipt(
            receipt=receipt, department=department, received_at=RECEIVED, events=(), **counts
        )
        self.store.insert(RECEIPTS, [receipt_row(given)])

    def keep(self) -> None:
        rows = decode(0, 0, record(observed()).value or b"")
        self.store.insert(RAW, [row for row in rows if isinstance(row, RawRow)])

    def refuse(self) -> None:
        given = Rejected(
            id="r-1-0",
            receipt="r-1",
            department="stats",
            received_at=RECEIVED,
            index=0,
            event_id="e-1",
            code="unknown_unit",
            field="data.unit",
            message_zh="不认识单位",
            message_en="the unit is not known",
            raw="{}",
        )
        self.store.insert(REJECTED, [rejected_row(given)])

    def look(self, times: int = 1) -> list[Balance]:
        before = len(self.outlet.published["indicators"])
        for _ in range(times):
            self.auditor.look()
        published = self.outlet.published["indicators"][before:]
        told = [Balance.model_validate_json(value) for _, value in published]
        assert [key for key, _ in published] == [f"|{one.department}".encode() for one in told]
        return told


def test_books_that_balance_are_told_once_so_that_an_alert_can_close() -> None:
    bench = Bench()
    bench.receive()
    bench.keep()
    assert bench.look(3) == [Balance(department="stats", at=SOON)]


def test_a_difference_is_told_at_the_second_look() -> None:
    bench = Bench()
    bench.receive(received=4, accepted=1, duplicate=1, rejected=2)
    assert bench.look() == []
    (told,) = bench.look()
    (day,) = told.days
    assert (day.day, day.difference) == (date(2026, 1, 2), 1)
    assert (day.received, day.duplicate, day.rejected, day.stored) == (4, 1, 2, 0)
    assert bench.look(2) == []


def test_a_difference_that_was_only_under_way_is_not_told() -> None:
    bench = Bench()
    bench.receive()
    bench.look()
    bench.keep()
    assert [one.days for one in bench.look(2)] == [()]


def test_what_is_stored_later_balances_the_books() -> None:
    bench = Bench()
    bench.receive()
    bench.look(2)
    bench.keep()
    bench.now += timedelta(days=30)
    assert bench.look() == [Balance(department="stats", at=bench.now)]


def test_what_was_received_within_a_minute_is_not_looked_at() -> None:
    bench = Bench()
    bench.receive()
    bench.now = RECEIVED + timedelta(seconds=50)
    assert bench.look(3) == []


def test_a_department_that_sends_nothing_keeps_what_was_told() -> None:
    bench = Bench()
    bench.receive()
    bench.receive("r-2", "other")
    assert [one.department for one in bench.look(2)] == ["other", "stats"]


def test_it_begins_with_everything_and_goes_on_with_the_last_days() -> None:
    bench = Bench()
    bench.receive()
    bench.keep()
    bench.look(3)
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    assert bench.store.since == [beginning, beginning, SOON - timedelta(days=2)]


def test_a_day_that_differs_is_looked_at_until_it_balances() -> None:
    bench = Bench()
    bench.receive()
    bench.look(2)
    bench.now += timedelta(days=30)
    bench.look(2)
    assert bench.store.since[-1] <= RECEIVED


def test_a_day_that_is_no_longer_kept_is_no_longer_told() -> None:
    bench = Bench()
    bench.receive()
    bench.look(2)
    bench.store.tables["pacekeeper.receipts"].clear()
    assert bench.look(2) == [Balance(department="stats", at=SOON)]


def test_what_is_refused_is_told_with_the_second_look_and_until_it_is_mended() -> None:
    bench = Bench()
    bench.refuse()
    assert bench.look() == []
    (told,) = bench.look()
    assert (told.department, told.days) == ("stats", ())
    assert told.refused is not None
    assert (told.refused.count, told.refused.code) == (1, "unknown_unit")
    assert bench.look(2) == []
    bench.store.insert(RESUBMITTED, [("stats", "r-1-0", "r-2", SOON)])
    assert bench.look() == [Balance(department="stats", at=SOON)]
    assert bench.look() == []


def test_what_was_refused_a_month_ago_is_history() -> None:
    bench = Bench()
    bench.refuse()
    bench.look(2)
    bench.now += timedelta(days=31)
    assert bench.look() == [Balance(department="stats", at=bench.now)]


def test_days_that_differ_stay_told_beside_what_is_refused() -> None:
    bench = Bench()
    bench.receive()
    ((day,),) = (one.days for one in bench.look(2))
    bench.refuse()
    (told,) = bench.look()
    assert told.days == (day,)
    assert told.refused is not None


def test_a_store_that_is_away_is_asked_another_time() -> None:
    bench = Bench()
    bench.store.away = 1
    asked = threading.Event()

    def clock() -> datetime:
        asked.set()
        return SOON

    auditor = Auditor(bench.store, bench.outlet, clock, bench.stop)
    thread = threading.Thread(target=auditor.run)
    thread.start()
    assert asked.wait(10)
    bench.stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert bench.outlet.published == {}
