"""Alerts that nobody acknowledges in time go to the supervisor (督办); pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from schemas.records.alert import AlertChanged, AlertState, Note
from services.alerts.domain.loop import DATA, Settings
from services.alerts.domain.state import Alert, SeriesState, TargetState

ESCALATED = "escalated"
# Nobody has said yet that he saw it.
UNSEEN = frozenset({AlertState.OPEN, AlertState.DISPATCHED})


def waiting(
    before: Mapping[str, TargetState], after: Mapping[str, TargetState]
) -> dict[str, TargetState]:
    """The targets as they are afterwards, with the moment since which each alert waits."""
    return {
        name: target if target is before.get(name) else _since(before.get(name), target)
        for name, target in after.items()
    }


def _since(before: TargetState | None, after: TargetState) -> TargetState:
    known = before.alerts if before else {}
    alerts = {}
    for kind, alert in after.alerts.items():
        since = None
        if alert.last.state in UNSEEN:
            was = known.get(kind)
            goes_on = was is not None and was.last.state in UNSEEN
            since = was.waits_since if was and goes_on else alert.last.at
        alerts[kind] = alert.model_copy(update={"waits_since": since})
    return after.model_copy(update={"alerts": alerts})


def next_look(state: SeriesState, by: Settings) -> datetime | None:
    """When the first of the alerts will have waited too long; None where none waits."""
    return min((due for _, _, due in _due(state, by)), default=None)


def escalate(
    state: SeriesState, at: datetime, by: Settings
) -> tuple[dict[str, TargetState], tuple[AlertChanged, ...]]:
    """What has waited too long at this moment goes to the supervisor, each once."""
    targets, transitions = dict(state.targets), []
    for name, alert, due in _due(state, by):
        if due <= at:
            target, changed = targets[name], _escalated(alert.last, at, by)
            moved = alert.model_copy(update={"last": changed, "waits_since": None})
            alerts = target.alerts | {changed.kind: moved}
            targets[name] = target.model_copy(update={"alerts": alerts})
            transitions.append(changed)
    return targets, tuple(transitions)


def _due(state: SeriesState, by: Settings) -> Iterator[tuple[str, Alert, datetime]]:
    """Target, alert, and when it will have waited too long; a silent one waits for its voice."""
    if not by.escalate_hours:
        return
    for name, target in state.targets.items():
        for alert in target.alerts.values():
            if alert.waits_since is not None:
                due = alert.waits_since + timedelta(hours=by.escalate_hours)
                yield name, alert, max(due, alert.last.silent_until or due)


def _escalated(alert: AlertChanged, at: datetime, by: Settings) -> AlertChanged:
    whom = alert.supervisor
    words = (
        f"{by.escalate_hours} 小时无人签收，提请{whom or '督查单位'}督办 / "
        f"not acknowledged in {by.escalate_hours} hours: escalated to {whom or 'the supervisor'}"
    )
    return alert.model_copy(
        update={
            "seq": alert.seq + 1,
            "reason": ESCALATED,
            "by": DATA,
            "at": at,
            "notes": (*alert.notes, Note(by=DATA, at=at, text=words)),
            "command_id": "",
        }
    )
