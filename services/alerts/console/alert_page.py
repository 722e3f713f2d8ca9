"""The list of alerts and one alert's page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.alerts.console import figures
from services.alerts.console.catalogue import Catalogue
from services.alerts.console.commands import Sent, takes_long
from services.alerts.console.lamps import LampShown, shown
from services.alerts.console.overview import current
from services.alerts.console.rows import AlertRow, HistoryRow, Snapshot, TargetRow


@dataclass(frozen=True)
class AlertShown:
    """One alert in words."""

    alert: str
    target: str
    name: str
    entity_name: str
    kind: str
    state: str
    state_word: str
    is_open: bool
    severity: str
    severity_word: str
    lamp: LampShown
    opened_at: str
    opened_period: str
    period: str
    gap: str
    measured_in: str
    lead: str
    responsible: str
    supervisor: str
    due_on: str
    overdue: bool
    near_due: bool
    acknowledged: str
    closed_at: str
    reopened: int
    simulated: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One transition in words."""

    seq: int
    state: str
    state_word: str
    reason: str
    by: str
    at: str
    period: str
    basis: tuple[str, ...]


@dataclass(frozen=True)
class Pending:
    """A command that the worker has not answered yet."""

    sentence: str
    long: bool


def alert_shown(
    row: AlertRow,
    names: Catalogue,
    scheme: str = "standard",
    measured_in: str = "",
    simulated: bool = False,
) -> AlertShown:
    """An alert in one language."""
    language = names.language
    acknowledged = ""
    if row.acknowledged_at is not None:
        acknowledged = f"{row.acknowledged_by} {figures.moment(row.acknowledged_at)}".strip()
    return AlertShown(
        alert=row.alert,
        target=row.target,
        name=names.indicator(row.indicator) if row.indicator else names.entity(row.entity),
        entity_name=names.entity(row.entity) if row.indicator else "",
        kind=language.maybe(f"kind.{row.kind}", row.kind),
        state=row.state,
        state_word=language.maybe(f"state.{row.state}", row.state),
        is_open=row.is_open,
        severity=row.severity,
        severity_word=language.maybe(f"severity.{row.severity}", row.severity),
        lamp=shown(row.lamp, scheme, "", language),
        opened_at=figures.moment(row.opened_at),
        opened_period=figures.period(row.opened_period, language),
        period=figures.period(row.period, language),
        gap=figures.signed_estimate(row.gap),
        measured_in=measured_in,
        lead=names.entity(row.lead) if row.lead else language("unit.none"),
        responsible=names.units(row.responsible),
        supervisor=names.entity(row.supervisor) if row.supervisor else "",
        due_on=figures.day(row.due_on),
        overdue=row.overdue,
        near_due=row.near_due,
        acknowledged=acknowledged,
        closed_at=figures.moment(row.closed_at) if row.closed_at else "",
        reopened=row.reopened,
        simulated=simulated,
        notes=row.notes,
    )


def alerts_shown(
    rows: Iterable[AlertRow], snapshot: Snapshot, names: Catalogue
) -> list[AlertShown]:
    """Alerts with what their targets say: lamp scheme, unit, and whether they are simulated."""
    targets = current(snapshot.targets)
    return [_with_target(row, targets.get(row.target), snapshot, names) for row in rows]


def _with_target(
    row: AlertRow, target: TargetRow | None, snapshot: Snapshot, names: Catalogue
) -> AlertShown:
    if target is None:
        return alert_shown(row, names)
    key = (target.indicator, target.entity, target.scope)
    unit = names.unit_of(target)
    return alert_shown(row, names, target.lamps, unit, key in snapshot.simulated)


def step(row: HistoryRow, names: Catalogue) -> Step:
    """A transition in one language; data are the usual cause."""
    language = names.language
    return Step(
        seq=row.seq,
        state=row.state,
        state_word=language.maybe(f"state.{row.state}", row.state),
        reason=language.maybe(f"step.{row.reason}", row.reason),
        by=language("alert.by_data") if row.by == "data" else names.entity(row.by),
        at=figures.moment(row.at),
        period=figures.period(row.period, language) if row.period else "",
        basis=row.basis,
    )


def pending(one: Sent, now: datetime, names: Catalogue) -> Pending:
    """A command under way."""
    long = takes_long(one, now)
    key = "alert.pending_long" if long else "alert.pending"
    action = names.language(f"action.{one.command.action.value}")
    return Pending(names.language(key, action=action), long)
