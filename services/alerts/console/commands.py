"""An operator's commands: what is offered, what a form means, what still waits. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from schemas.data import Action, AlertCommand
from services.alerts.console.rows import AlertRow, HistoryRow

LONG = timedelta(minutes=1)
MAX_NOTE = 2000
MAX_LINE = 200
FIELDS = ("unit", "note", "reason", "due")
_LATER = (Action.DISPATCH, Action.PLAN, Action.NOTE, Action.REQUEST_CLOSE)
_FIRST = (Action.ACKNOWLEDGE, *_LATER)
_OFFERED = {"open": _FIRST, "dispatched": _FIRST}
# Which field a command cannot do without, and what is said when it is missing.
_REQUIRED = {
    Action.DISPATCH: ("unit", "error.unit_missing"),
    Action.NOTE: ("note", "error.note_missing"),
    Action.PLAN: ("due", "error.due_missing"),
}


@dataclass(frozen=True)
class Wrong:
    """Why a form is no command: a key of the texts."""

    key: str
    limit: int = MAX_NOTE


@dataclass(frozen=True)
class Sent:
    """A command that was taken by the front door."""

    command: AlertCommand
    at: datetime


def offered(alert: AlertRow) -> tuple[Action, ...]:
    """What the page offers; only the worker accepts or refuses."""
    return _OFFERED.get(alert.state, _LATER) if alert.is_open else ()


def read_form(alert: str, form: Mapping[str, str], operator: str) -> AlertCommand | Wrong:
    """The command that a form means. Its id was given when the page was drawn, so that sending
    the form twice is one command."""
    action = form.get("action", "")
    if action not in {one.value for one in _FIRST}:
        return Wrong("error.action")
    given = {name: _tidy(form.get(name, "")) for name in FIELDS}
    name, complaint = _REQUIRED.get(Action(action), ("", ""))
    if name and not given[name]:
        return Wrong(complaint)
    for name, text in given.items():
        limit = MAX_NOTE if name == "note" else MAX_LINE
        if len(text) > limit:
            return Wrong("error.too_long", limit)
    filled = {name: text for name, text in given.items() if text}
    command_id = form.get("command_id", "")
    who = {"command_id": command_id, "alert": alert, "action": Action(action), "person": operator}
    try:
        return AlertCommand.model_validate(who | filled)
    except ValidationError as error:
        field = error.errors()[0]["loc"][:1]
        return Wrong("error.due_missing" if field == ("due",) else "error.control")


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def waiting(sent: Iterable[Sent], history: Iterable[HistoryRow]) -> list[Sent]:
    """The commands that the alert's history does not have yet."""
    done = {row.command_id for row in history if row.command_id}
    return [one for one in sent if one.command.command_id not in done]


def takes_long(one: Sent, now: datetime) -> bool:
    """Has it waited so long that somebody should look after the worker?"""
    return now - one.at > LONG
