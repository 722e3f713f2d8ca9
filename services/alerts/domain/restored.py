"""What the worker remembers of a series, worked out again from what it published."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment
from services.alerts.domain.kinds import KINDS
from services.alerts.domain.loop import alert_id
from services.alerts.domain.state import (
    Alert,
    Published,
    SeriesState,
    TargetState,
    digest,
    published,
)
from services.alerts.domain.unanswered import ESCALATED, UNSEEN


def restored(
    rows: Iterable[Assessment], history: Iterable[AlertChanged], offset: int
) -> SeriesState:
    """The state behind all rows and transitions of one series, each in any order.

    `offset` is that of the newest dossier judged, -1 where none was. What was published last may
    not have been told, so it is published again. What the model said is not kept anywhere: it is
    asked again.
    """
    moves = sorted(history, key=lambda move: (move.alert, move.seq))
    current = _current(rows)
    alerts, opened = _alerts(moves)
    return SeriesState(
        offset=offset,
        targets={
            name: TargetState(
                rows=current.get(name, {}),
                alerts=alerts.get(name, {}),
                opened=opened.get(name, {}),
            )
            # The series itself, which has no name, comes last.
            for name in sorted(current.keys() | alerts.keys(), key=lambda name: (not name, name))
        },
        commands=tuple(dict.fromkeys(move.command_id for move in moves if move.command_id)),
        transitions=_last_said(moves),
    )


def _current(rows: Iterable[Assessment]) -> dict[str, dict[str, Published]]:
    """By target and period the newest row, but for what was taken back."""
    newest: dict[tuple[str, str], Assessment] = {}
    for row in sorted(rows, key=lambda row: row.sequence):
        newest[row.target, row.period] = row
    found: dict[str, dict[str, Published]] = {}
    for (target, period), row in newest.items():
        periods = found.setdefault(target, {})
        if not row.superseded:
            periods[period] = published(row, digest(row))
    return found


def _alerts(
    moves: Sequence[AlertChanged],
) -> tuple[dict[str, dict[str, Alert]], dict[str, dict[str, int]]]:
    """By target and kind the newest alert, and how many there were."""
    loops: dict[tuple[str, str], dict[str, list[AlertChanged]]] = {}
    for alert, some in groupby(moves, key=lambda move: move.alert):
        loop = list(some)
        loops.setdefault((loop[0].target, loop[0].kind), {})[alert] = loop
    alerts: dict[str, dict[str, Alert]] = {}
    opened: dict[str, dict[str, int]] = {}
    for (target, kind), by_id in loops.items():
        newest = by_id[_numbered(by_id, target, kind)]
        opened_on = newest[0].basis if kind in KINDS else ()
        alert = Alert(last=newest[-1], opened_on=opened_on, waits_since=_waits_since(newest))
        alerts.setdefault(target, {})[kind] = alert
        opened.setdefault(target, {})[kind] = len(by_id)
    return alerts, opened


def _numbered(ids: Iterable[str], target: str, kind: str) -> str:
    """The last of them: they are numbered without a gap."""
    known = list(ids)
    named, number = alert_id(target, kind, len(known)), f"-{len(known)}"
    return next(one for one in known if one == named or one.endswith(number))


def _waits_since(loop: Iterable[AlertChanged]) -> datetime | None:
    """Since when nobody has acknowledged it; see Alert."""
    since, seen = None, True
    for move in loop:
        if move.state not in UNSEEN:
            since, seen = None, True
        elif move.reason == ESCALATED:
            since = None
        elif seen:
            since, seen = move.at, False
    return since


def _last_said(moves: Sequence[AlertChanged]) -> tuple[AlertChanged, ...]:
    newest = max((move.at for move in moves), default=None)
    return tuple(move for move in moves if move.at == newest)
