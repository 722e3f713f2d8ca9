"""Receipts and rejects through the front door: whose they are, how far they are, sent again."""

from datetime import UTC, datetime

import pytest

from schemas.records.books import Verdict
from services.ingest.books import EventState, MemoryBooks, Progress, RejectedRow
from services.ingest.receipts import Entry, RecentReceipts
from services.runtime.errors import AwayError
from tests.builders import observed
from tests.unit.ingest_front_door import BATCH, FrontDoor, batch


def row(id_: str = "r-0", department: str = "stats", raw: bytes = b"{}") -> RejectedRow:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return RejectedRow(
        id_, department, at, "unit_mismatch", "data.unit", "…", "rejected", raw.decode()
    )


class AwayBooks(MemoryBooks):
    """Books of an engine that does not answer."""

    async def receipt(self, receipt: str) -> Progress | None:
        raise AwayError("no engine")

    async def rejected(self, department: str | None, limit: int, before: str) -> list[RejectedRow]:
        raise AwayError("no engine")


def go_away(door: FrontDoor) -> None:
    door.books.__class__ = AwayBooks


def test_a_fresh_receipt_says_what_was_answered(door):
    sent = batch(observed(id="a"), observed(id="a"), b"7")
    receipt = door.post(sent, BATCH).json()["receipt"]
    answer = door.call("GET", f"/v1/receipts/{receipt}")
    assert answer.status_code == 200
    assert answer.json() == {
        "receipt": receipt,
        "complete": False,
        "events": [
            {"id": "a", "state": "accepted"},
            {"id": "a", "state": "duplicate"},
            {"index": 2, "state": "rejected", "code": "malformed"},
        ],
    }


def test_a_receipt_without_accepted_events_is_complete_at_once(door):
    receipt = door.post(observed("x")).json()["receipt"]
    assert door.call("GET", f"/v1/receipts/{receipt}").json()["complete"] is True


def test_the_tables_know_better_how_far_a_receipt_is(door):
    receipt = door.post(observed()).json()["receipt"]
    states = (EventState(0, "e-1", "assessed"), EventState(1, None, "rejected", "malformed"))
    door.books.receipts[receipt] = Progress("stats", True, states)
    assert door.call("GET", f"/v1/receipts/{receipt}").json() == {
        "receipt": receipt,
        "complete": True,
        "events": [
            {"id": "e-1", "state": "assessed"},
            {"index": 1, "state": "rejected", "code": "malformed"},
        ],
    }


def test_with_the_engine_away_a_fresh_receipt_is_answered_and_an_old_one_is_503(door):
    receipt = door.post(observed()).json()["receipt"]
    go_away(door)
    assert door.call("GET", f"/v1/receipts/{receipt}").json()["complete"] is False
    answer = door.call("GET", "/v1/receipts/old")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert door.call("GET", "/v1/rejected").status_code == 503


def test_a_department_sees_its_own_receipts_only(door):
    own, stranger = door.key("observe"), door.key("observe", department="czgxj")
    receipt = door.post(observed(), key=own).json()["receipt"]
    path = f"/v1/receipts/{receipt}"
    assert door.call("GET", path, key=own).status_code == 200
    assert door.call("GET", path).status_code == 200
    assert door.call("GET", path, key=stranger).status_code == 404
    assert door.call("GET", path, key=None).status_code == 401
    assert door.call("GET", "/v1/receipts/nobody").status_code == 404


def test_rejects_are_listed_newest_first_page_by_page(door):
    door.books.rejects += [row("r-1"), row("r-3"), row("r-2", "czgxj")]
    reader = door.key("read")
    mine = door.call("GET", "/v1/rejected", key=reader).json()
    assert [r["id"] for r in mine["rejected"]] == ["r-3", "r-1"]
    assert mine["next"] is None
    page = door.call("GET", "/v1/rejected?limit=2").json()
    assert ([r["id"] for r in page["rejected"]], page["next"]) == (["r-3", "r-2"], "r-2")
    page = door.call("GET", "/v1/rejected?limit=2&before=r-2").json()
    assert ([r["id"] for r in page["rejected"]], page["next"]) == (["r-1"], None)


def test_reading_rejects_needs_the_scope(door):
    assert door.call("GET", "/v1/rejected", key=door.key("observe")).status_code == 403


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "before=" + "x" * 65])
def test_a_bad_page_is_422(door, query):
    answer = door.call("GET", f"/v1/rejected?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_value"
    assert answer.json()["field"].startswith("query.")


def test_a_reject_is_sent_again_as_it_was_or_corrected(door):
    door.books.rejects.append(row(raw=observed(unit="吨")))
    again = door.call("POST", "/v1/rejected/r-0/resubmit")
    assert again.status_code == 422
    assert again.json()["events"][0]["code"] == "unit_mismatch"
    assert "resubmitted" not in {line.get("kind") for line in door.lines("events.rejected")}
    corrected = door.call("POST", "/v1/rejected/r-0/resubmit", observed())
    assert corrected.status_code == 202
    assert corrected.json()["accepted"] == 1
    assert door.lines("events")[-1]["canonicalvalue"] == "41.5"
    told = door.lines("events.rejected")[-1]
    assert (told["kind"], told["id"], told["receipt"]) == (
        "resubmitted",
        "r-0",
        corrected.json()["receipt"],
    )


def test_only_its_department_sends_a_reject_again(door):
    door.books.rejects.append(row(raw=observed()))
    stranger = door.key("observe", department="czgxj")
    path = "/v1/rejected/r-0/resubmit"
    assert door.call("POST", path, key=stranger).status_code == 404
    assert door.call("POST", path, key=door.key("observe")).status_code == 202
    assert door.call("POST", "/v1/rejected/none/resubmit").status_code == 404


def test_a_text_that_was_cut_is_not_sent_again(door):
    door.books.rejects.append(row(raw=b"x" * 65_536))
    answer = door.call("POST", "/v1/rejected/r-0/resubmit")
    assert answer.status_code == 422
    assert "64 KiB" in answer.json()["message"]["en"]


def test_an_unreadable_or_too_large_correction_is_a_problem(door):
    door.books.rejects.append(row(raw=observed()))
    path = "/v1/rejected/r-0/resubmit"
    assert door.call("POST", path, b"{").status_code == 400
    assert door.call("POST", path, b" " * (1024 * 1024 + 1)).status_code == 413


def test_the_oldest_receipts_are_forgotten_beyond_a_number_of_events():
    kept = RecentReceipts(events=3)
    for name, events in (("a", 1), ("b", 2), ("c", 2)):
        told = [{"index": i, "verdict": Verdict.DUPLICATE} for i in range(events)]
        books = Entry(name, "stats", datetime(2026, 1, 1, tzinfo=UTC), 0, events, 0, told)
        kept.remember(name, books.line(), events)
    assert [kept.get(name) is not None for name in "abc"] == [False, False, True]
