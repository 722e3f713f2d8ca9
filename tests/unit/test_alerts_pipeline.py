"""Batches through the bench: what is published, in which order, and after which crash."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest

from schemas.records.assessment import Judged
from schemas.records.books import Balance, DayOfBooks, Rejected
from schemas.records.dossier import OpenFinding
from services.alerts.domain.loop import Settings
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from services.alerts.watchdog import Watchdog
from tests.unit.alerts_fakes import (
    AT,
    BrokerAwayError,
    MemoryOutlet,
    arrived,
    final,
    rows,
    transitions,
)
from tests.unit.judging import at_least, dossier, fact, target

GOAL = target(at_least("100"), trajectory={"kind": "linear_months"})
MARCH, APRIL, MAY = fact("2024-03", "20"), fact("2024-04", "25"), fact("2024-05", "60")


def a_dossier(offset: int, *facts: Any, key: bytes = b"i|e", **options: Any) -> Input:
    made = dossier(list(facts), *options.get("targets", (GOAL,)))
    made = made.model_copy(update={"findings": options.get("findings", ())})
    return arrived("indicators", made.model_dump_json(by_alias=True).encode(), offset, key)


def a_balance(offset: int, *days: DayOfBooks) -> Input:
    body = Balance(department="czgxj", at=AT, days=days).model_dump_json()
    return arrived("indicators", body.encode(), offset, b"|czgxj")


LATE = OpenFinding(
    finding="f-1", kind="late_report", at=AT, period="2024-03", detail_zh="迟报", detail_en="late"
)
DIFFERS = DayOfBooks(
    day=date(2026, 1, 4), received=9, duplicate=1, rejected=2, stored=5, difference=1
)


def a_command(action: str, command_id: str, **data: Any) -> Input:
    event = {
        "specversion": "1.0",
        "id": command_id,
        "source": "urn:pacekeeper:czzfb",
        "type": "pacekeeper.alert.command.v1",
        "time": "2026-02-01T09:00:00+08:00",
        "data": {"command_id": command_id, "alert": "t-behind-1", "action": action} | data,
    }
    return arrived("alert.commands", json.dumps(event).encode())


def bench(outlet: MemoryOutlet) -> Bench:
    return Bench(outlet, Settings(), ["webhook"])


def take(worker: Bench, *inputs: Input) -> None:
    asyncio.run(worker.take(inputs))


def test_a_dossier_becomes_rows_transitions_notices_and_then_its_watermark() -> None:
    outlet = MemoryOutlet()
    take(bench(outlet), a_dossier(3, MARCH))
    names = [topic for topic, _, _ in outlet.sent]
    assert names == ["assessments", "alerts", "notices", "assessments"]
    mark = Judged.model_validate_json(outlet.sent[-1][2])
    assert (mark.partition, mark.offset, mark.entity) == (0, 7, "changzhou")
    assert (rows(outlet)[0].sequence, transitions(outlet)[0].reason) == (3, "behind")
    assert {key for _, key, _ in outlet.sent} == {b"i|e", b"t-behind-1"}


def test_only_what_says_something_new_is_published_but_every_dossier_is_marked() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet)
    take(worker, a_dossier(1, MARCH))
    outlet.sent.clear()
    take(worker, a_dossier(2, MARCH, APRIL))
    assert [row.period for row in rows(outlet)] == ["2024-04"]
    outlet.sent.clear()
    take(worker, a_dossier(3, MARCH, APRIL))
    assert [topic for topic, _, _ in outlet.sent] == ["assessments"]


def test_a_row_that_lost_its_figure_is_taken_back() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet)
    take(worker, a_dossier(1, MARCH, APRIL), a_dossier(2, MARCH))
    (taken,) = [row for row in rows(outlet) if row.superseded]
    assert (taken.period, taken.sequence, taken.assessed_at) == ("2024-04", 2, taken.assessed_at)


def test_commands_and_dossiers_share_one_state() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet)
    take(worker, a_dossier(1, MARCH), a_command("acknowledge", "c1"), a_dossier(2, MARCH, APRIL))
    take(worker, a_command("acknowledge", "c1"))
    moved = [(t.seq, t.state.value, t.reason) for t in transitions(outlet)]
    assert moved == [
        (1, "open", "behind"),
        (2, "acknowledged", "acknowledged"),
        (3, "acknowledged", "still_behind"),
    ]
    assert len(outlet.of("notices")) == 2  # nobody is told what a person did themselves


@pytest.mark.parametrize(
    "poison",
    [
        arrived("indicators", b"\xff not json", 9),
        arrived("indicators", b"{}", 9),
        arrived("indicators", b"{}", 9, b"|czgxj"),
        arrived("alert.commands", b"{}", 9),
        a_command("note", "c9", alert="nobody", note="x"),
    ],
)
def test_a_poison_record_is_put_aside_and_the_others_go_on(poison: Input) -> None:
    outlet = MemoryOutlet()
    take(bench(outlet), poison, a_dossier(10, MARCH))
    (found,) = [Rejected.model_validate_json(v) for v in outlet.of("events.rejected")]
    assert found.coordinates == poison.coordinates
    assert (found.code, found.id) == ("malformed", poison.coordinates.replace("/", "-"))
    assert len(rows(outlet)) == 1


INPUTS = (
    a_dossier(1, MARCH),
    a_command("acknowledge", "c1"),
    a_dossier(2, MARCH, APRIL),
    a_dossier(3, MARCH, APRIL, MAY),
    a_dossier(4, MARCH, MAY, findings=(LATE,)),
    a_balance(5, DIFFERS),
    a_dossier(6, MARCH, MAY),
    a_balance(7),
)


@pytest.mark.parametrize("fail_after", range(24))
@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("command_first", [False, True])
def test_a_crash_anywhere_ends_in_the_same_tables(
    fail_after: int, size: int, command_first: bool
) -> None:
    """After a crash the batch comes again, and another topic's record may come before it."""
    undisturbed = MemoryOutlet()
    take(bench(undisturbed), *INPUTS)
    outlet = MemoryOutlet(fail_after=fail_after)
    worker, position = bench(outlet), 0
    while position < len(INPUTS):
        batch = INPUTS[position : position + size]
        try:
            take(worker, *batch)
            position += size
        except BrokerAwayError:
            outlet.fail_after = None
            worker = bench(outlet)
            if command_first and position > 0:
                take(worker, INPUTS[1])
    assert final(outlet) == final(undisturbed)


