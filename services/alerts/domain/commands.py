"""What operators may ask of an alert: one entry per action.

Every command leaves a transition in the alert's history; a refused one names its reason and
changes nothing else. Only data cure: nobody can close an alert while the figures are behind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.data import Action, AlertCommand
from schemas.events import AlertCommandEvent
from schemas.exact import text
from schemas.records.alert import AlertChanged, AlertState, Note
from services.alerts.domain.state import ENDED

_IN_HAND = frozenset({AlertState.OPEN, AlertState.DISPATCHED})
# What may still be said of an alert that has ended.
_AFTERWARDS = frozenset({Action.NOTE, Action.REOPEN})


@dataclass(frozen=True)
class Order:
    """A command with who gave it and when."""

    data: AlertCommand
    by: str
    event: AlertCommandEvent

    def note(self, words: str) -> Note:
        """Words put on record in the operator's name."""
        return Note(by=self.by, at=self.event.time, text=words)


@dataclass(frozen=True)
class Answer:
    """The named reason of the transition and what it changes."""

    reason: str
    changes: dict[str, Any]


def _refuse(why: str) -> Answer:
    return Answer(f"refused_{why}", {})


def _with_note(alert: AlertChanged, order: Order, changes: dict[str, Any]) -> dict[str, Any]:
    words = order.data.note or order.data.reason
    return changes | {"notes": (*alert.notes, order.note(words))} if words else changes


def acknowledge(alert: AlertChanged, order: Order) -> Answer:
    """Someone has seen it."""
    if alert.state not in _IN_HAND:
        return _refuse("already_acknowledged")
    seen = {
        "state": AlertState.ACKNOWLEDGED,
        "acknowledged_by": order.by,
        "acknowledged_at": order.event.time,
    }
    return Answer("acknowledged", _with_note(alert, order, seen))


def dispatch(alert: AlertChanged, order: Order) -> Answer:
    """A unit is to deal with it."""
    unit = order.data.unit or alert.lead
    if not unit:
        return _refuse("unit_missing")
    sent = {"state": AlertState.DISPATCHED, "lead": unit}
    return Answer("dispatched", _with_note(alert, order, sent))


def note(alert: AlertChanged, order: Order) -> Answer:
    """A word on record."""
    changes = _with_note(alert, order, {})
    return Answer("noted", changes) if changes else _refuse("note_missing")


def plan(alert: AlertChanged, order: Order) -> Answer:
    """Measures with a deadline."""
    if order.data.due is None:
        return _refuse("due_missing")
    planned = {"state": AlertState.RECTIFYING, "due_on": order.data.due}
    return Answer("planned", _with_note(alert, order, planned))


def extend(alert: AlertChanged, order: Order) -> Answer:
    """A later deadline is asked for; the old one holds until it is granted."""
    asked = order.data.due
    if asked is None:
        return _refuse("due_missing")
    if alert.due_on is None:
        return _refuse("nothing_planned")
    if asked <= alert.due_on:
        return _refuse("not_later")
    return Answer("extension_asked", _with_note(alert, order, {"asked_due": asked}))


def grant(alert: AlertChanged, order: Order) -> Answer:
    """The deadline that was asked for, or the one that is named here, holds."""
    if alert.asked_due is None:
        return _refuse("nothing_asked")
    changes = {"due_on": order.data.due or alert.asked_due, "asked_due": None}
    return Answer("extension_granted", _with_note(alert, order, changes))


def silence(alert: AlertChanged, order: Order) -> Answer:
    """Nobody is told of it until a moment, for a reason on record."""
    if order.data.until is None:
        return _refuse("until_missing")
    if order.data.until <= order.event.time:
        return _refuse("until_past")
    if not (order.data.reason or order.data.note):
        return _refuse("reason_missing")
    return Answer("silenced", _with_note(alert, order, {"silent_until": order.data.until}))


def unsilence(alert: AlertChanged, order: Order) -> Answer:
    """It is told of again."""
    if not alert.is_silent(order.event.time):
        return _refuse("not_silent")
    return Answer("unsilenced", _with_note(alert, order, {"silent_until": None}))


def reopen(alert: AlertChanged, order: Order) -> Answer:
    """What was closed is looked at again; data that show a cure close it anew."""
    if alert.state is not AlertState.CLOSED:
        return _refuse("not_closed")
    again = {"state": AlertState.OPEN, "reopened": alert.reopened + 1, "closed_at": None}
    return Answer("reopened", _with_note(alert, order, again))


def request_close(alert: AlertChanged, order: Order) -> Answer:
    """Granted once data have cured it or no ground is left; until then refused with the figures."""
    if alert.state is AlertState.CURED or (alert.kind in _STILL and not alert.grounds):
        closed = {"state": AlertState.CLOSED, "closed_at": order.event.time}
        return Answer("closed_on_request", _with_note(alert, order, closed))
    words = _STILL.get(alert.kind, _still_behind)
    refusal = Note(by="data", at=order.event.time, text=words(alert))
    reason = f"still_{alert.kind}" if alert.kind in _STILL else "still_behind"
    return Answer(f"refused_{reason}", {"notes": (*alert.notes, refusal)})


def _still_behind(alert: AlertChanged) -> str:
    gap = "—" if alert.gap is None else text(alert.gap)
    return (
        f"数据未达标，不能关闭：{alert.period} 差距 {gap}（{alert.lamp}） / "
        f"not closed, the data do not show a cure: {alert.period}, gap {gap} ({alert.lamp})"
    )


# What closes by itself, and how.
_STILL: Mapping[str, Callable[[AlertChanged], str]] = {
    "finding": lambda alert: (
        f"疑点未消除，不能关闭：{alert.period} 请更正数据，或重报并在 note 说明 / "
        f"not closed, something still looks wrong: correct {alert.period}, or send it again with a"
        " note that explains it"
    ),
    "overdue_report": lambda alert: (
        f"报告仍未收到，不能关闭：请补报 {alert.period} / "
        f"not closed, the report has not come: send the figure for {alert.period}"
    ),
    "rejected": lambda alert: (
        "被退回的报送尚未改正，不能关闭：请改正后用原编号再报，或按退回编号重报 / "
        "not closed, refused events are not mended: send them again under their ids, or resubmit"
        " them"
    ),
    "books": lambda alert: (
        "账目仍不平，不能关闭：请核对回执与入库记录 / "
        "not closed, the books still differ: compare the receipts with what is stored"
    ),
}


ACTIONS: Mapping[Action, Callable[[AlertChanged, Order], Answer]] = {
    Action.ACKNOWLEDGE: acknowledge,
    Action.DISPATCH: dispatch,
    Action.NOTE: note,
    Action.PLAN: plan,
    Action.REQUEST_CLOSE: request_close,
    Action.EXTEND: extend,
    Action.GRANT: grant,
    Action.SILENCE: silence,
    Action.UNSILENCE: unsilence,
    Action.REOPEN: reopen,
}


def obey(alert: AlertChanged, event: AlertCommandEvent) -> AlertChanged:
    """The alert's next transition under a command."""
    order = Order(event.data, event.data.person or event.department, event)
    ended = alert.state in ENDED and event.data.action not in _AFTERWARDS
    answer = _refuse("not_open") if ended else ACTIONS[event.data.action](alert, order)
    stamp = {
        "seq": alert.seq + 1,
        "reason": answer.reason,
        "by": order.by,
        "at": event.time,
        "command_id": event.data.command_id,
    }
    return alert.model_copy(update=answer.changes | stamp)
