"""The sink role: the books and the judgements into their tables."""

import threading
from datetime import UTC, datetime

from schemas.records.alert import AlertChanged, Note
from schemas.records.assessment import Assessment, Judged
from schemas.records.books import EventVerdict, Receipt, Resubmitted
from schemas.records.books import Rejected as Reject
from schemas.records.notice import Notice
from services.aggregate.memory import MemorySource, MemoryStore
from services.aggregate.sink import Sink
from services.runtime.kafka import Record

AT = datetime(2026, 1, 2, tzinfo=UTC)

RECEIPT = Receipt(
    receipt="r",
    department="stats",
    received_at=AT,
    received=2,
    accepted=1,
    duplicate=0,
    rejected=1,
    events=(
        EventVerdict(index=0, verdict="accepted", id="a", source="urn:pacekeeper:stats"),
        EventVerdict(index=1, verdict="rejected", code="bad_value", field="data.value"),
    ),
)
REJECT = Reject(
    id="r-1",
    receipt="r",
    department="stats",
    received_at=AT,
    index=1,
    event_id=None,
    code="bad_value",
    field="data.value",
    message_zh="值",
    message_en="value",
    raw="{}",
)
ASSESSMENT = Assessment(
    target="t",
    version=1,
    indicator="i",
    entity="e",
    period="2024-06",
    lamp="red",
    scheme="standard",
    reason="behind",
    reason_zh="落后",
    reason_en="behind",
    assessed_at=AT,
    sequence=3,
    pace="0.8",
)
JUDGED = Judged(indicator="i", entity="e", partition=1, offset=7, at=AT, sequence=3)
ALERT = AlertChanged(
    alert="a",
    seq=1,
    target="t",
    kind="behind",
    indicator="i",
    entity="e",
    state="open",
    reason="fell_behind",
    by="data",
    at=AT,
    lamp="red",
    severity="high",
    opened_at=AT,
    opened_period="2024-06",
    period="2024-06",
    notes=(Note(by="li", at=AT, text="在办"),),
)
NOTICE = Notice(notice="msg_1", receiver="webhook", alert="a", seq=1, at=AT, body="{}")


def record(topic: str, *models: object, offset: int = 0) -> Record:
    body = b"\n".join(m.model_dump_json().encode() for m in models)  # type: ignore[attr-defined]
    return Record(topic, 0, offset, 0, b"k", body)


def sunk(*records: Record) -> tuple[MemoryStore, MemorySource]:
    store, source = MemoryStore(), MemorySource()
    Sink(source, store, threading.Event()).sink(records)
    return store, source


def test_every_topic_has_its_table() -> None:
    store, source = sunk(
        record("receipts", RECEIPT, RECEIPT),
        record("events.rejected", REJECT),
        record("assessments", ASSESSMENT),
        record("alerts", ALERT),
        record("notices", NOTICE),
    )
    tables = store.tables
    assert [row[0] for row in tables["pacekeeper.receipts"]] == ["r", "r"]
    assert tables["pacekeeper.receipts"][0][7:] == (
        [0, 1],
        ["a", ""],
        ["urn:pacekeeper:stats", ""],
        ["accepted", "rejected"],
        ["", "bad_value"],
    )
    assert tables["pacekeeper.rejected"][0][6] == "bad_value"
    assert tables["pacekeeper.assessments"][0][11] == 0.8
    assert tables["pacekeeper.alerts"][0][22] == ["2026-01-02 08:00 li: 在办"]
    assert tables["pacekeeper.notices"][0][-1] == 0
    assert len(source.committed) == 5


def test_the_watermark_is_written_after_the_assessments_it_stands_behind() -> None:
    store, _ = sunk(record("assessments", JUDGED), record("assessments", ASSESSMENT, offset=1))
    assert list(store.tables) == ["pacekeeper.assessments", "pacekeeper.judged"]
    assert store.tables["pacekeeper.judged"] == [("i", "e", 1, 7, {1: 7}, 3)]


def test_a_record_that_cannot_be_read_is_passed_over() -> None:
    store, source = sunk(
        Record("alerts", 0, 0, 0, b"k", b"{}"),
        Record("assessments", 0, 0, 0, b"k", b"nonsense"),
        record("alerts", ALERT, offset=1),
    )
    assert len(store.tables["pacekeeper.alerts"]) == 1
    assert len(source.committed) == 3


def test_a_row_that_the_store_refuses_does_not_sink_the_others() -> None:
    store, source = MemoryStore(), MemorySource()
    store.poison = "bad"
    bad = RECEIPT.model_copy(update={"receipt": "bad"})
    Sink(source, store, threading.Event()).sink([record("receipts", RECEIPT, bad, RECEIPT)])
    assert len(store.tables["pacekeeper.receipts"]) == 2
    assert len(source.committed) == 1


def test_it_sinks_until_it_is_told_to_stop_whatever_a_rebalance_does() -> None:
    store, source, stop = MemoryStore(), MemorySource([record("alerts", ALERT)]), threading.Event()
    source.refuses_commits = True
    thread = threading.Thread(target=Sink(source, store, stop).run)
    thread.start()
    for _ in range(500):
        if store.tables["pacekeeper.alerts"]:
            break
        stop.wait(0.01)
    stop.set()
    thread.join(5)
    assert len(store.tables["pacekeeper.alerts"]) == 1


def test_a_resubmission_travels_with_the_rejects_and_has_a_table_of_its_own() -> None:
    told = Resubmitted(id="r-0", department="stats", receipt="another", at=AT)
    store, _ = sunk(record("events.rejected", told))
    assert dict(store.tables) == {"pacekeeper.resubmitted": [("stats", "r-0", "another", AT)]}
