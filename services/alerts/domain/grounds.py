"""Alerts that last as long as their grounds do: what looks wrong in a series, books that differ,
events that were refused.

Nothing is judged here: somebody else says what is wrong, in words, and when it no longer is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from schemas.data import TargetSet
from schemas.records.alert import AlertChanged, AlertState, Note
from schemas.records.assessment import Lamp
from schemas.records.books import Balance
from schemas.records.dossier import Dossier
from services.alerts.domain.loop import DATA, alert_id, severity
from services.alerts.domain.state import Alert, TargetState
from services.series.months import day_in_china

FINDING = "finding"
BOOKS = "books"
REJECTED = "rejected"
# One transition says no more than this; the rest stands in the views.
_NOTES = 5


@dataclass(frozen=True)
class Ground:
    """One thing that is wrong since `at`; its id is the same as long as it is the same thing."""

    id: str
    at: datetime
    period: str
    zh: str
    en: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What an alert is about: a target, a series, or a department as the entity of no indicator."""

    kind: str
    indicator: str
    entity: str
    lead: str
    lamp: Lamp
    target: TargetSet | None = None

    def alert(self, number: int) -> str:
        """The id of its n-th alert; the same on every replay."""
        if self.target is not None:
            return alert_id(self.target.target, self.kind, number)
        name = f"{self.indicator}|{self.entity}".encode()
        return f"{self.kind}-{blake2b(name, digest_size=10).hexdigest()}-{number}"


def of_series(dossier: Dossier) -> tuple[Subject, list[Ground]]:
    """What looks wrong in a series is its owner's to explain or to correct."""
    indicator = dossier.indicator
    subject = Subject(
        FINDING, indicator.indicator, dossier.entity, indicator.owner or "", Lamp.YELLOW
    )
    return subject, [
        Ground(one.finding, one.at, one.period, one.detail_zh, one.detail_en, one.event_ids)
        for one in dossier.findings
    ]


def of_books(balance: Balance) -> tuple[Subject, list[Ground]]:
    """Books that differ are the operators' to look into."""
    subject = Subject(BOOKS, "", balance.department, "", Lamp.RED)
    return subject, [
        Ground(
            f"{one.day}",
            balance.at,
            f"{one.day}",
            f"{one.day} 账目差额 {one.difference}：收到 {one.received}，重复 {one.duplicate}，"
            f"退回 {one.rejected}，入库 {one.stored}；请核对该日回执与入库记录",
            f"the books of {one.day} differ by {one.difference}: {one.received} received,"
            f" {one.duplicate} duplicate, {one.rejected} rejected, {one.stored} stored;"
            " compare that day's receipts with what is stored",
        )
        for one in balance.days
    ]


def of_rejects(balance: Balance) -> tuple[Subject, list[Ground]]:
    """Events that were refused are their department's to mend and send again.

    All of them are one ground, another one with every code and with every count of one digit and
    zeros (9, 10, 20 … 100): a feed that is refused day and night is told a few dozen times.
    """
    subject = Subject(REJECTED, "", balance.department, balance.department, Lamp.YELLOW)
    refused = balance.refused
    if refused is None:
        return subject, []
    unit = 10 ** (len(f"{refused.count}") - 1)
    day = f"{day_in_china(refused.received_at)}"
    place = tuple(filter(None, (refused.event_id, refused.field)))
    zh, en = ("：".join((*place, refused.message_zh)), ": ".join((*place, refused.message_en)))
    ground = Ground(
        f"{refused.count // unit * unit}:{'+'.join(refused.codes)}",
        refused.received_at,
        day,
        f"{refused.count} 条报送被退回，尚未改正；最近一条 {day}（{refused.code}）{zh}；"
        "请改正后用原编号再报，或按退回编号重报",
        f"{refused.count} refused and not mended; the newest on {day} ({refused.code}): {en};"
        " mend it and send it again under its id, or resubmit it",
    )
    return subject, [ground]


# What is said of a department: one entry per kind of alert.
OF_DEPARTMENT = (of_books, of_rejects)


def stand(
    state: TargetState,
    subject: Subject,
    grounds: Sequence[Ground],
    at: datetime,
    ended: str = "",
) -> tuple[TargetState, tuple[AlertChanged, ...]]:
    """The subject's alert under these grounds, the newest of them last.

    `ended` is why there are none, if there is more to say than that. One that was opened again
    without a ground is closed again.
    """
    before = state.alerts.get(subject.kind)
    active = before if before is not None and before.active else None
    known = active.last.grounds if active else ()
    if {ground.id for ground in grounds} == set(known) and (known or active is None):
        return state, ()
    opened = state.opened
    if active is None:
        number = opened.get(subject.kind, 0) + 1
        opened = opened | {subject.kind: number}
        last = _opened(subject, number, grounds[-1].period, at)
    else:
        last = active.last.model_copy(update={"seq": active.last.seq + 1, "command_id": ""})
    if grounds:
        said = _said(subject.kind, last, grounds, known, at)
    else:
        said = _closed(ended or f"{subject.kind}_ended", at)
    last = last.model_copy(update=said)
    alerts = state.alerts | {subject.kind: Alert(last=last)}
    return state.model_copy(update={"alerts": alerts, "opened": opened}), (last,)


def _opened(subject: Subject, number: int, period: str, at: datetime) -> AlertChanged:
    target = subject.target
    return AlertChanged(
        alert=subject.alert(number),
        seq=1,
        target=target.target if target else "",
        kind=subject.kind,
        indicator=subject.indicator,
        entity=subject.entity,
        state=AlertState.OPEN,
        reason=subject.kind,
        by=DATA,
        at=at,
        lamp=subject.lamp,
        severity=severity(subject.lamp),
        opened_at=at,
        opened_period=period,
        period=period,
        lead=subject.lead,
        responsible=target.responsible if target else (),
        supervisor=(target.supervisor if target else None) or "",
    )


def _said(
    kind: str, last: AlertChanged, grounds: Sequence[Ground], known: Sequence[str], at: datetime
) -> dict[str, Any]:
    """What this transition says: which grounds there are now, the new ones in words."""
    new = [ground for ground in grounds if ground.id not in known]
    return {
        "by": DATA,
        "at": at,
        "grounds": tuple(ground.id for ground in grounds),
        "reason": kind if last.seq == 1 else f"still_{kind}",
        "period": grounds[-1].period,
        "notes": (*last.notes, *_notes(new)),
        "basis": tuple(dict.fromkeys(event for ground in grounds for event in ground.basis)),
    }


def _closed(reason: str, at: datetime) -> dict[str, Any]:
    """Nothing is wrong any more."""
    closed = {"state": AlertState.CLOSED, "reason": reason, "closed_at": at}
    return closed | {"by": DATA, "at": at, "grounds": ()}


def _notes(new: Sequence[Ground]) -> list[Note]:
    notes = [Note(by=DATA, at=one.at, text=f"{one.zh} / {one.en}") for one in new[:_NOTES]]
    if more := len(new) - len(notes):
        notes.append(Note(by=DATA, at=new[-1].at, text=f"另有 {more} 项 / and {more} more"))
    return notes