def test_books_that_differ_are_an_alert_of_the_department_until_they_balance() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet)
    take(worker, a_balance(1), a_balance(2, DIFFERS), a_balance(3, DIFFERS))
    (opened,) = transitions(outlet)
    assert (opened.kind, opened.entity, opened.state) == ("books", "czgxj", "open")
    asked = a_command("request_close", "c7", alert=opened.alert)
    take(worker, Input(asked.topic, 0, 0, AT, b"|czgxj", asked.value), a_balance(4))
    refused, closed = transitions(outlet)[1:]
    assert refused.reason == "refused_still_books"
    assert (closed.state, closed.reason, closed.seq) == ("closed", "books_ended", 3)
    assert len(outlet.of("notices")) == 2


def test_what_looks_wrong_is_an_alert_of_the_series_until_it_is_answered() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet)
    take(worker, a_dossier(1, findings=(LATE,), targets=()))
    (opened,) = transitions(outlet)
    assert (opened.kind, opened.target, opened.period) == ("finding", "", "2024-03")
    take(worker, a_command("request_close", "c8", alert=opened.alert))
    assert transitions(outlet)[-1].reason == "refused_still_finding"
    take(worker, a_dossier(2, targets=()))
    assert transitions(outlet)[-1].state == "closed"


def test_a_change_of_owner_publishes_once_more_what_another_may_have_kept() -> None:
    outlet = MemoryOutlet()
    worker = bench(outlet)
    take(worker, a_dossier(1, MARCH))
    before = final(outlet)
    outlet.sent.clear()
    worker.forget()
    take(worker, a_dossier(1, MARCH))
    assert final(outlet) == before


def test_series_do_not_mix() -> None:
    outlet = MemoryOutlet()
    other = target(at_least("100"), target="u", trajectory={"kind": "linear_months"})
    take(bench(outlet), a_dossier(1, MARCH), a_dossier(2, MARCH, key=b"j|e", targets=(other,)))
    assert set(outlet.table) == {b"i|e", b"j|e"}
    assert {t.alert for t in transitions(outlet)} == {"t-behind-1", "u-behind-1"}


def test_a_stall_is_work_that_waits_while_none_is_done() -> None:
    dog = Watchdog(stalled_after=30)
    seen = [(0, 5, True), (29, 5, True), (31, 5, True), (32, 6, True), (70, 6, False)]
    seen += [(80, 6, True), (99, 6, True), (100, 6, True)]
    found = [dog.stalled(now, done, waiting) for now, done, waiting in seen]
    assert found == [False, False, True, False, False, False, False, True]
