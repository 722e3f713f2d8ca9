"""Arrivals and their receipts age by month of receipt when told so; what they rest on stays, and
the books of what is kept balance."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.records.books import Balance, EventVerdict, Receipt, Verdict
from services.aggregate.audit import Auditor
from services.aggregate.decode import RawRow, decode
from services.aggregate.memory import MemoryOutlet
from services.aggregate.migrate import definitions
from services.aggregate.record_tables import RECEIPTS, receipt_row
from services.aggregate.retention import AGING, Months, keep_raw
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import RAW
from tests.builders import defined, observed, raw_event, record, target
from tests.integration.embedded_clickhouse import with_tables

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=900)
YOUNG = NOW - timedelta(minutes=5)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    with with_tables(tmp_path) as (writer, _):
        yield writer


def receive(client: Any, receipt: str, at: datetime, *events: bytes, entered: bool = True) -> None:
    """A request that was taken: its lines, and its receipt if it was `entered`."""
    store = ClickHouseStore(client)
    found = decode(0, int(at.timestamp() * 1000), record(*events).value or b"")
    rows = [row._replace(receipt=receipt, received_at=at) for row in found if type(row) is RawRow]
    assert len(rows) == len(events)
    store.insert(RAW, rows)
    books = Receipt(
        receipt=receipt,
        department="stats",
        received_at=at,
        received=len(rows),
        accepted=len(rows),
        duplicate=0,
        rejected=0,
        events=tuple(
            EventVerdict(index=i, id=row.event_id, source=row.source, verdict=Verdict.ACCEPTED)
            for i, row in enumerate(rows)
        ),
    )
    if entered:
        store.insert(RECEIPTS, [receipt_row(books)])


def two_months(client: Any) -> None:
    """Definitions, a target and figures of long ago, and figures of now."""
    town = raw_event("entity.defined", {"entity": "x", "kind": "town", "name_zh": "x"}, id="town")
    receive(client, "long ago", LONG_AGO, defined(), town, target(), observed(id="old"))
    later = LONG_AGO + timedelta(seconds=1)
    receive(client, "unentered", later, observed(id="lone"), entered=False)
    receive(client, "young", YOUNG, observed("7", id="young"), observed("8", id="younger"))


def age(client: Any, months: Months) -> None:
    keep_raw(months, definitions(client), client.command)
    for table in AGING:
        client.command(f"OPTIMIZE TABLE {table} FINAL")


def shown(client: Any, query: str) -> list[Any]:
    return [row[0] for row in client.query(query).result_rows]


def differing(client: Any) -> list[Balance]:
    """What the auditor says of every department after two looks."""
    outlet = MemoryOutlet()
    auditor = Auditor(ClickHouseStore(client), outlet, lambda: NOW, threading.Event())
    auditor.look()
    auditor.look()
    told = [Balance.model_validate_json(value) for _, value in outlet.published["indicators"]]
    return [one for one in told if one.days]


RECEIPTS_SHOWN = "SELECT (receipt, complete) FROM bi.receipts ORDER BY receipt"
EVENTS_SHOWN = "SELECT event_id FROM bi.observations ORDER BY event_id"
ENTERED = "SELECT receipt FROM pacekeeper.receipts ORDER BY receipt"
DIFFERENCE = "SELECT sum(abs(difference)) FROM bi.ledger"


def holds_whatever_is_kept(client: Any) -> None:
    """What must be so with every setting."""
    assert len(shown(client, "SELECT indicator FROM bi.indicators")) == 1
    assert shown(client, "SELECT entity FROM bi.entities") == ["x"]
    assert len(shown(client, "SELECT target FROM bi.targets")) == 1
    assert shown(client, DIFFERENCE) == [0]
    assert differing(client) == []


def test_old_figures_go_and_what_figures_rest_on_stays(client: Any) -> None:
    two_months(client)
    age(client, 12)
    assert shown(client, EVENTS_SHOWN) == ["young", "younger"]
    assert shown(client, ENTERED) == ["young"]
    # Of a figure that rests on a target a receipt waits for its judgement, which nobody made here.
    stored = "SELECT (receipt, accepted, stored) FROM bi.receipts"
    assert shown(client, stored) == [("young", 2, 2)]
    holds_whatever_is_kept(client)


def test_the_books_balance_while_the_engine_has_dropped_but_a_part(client: Any) -> None:
    keep_raw(12, definitions(client), client.command)
    client.command("SYSTEM STOP TTL MERGES pacekeeper.receipts")
    two_months(client)
    client.command("OPTIMIZE TABLE pacekeeper.raw FINAL")
    assert shown(client, EVENTS_SHOWN) == ["young", "younger"]
    assert shown(client, ENTERED) == ["long ago", "young"]
    holds_whatever_is_kept(client)


def test_a_receipt_of_a_kept_month_is_complete(client: Any) -> None:
    receive(client, "long ago", LONG_AGO, observed(id="old"))
    receive(client, "young", YOUNG, observed("7", id="young"))
    age(client, 12)
    assert shown(client, RECEIPTS_SHOWN) == [("young", True)]


def test_without_the_setting_nothing_is_dropped(client: Any) -> None:
    two_months(client)
    age(client, "keep")
    assert shown(client, EVENTS_SHOWN) == ["lone", "old", "young", "younger"]
    receipts = shown(client, "SELECT receipt FROM bi.receipts ORDER BY receipt")
    assert receipts == ["long ago", "unentered", "young"]
    assert shown(client, "SELECT count() FROM pacekeeper.raw_kept") == [0]
    holds_whatever_is_kept(client)


def test_the_books_never_reach_back_to_what_may_be_gone(client: Any) -> None:
    since = "SELECT since FROM pacekeeper.books_since"
    age(client, 12)
    (kept,) = shown(client, since)
    for months in (24, "keep"):
        age(client, months)
        assert shown(client, since) == [kept]
    assert not any("TTL " in definitions(client)[table] for table in AGING)
    age(client, 6)
    assert shown(client, since) > [kept]


def test_a_start_with_the_same_setting_changes_nothing(client: Any) -> None:
    said: list[str] = []
    keep_raw(12, definitions(client), client.command)
    keep_raw(12, definitions(client), said.append)
    assert not any(one.startswith("ALTER") for one in said)
    client.command(said[0])
    assert shown(client, "SELECT months FROM pacekeeper.raw_kept") == [12]
