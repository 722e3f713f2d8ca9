"""May this event be taken, and what is its figure in the indicator's unit? Pure.

`judge` returns the canonical figure or raises RejectedError with code, field and remedy. What an
event must fulfil beyond the schema is one entry per type in `RULES`, with the scope it needs.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from schemas.answers import Scope
from schemas.data import (
    ChargerUpdated,
    EntityDefined,
    IndicatorDefined,
    MetricObserved,
    ProjectUpdated,
    TargetSet,
)
from schemas.events import Envelope, Event
from schemas.figure import Figure
from schemas.rejects import RejectCode, RejectedError
from services.ingest import accept_definition, accept_figure, accept_target
from services.ingest.known import Known, Overlay
from services.ingest.sender import Sender

AHEAD = timedelta(minutes=5)


class Canonical(NamedTuple):
    """A figure in its indicator's unit; both None for what is no figure."""

    value: str | None = None
    unit: str | None = None


class Speaker(NamedTuple):
    """In whose name an event speaks, and whether the key may speak for any owner."""

    department: str
    any_owner: bool


class Rule(NamedTuple):
    """The scope that a type needs, its checks, and what later events may build on."""

    scope: Scope
    check: Callable[[Any, Speaker, Known, datetime], tuple[str | None, str] | None]
    note: Callable[[Overlay, Any], None]


def _nothing(overlay: Overlay, event: Any) -> None:
    """Projects and chargers are named by nothing else."""


RULES: dict[type, Rule] = {
    MetricObserved: Rule(
        Scope.OBSERVE,
        accept_figure.observation,
        lambda overlay, event: overlay.note_observed(event.data.indicator),
    ),
    ProjectUpdated: Rule(Scope.OBSERVE, accept_figure.project, _nothing),
    ChargerUpdated: Rule(Scope.OBSERVE, accept_figure.charger, _nothing),
    IndicatorDefined: Rule(Scope.DEFINE, accept_definition.indicator, Overlay.note_definition),
    EntityDefined: Rule(Scope.DEFINE, accept_definition.entity, Overlay.note_definition),
    TargetSet: Rule(Scope.TARGET, accept_target.target, Overlay.note_definition),
}
DEFINITIONS = (IndicatorDefined, EntityDefined, TargetSet)


def scope_of(event: Event) -> Scope:
    """The scope that sending this event needs."""
    return RULES[type(event.data)].scope


def judge(event: Event, sender: Sender, known: Known, now: datetime) -> Canonical:
    """The figure in canonical form (empty for other types); RejectedError if it cannot be taken."""
    speaks_for_itself(event, sender)
    _not_ahead(event, now)
    speaker = Speaker(event.department, sender.is_admin)
    figure = RULES[type(event.data)].check(event.data, speaker, known, now)
    return Canonical(*figure) if figure else Canonical()


class Plain:
    """`judge` for the plain figures of one request: None for one that would be refused."""

    def __init__(self, sender: Sender, known: Known, now: datetime) -> None:
        self._sender = sender
        self._known = known
        self._latest = now + AHEAD
        # By department; None where the sender may not speak for it.
        self._speakers: dict[str, Speaker | None] = {}

    def judge(self, figure: Figure) -> Canonical | None:
        """The figure in canonical form."""
        try:
            speaker = self._speakers[figure.department]
        except KeyError:
            speaker = self._speaker(figure.department)
        if speaker is None or figure.time > self._latest or figure.content.recorded > self._latest:
            return None
        found = accept_figure.plain(figure.content, speaker, self._known)
        return None if found is None else Canonical(*found)

    def _speaker(self, department: str) -> Speaker | None:
        speaks = self._sender.speaks_for(department)
        found = Speaker(department, self._sender.is_admin) if speaks else None
        self._speakers[department] = found
        return found


def note(event: Event, overlay: Overlay) -> None:
    """Let the events that follow in the request build on this accepted one."""
    RULES[type(event.data)].note(overlay, event)


def speaks_for_itself(event: Envelope, sender: Sender) -> None:
    """A department speaks under its own name; an administrator under any."""
    if not sender.speaks_for(event.department):
        raise RejectedError(
            RejectCode.WRONG_SOURCE,
            "source",
            f"source 应为 urn:pacekeeper:{sender.department}，即密钥所属单位",
            f"source must be urn:pacekeeper:{sender.department}, the department of the key",
        )


def _not_ahead(event: Envelope, now: datetime) -> None:
    latest = now + AHEAD
    for field, at in (("time", event.time), ("recordedtime", event.recordedtime)):
        if at is not None and at > latest:
            raise RejectedError(
                RejectCode.FUTURE,
                field,
                f"{field} 晚于当前时间 5 分钟以上，请校准时钟或改正日期",
                f"{field} is more than 5 minutes in the future: set the clock or correct the date",
            )
