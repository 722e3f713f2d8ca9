"""The closed loop of alerts: data open, move, cure and withdraw them.

A transition is data: the alert as it is afterwards, with a named reason. Times and ids come from
what was judged, so the same judgements give the same transitions on every replay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Any, Literal

from schemas.records.alert import AlertChanged, AlertState
from schemas.records.assessment import Lamp
from services.alerts.domain.assess import Opinion, TargetOpinions
from services.alerts.domain.kinds import KINDS, Kind
from services.alerts.domain.schemes import SCHEMES, Scheme
from services.alerts.domain.state import Alert, Published, TargetState, digest

DATA = "data"
TARGET_WITHDRAWN = "target_withdrawn"
_SEVERITY: Mapping[Lamp, Literal["high", "medium"]] = {Lamp.RED: "high", Lamp.YELLOW: "medium"}
_LONGEST_ID = 96


@dataclass(frozen=True)
class Settings:
    """`clear_periods`: how many periods in a row must be met before an alert is closed.

    After `escalate_hours` without an acknowledgement it goes to the supervisor; 0: never.
    `schemes` are those that a target may name.
    """

    clear_periods: int = 1
    escalate_hours: int = 24
    schemes: Mapping[str, Scheme] = field(default_factory=lambda: SCHEMES)


@dataclass
class _Turn:
    """One target's alerts while its new judgements are applied, kind by kind."""

    judged: TargetOpinions
    before: Mapping[str, Published]
    settings: Settings
    indicator: str
    entity: str
    at: datetime
    alerts: dict[str, Alert]
    opened: dict[str, int]
    transitions: list[AlertChanged] = field(default_factory=list)


def follow(
    state: TargetState, judged: TargetOpinions, key: tuple[str, str], at: datetime, by: Settings
) -> tuple[TargetState, tuple[AlertChanged, ...]]:
    """The alerts of one target after its current judgements; `key` is (indicator, entity)."""
    turn = _Turn(judged, state.rows, by, *key, at, dict(state.alerts), dict(state.opened))
    for name, kind in KINDS.items():
        _apply(turn, name, kind)
    after = state.model_copy(update={"alerts": turn.alerts, "opened": turn.opened})
    return after, tuple(turn.transitions)


def _apply(turn: _Turn, name: str, kind: Kind) -> None:
    alert = turn.alerts.get(name)
    active = alert if alert is not None and alert.active else None
    if turn.judged.withdrawn:
        if active:
            _close(turn, active, TARGET_WITHDRAWN)
        return
    latest = turn.judged.opinions[-1]
    if active is None:
        if kind.opens(turn.judged.opinions):
            _open(turn, name, alert, latest)
    elif kind.ground(latest):
        _amend(turn, active, latest)
    elif kind.overtaken(latest):
        _close(turn, active, "behind_opened", latest)
    elif kind.clear(latest):
        _clear(turn, kind, active, latest)
    elif _groundless(turn, kind, active):
        _withdraw(turn, active, latest)


def _since(turn: _Turn, alert: Alert) -> list[Opinion]:
    """Current judgements from the opening period on."""
    return [
        opinion
        for opinion in turn.judged.opinions
        if opinion.assessment.period_end and opinion.assessment.period_end >= alert.opened_end
    ]


def _groundless(turn: _Turn, kind: Kind, alert: Alert) -> bool:
    """Was the period it was opened for taken back, and is no later one a ground?"""
    since = _since(turn, alert)
    opened = alert.last.opened_period
    return not any(kind.ground(each) or each.assessment.period == opened for each in since)


def _cause(turn: _Turn, period: str, otherwise: str) -> str:
    """Why a verdict is what it is: another version of the target, a correction, or new data.

    A milestone changes with the clock too: then nothing was said anew.
    """
    current = {opinion.assessment.period: opinion.assessment for opinion in turn.judged.opinions}
    known, row = turn.before.get(period), current.get(period)
    if known is None or (row is not None and digest(row) == known.digest):
        return otherwise
    if row is not None and row.version != known.version:
        return "target_changed"
    passed = turn.judged.current.goal.kind == "milestone" and row and row.as_of == known.as_of
    return otherwise if known.lamp is Lamp.GREY or passed else "correction"


