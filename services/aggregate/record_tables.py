"""The records of the books, of the judge and of notices as rows of their tables."""

from typing import Any
from zoneinfo import ZoneInfo

from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment, Judged
from schemas.records.books import Receipt, Rejected, Resubmitted
from schemas.records.notice import Notice
from services.aggregate.tables import table

_SHANGHAI = ZoneInfo("Asia/Shanghai")

RESUBMITTED = table("pacekeeper.resubmitted", "department id receipt at")


def resubmitted_row(r: Resubmitted) -> tuple[Any, ...]:
    """A row of RESUBMITTED."""
    return (r.department, r.id, r.receipt, r.at)


RECEIPTS = table(
    "pacekeeper.receipts",
    "receipt department received_at received accepted duplicate rejected event_index event_id"
    " event_source event_verdict event_code",
)


def receipt_row(r: Receipt) -> tuple[Any, ...]:
    """A row of RECEIPTS."""
    return (
        r.receipt,
        r.department,
        r.received_at,
        r.received,
        r.accepted,
        r.duplicate,
        r.rejected,
        [e.index for e in r.events],
        [e.id or "" for e in r.events],
        [e.source or "" for e in r.events],
        [e.verdict.value for e in r.events],
        [e.code or "" for e in r.events],
    )


REJECTED = table(
    "pacekeeper.rejected",
    "id receipt department received_at line event_id code field message_zh message_en raw"
    " coordinates",
)


def rejected_row(r: Rejected) -> tuple[Any, ...]:
    """A row of REJECTED."""
    return (
        r.id,
        r.receipt,
        r.department,
        r.received_at,
        r.index,
        r.event_id or "",
        r.code,
        r.field,
        r.message_zh,
        r.message_en,
        r.raw,
        r.coordinates,
    )


ASSESSMENTS = table(
    "pacekeeper.assessments",
    "target period version as_of indicator entity scope period_end actual expected gap pace"
    " required_rate forecast forecast_low forecast_high p_meet lamp scheme method"
    " trajectory_used reason reason_zh reason_en basis assessed_at sequence retracted",
)


def assessment_row(a: Assessment) -> tuple[Any, ...]:
    """A row of ASSESSMENTS."""
    return (
        a.target,
        a.period,
        a.version,
        a.as_of,
        a.indicator,
        a.entity,
        a.scope,
        a.period_end,
        a.actual,
        a.expected,
        a.gap,
        None if a.pace is None else float(a.pace),
        a.required_rate,
        a.forecast,
        a.forecast_low,
        a.forecast_high,
        None if a.p_meet is None else float(a.p_meet),
        a.lamp.value,
        a.scheme,
        a.method,
        a.trajectory_used,
        a.reason,
        a.reason_zh,
        a.reason_en,
        list(a.basis),
        a.assessed_at,
        a.sequence,
        a.superseded,
    )


JUDGED = table(
    "pacekeeper.judged", "indicator entity kafka_partition kafka_offset through sequence"
)


def judged_row(j: Judged) -> tuple[Any, ...]:
    """A row of JUDGED. What is derived may lie in a partition that has no record yet."""
    through = {j.partition: j.offset} | j.through
    stored = {partition: offset for partition, offset in through.items() if offset >= 0}
    return (j.indicator, j.entity, j.partition, max(j.offset, 0), stored, j.sequence)


ALERTS = table(
    "pacekeeper.alerts",
    "alert seq target kind indicator entity state reason by at lamp severity opened_at"
    " opened_period period gap lead responsible supervisor due_on acknowledged_by"
    " acknowledged_at notes closed_at reopened basis command_id record",
)


def alert_row(a: AlertChanged) -> tuple[Any, ...]:
    """A row of ALERTS."""
    return (
        a.alert,
        a.seq,
        a.target,
        a.kind,
        a.indicator,
        a.entity,
        a.state.value,
        a.reason,
        a.by,
        a.at,
        a.lamp.value,
        a.severity,
        a.opened_at,
        a.opened_period,
        a.period,
        a.gap,
        a.lead,
        list(a.responsible),
        a.supervisor,
        a.due_on,
        a.acknowledged_by,
        a.acknowledged_at,
        [f"{n.at.astimezone(_SHANGHAI):%Y-%m-%d %H:%M} {n.by}: {n.text}" for n in a.notes],
        a.closed_at,
        a.reopened,
        list(a.basis),
        a.command_id,
        a.model_dump_json(),
    )


NOTICES = table(
    "pacekeeper.notices",
    "notice receiver alert seq at state attempts error body rank",
)


def notice_row(n: Notice) -> tuple[Any, ...]:
    """A row of NOTICES: delivered outranks dead, dead outranks pending."""
    rank = ("pending", "dead", "delivered").index(n.state)
    return (n.notice, n.receiver, n.alert, n.seq, n.at, n.state, n.attempts, n.error, n.body, rank)
