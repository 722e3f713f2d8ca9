"""An alert on a series or on a department's books lasts as long as its grounds."""

from datetime import UTC, date, datetime, timedelta

from schemas.records.alert import AlertChanged, AlertState
from schemas.records.assessment import Lamp
from schemas.records.books import Balance, DayOfBooks, Refused
from schemas.records.dossier import OpenFinding
from services.alerts.domain.grounds import Ground, Subject, of_books, of_rejects, of_series, stand
from services.alerts.domain.state import TargetState
from tests.unit.judging import dossier

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
SERIES = Subject("finding", "vehicle_output", "changzhou", "czgxj", Lamp.YELLOW)


def ground(id: str, period: str = "2024-06", *basis: str) -> Ground:
    return Ground(id, AT, period, f"疑点 {id}", f"finding {id}", basis)


def moved(state: TargetState, *grounds: Ground) -> tuple[TargetState, AlertChanged]:
    state, (changed,) = stand(state, SERIES, grounds, LATER)
    return state, changed


def opened() -> tuple[TargetState, AlertChanged]:
    return moved(TargetState(), ground("a", "2024-05", "e-1", "e-2"))


def test_without_grounds_there_is_no_alert() -> None:
    assert stand(TargetState(), SERIES, [], AT) == (TargetState(), ())


def test_a_ground_opens_one_that_says_what_is_wrong() -> None:
    _, changed = opened()
    assert (changed.kind, changed.state, changed.reason, changed.seq) == (
        "finding",
        AlertState.OPEN,
        "finding",
        1,
    )
    assert (changed.indicator, changed.entity, changed.target) == (
        "vehicle_output",
        "changzhou",
        "",
    )
    assert (changed.lead, changed.severity, changed.opened_period) == ("czgxj", "medium", "2024-05")
    assert [(note.text, note.at) for note in changed.notes] == [("疑点 a / finding a", AT)]
    assert changed.basis == ("e-1", "e-2")


def test_the_same_grounds_change_nothing() -> None:
    state, _ = opened()
    assert stand(state, SERIES, [ground("a", "2024-05", "e-1")], LATER) == (state, ())


def test_another_ground_moves_it_and_is_told_alone() -> None:
    state, first = opened()
    state, changed = moved(state, ground("a", "2024-05", "e-1"), ground("b", "2024-06", "e-3"))
    assert (changed.alert, changed.seq, changed.reason) == (first.alert, 2, "still_finding")
    assert (changed.period, changed.opened_period) == ("2024-06", "2024-05")
    assert [note.text for note in changed.notes] == ["疑点 a / finding a", "疑点 b / finding b"]
    assert changed.basis == ("e-1", "e-3")
    assert changed.opened_at == LATER


def test_one_ground_less_moves_it_too() -> None:
    state, _ = moved(TargetState(), ground("a"), ground("b"))
    _, changed = moved(state, ground("b"))
    assert (changed.state, len(changed.notes)) == (AlertState.OPEN, 2)


def test_it_closes_with_its_last_ground() -> None:
    state, first = opened()
    state, changed = moved(state)
    assert (changed.alert, changed.state) == (first.alert, AlertState.CLOSED)
    assert (changed.reason, changed.closed_at) == ("finding_ended", LATER)
    assert stand(state, SERIES, [], LATER) == (state, ())


def test_a_ground_after_that_opens_another_one() -> None:
    state, first = opened()
    state, _ = moved(state)
    _, second = moved(state, ground("a"))
    assert first.alert.endswith("-1")
    assert second.alert == first.alert[:-1] + "2"
    assert [note.text for note in second.notes] == ["疑点 a / finding a"]


def test_what_somebody_did_about_it_stays() -> None:
    state, first = opened()
    taken = first.model_copy(
        update={"state": AlertState.ACKNOWLEDGED, "acknowledged_by": "li", "command_id": "c-1"}
    )
    alert = state.alerts["finding"].model_copy(update={"last": taken})
    state = state.model_copy(update={"alerts": {"finding": alert}})
    _, changed = moved(state, ground("a"), ground("b"))
    assert (changed.state, changed.acknowledged_by) == (AlertState.ACKNOWLEDGED, "li")
    assert (changed.command_id, changed.by) == ("", "data")


def test_many_grounds_are_counted_not_listed() -> None:
    _, changed = moved(TargetState(), *(ground(f"g{n}") for n in range(8)))
    assert len(changed.notes) == 6
    assert changed.notes[-1].text == "另有 3 项 / and 3 more"


def test_the_owner_is_asked_about_a_series() -> None:
    finding = OpenFinding(
        finding="f-1",
        kind="late_report",
        at=AT,
        period="2024-06",
        detail_zh="迟报",
        detail_en="late",
    )
    asked = dossier([]).model_copy(update={"findings": (finding,)})
    subject, grounds = of_series(asked)
    assert subject == SERIES
    assert grounds == [Ground("f-1", AT, "2024-06", "迟报", "late")]


def test_books_name_each_day_that_differs() -> None:
    day = DayOfBooks(
        day=date(2026, 1, 4), received=9, duplicate=1, rejected=2, stored=5, difference=1
    )
    subject, (found,) = of_books(Balance(department="czgxj", at=AT, days=(day,)))
    assert (subject.kind, subject.indicator, subject.entity) == ("books", "", "czgxj")
    assert (found.id, found.period) == ("2026-01-04", "2026-01-04")
    assert found.zh.startswith("2026-01-04 账目差额 1：收到 9，重复 1，退回 2，入库 5")
    assert "differ by 1: 9 received, 1 duplicate, 2 rejected, 5 stored" in found.en
    _, (changed,) = stand(TargetState(), subject, [found], AT)
    assert (changed.severity, changed.lead) == ("high", "")


def refused(count: int, *codes: str) -> Balance:
    said = Refused(
        count=count,
        codes=codes,
        received_at=AT,
        event_id="",
        code=codes[-1],
        field="",
        message_zh="无法读取",
        message_en="cannot be read",
    )
    return Balance(department="czgxj", at=AT, refused=said)


def test_what_is_refused_is_its_departments_to_mend() -> None:
    subject, (found,) = of_rejects(refused(2, "malformed"))
    assert (subject.kind, subject.indicator, subject.entity) == ("rejected", "", "czgxj")
    assert found.period == "2026-01-05"
    assert "2 条报送被退回，尚未改正；最近一条 2026-01-05（malformed）无法读取；" in found.zh
    assert "2 refused and not mended; the newest on 2026-01-05 (malformed): cannot be" in found.en
    _, (changed,) = stand(TargetState(), subject, [found], AT)
    assert (changed.severity, changed.lead) == ("medium", "czgxj")
    assert of_rejects(Balance(department="czgxj", at=AT)) == (subject, [])


def test_a_flood_of_refusals_moves_the_alert_a_few_times() -> None:
    counts = [1, 2, 3, 10, 11, 19, 20, 99, 100, 150, 200, 1_000_000, 1_999_999]
    grounds = [of_rejects(refused(count, "malformed"))[1][0].id for count in counts]
    assert [int(ground.split(":")[0]) for ground in grounds] == [
        *(1, 2, 3, 10, 10, 10, 20, 90, 100, 100, 200, 1_000_000, 1_000_000)
    ]
    assert grounds[0] != of_rejects(refused(1, "future", "malformed"))[1][0].id


def test_subjects_have_alerts_of_their_own() -> None:
    names = [("a-b", "c"), ("a", "b-c"), ("", "a")]
    ids = {Subject("finding", *name, "", Lamp.YELLOW).alert(1) for name in names}
    assert len(ids) == 3