def _open(turn: _Turn, kind: str, ended: Alert | None, latest: Opinion) -> None:
    row, target = latest.assessment, turn.judged.current
    assert row.period_end is not None  # only a judged period opens
    cause = _cause(turn, row.period, kind)
    if ended is not None and ended.last.state is AlertState.CLOSED:
        again = {"reopened": ended.last.reopened + 1, "closed_at": None}
        reason = "relapse" if cause == kind else cause
        _move(turn, ended, latest, reason, state=AlertState.OPEN, **again)
        return
    number = turn.opened.get(kind, 0) + 1
    turn.opened[kind] = number
    opened = AlertChanged(
        alert=alert_id(row.target, kind, number),
        seq=1,
        target=row.target,
        kind=kind,
        indicator=turn.indicator,
        entity=turn.entity,
        state=AlertState.OPEN,
        reason=cause,
        by=DATA,
        at=turn.at,
        lamp=row.lamp,
        severity=severity(row.lamp),
        opened_at=turn.at,
        opened_period=row.period,
        period=row.period,
        gap=row.gap,
        lead=target.lead or "",
        responsible=target.responsible,
        supervisor=target.supervisor or "",
        basis=row.basis,
    )
    _keep(turn, Alert(last=opened, opened_on=row.basis))


def _amend(turn: _Turn, alert: Alert, latest: Opinion) -> None:
    row, last = latest.assessment, alert.last
    relapsed = last.state is AlertState.CURED
    if (row.period, row.lamp, row.gap) == (last.period, last.lamp, last.gap) and not relapsed:
        return
    reason = _cause(turn, row.period, "relapse" if relapsed else f"still_{last.kind}")
    _move(turn, alert, latest, reason, state=AlertState.OPEN if relapsed else last.state)


def _clear(turn: _Turn, kind: Kind, alert: Alert, latest: Opinion) -> None:
    since = _since(turn, alert)
    if not any(kind.ground(opinion) for opinion in since):
        _withdraw(turn, alert, latest)
        return
    reason = _cause(turn, latest.assessment.period, "cured")
    if alert.last.state is not AlertState.CURED:
        alert = _move(turn, alert, latest, reason, state=AlertState.CURED)
    last_bad = max(i for i, opinion in enumerate(since) if kind.ground(opinion))
    met = sum(1 for opinion in since[last_bad + 1 :] if kind.clear(opinion))
    if met >= turn.settings.clear_periods:
        _close(turn, alert, reason, latest)


def _withdraw(turn: _Turn, alert: Alert, latest: Opinion) -> None:
    """It never was so: names what it was opened on, what it rested on, and what shows it."""
    opened, since = alert.last.opened_period, _since(turn, alert)
    causes = {_cause(turn, each.assessment.period, "") for each in since}
    changed = "target_changed" in causes
    reason = "target_changed" if changed else _cause(turn, opened, "correction")
    shown = [each.assessment for each in since if each.assessment.period == opened]
    named = [alert.opened_on, alert.last.basis, *(row.basis for row in shown)]
    moved = _move(turn, alert, latest, reason, state=AlertState.WITHDRAWN)
    both = tuple(dict.fromkeys(chain(*named, latest.assessment.basis)))
    turn.transitions[-1] = moved.last.model_copy(update={"basis": both})
    turn.alerts[alert.last.kind] = moved.model_copy(update={"last": turn.transitions[-1]})


def _close(turn: _Turn, alert: Alert, reason: str, latest: Opinion | None = None) -> None:
    _move(turn, alert, latest, reason, state=AlertState.CLOSED, closed_at=turn.at)


def _move(turn: _Turn, alert: Alert, latest: Opinion | None, reason: str, **changes: Any) -> Alert:
    """The alert's next transition; `latest` moves its period, gap and lamp."""
    if latest is not None:
        row = latest.assessment
        changes |= {
            "lamp": row.lamp,
            "severity": severity(row.lamp),
            "period": row.period or alert.last.period,
            "gap": row.gap,
            "basis": row.basis,
        }
    stamp = {"seq": alert.last.seq + 1, "reason": reason, "by": DATA, "at": turn.at}
    last = alert.last.model_copy(update=changes | stamp | {"command_id": ""})
    return _keep(turn, alert.model_copy(update={"last": last}))


def _keep(turn: _Turn, alert: Alert) -> Alert:
    turn.alerts[alert.last.kind] = alert
    turn.transitions.append(alert.last)
    return alert


def severity(lamp: Lamp) -> Literal["high", "medium", "low"]:
    """Red high, yellow medium, else low."""
    return _SEVERITY.get(lamp, "low")


def alert_id(target: str, kind: str, number: int) -> str:
    """The n-th alert of a target and kind; the same on every replay."""
    name = f"{target}-{kind}-{number}"
    if len(name) <= _LONGEST_ID:
        return name
    return f"alert-{blake2b(name.encode(), digest_size=16).hexdigest()}"
