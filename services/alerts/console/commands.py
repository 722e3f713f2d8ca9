"""An operator's commands: what is offered, what a form means, what still waits. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from pydantic import ValidationError

from schemas.data import Action, AlertCommand
from services.alerts.console.rows import AlertRow, HistoryRow

LONG = timedelta(minutes=1)
MAX_NOTE = 2000
MAX_LINE = 200
FIELDS = ("unit", "note", "reason", "due", "until")
_CHINA = timezone(timedelta(hours=8))
_UNSEEN = frozenset({"open", "dispatched"})
# Which fields a command cannot do without, and what is said when one is missing.
_REQUIRED = {
    Action.DISPATCH: {"unit": "error.unit_missing"},
    Action.NOTE: {"note": "error.note_missing"},
    Action.PLAN: {"due": "error.due_missing"},
    Action.EXTEND: {"due": "error.due_missing", "reason": "error.reason_missing"},
    Action.SILENCE: {"until": "error.until_missing", "reason": "error.reason_missing"},
    Action.REOPEN: {"reason": "error.reason_missing"},
}
# What is said of a field that cannot be read.
_UNREADABLE: Mapping[tuple[int | str, ...], str] = {
    ("due",): "error.due_missing",
    ("until",): "error.until_missing",
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


def offered(alert: AlertRow, history: Sequence[HistoryRow] = ()) -> tuple[Action, ...]:
    """What the page offers; only the worker accepts or refuses."""
    if not alert.is_open:
        return (Action.REOPEN, Action.NOTE) if alert.state == "closed" else ()
    asked = _newest(history, "extension_asked", "extension_granted") == "extension_asked"
    silent = _newest(history, "silenced", "unsilenced") == "silenced"
    choices = {
        Action.ACKNOWLEDGE: alert.state in _UNSEEN,
        Action.DISPATCH: True,
        Action.PLAN: True,
        Action.EXTEND: alert.due_on is not None,
        Action.GRANT: asked,
        Action.NOTE: True,
        Action.UNSILENCE: silent,
        Action.SILENCE: not silent,
        Action.REQUEST_CLOSE: True,
    }
    return tuple(action for action, fits in choices.items() if fits)


def _newest(history: Sequence[HistoryRow], *reasons: str) -> str:
    return next((row.reason for row in reversed(history) if row.reason in reasons), "")


def read_form(alert: str, form: Mapping[str, str], operator: str) -> AlertCommand | Wrong:
    """The command that a form means. Its id was given when the page was drawn, so that sending
    the form twice is one command."""
    action = form.get("action", "")
    if action not in set(Action):
        return Wrong("error.action")
    given = {name: _tidy(form.get(name, "")) for name in FIELDS}
    for name, complaint in _REQUIRED.get(Action(action), {}).items():
        if not given[name]:
            return Wrong(complaint)
    for name, text in given.items():
        limit = MAX_NOTE if name == "note" else MAX_LINE
        if len(text) > limit:
            return Wrong("error.too_long", limit)
    filled: dict[str, object] = {name: text for name, text in given.items() if text}
    if given["until"]:
        filled["until"] = _in_china(given["until"])
    command_id = form.get("command_id", "")
    who = {"command_id": command_id, "alert": alert, "action": Action(action), "person": operator}
    try:
        return AlertCommand.model_validate(who | filled)
    except ValidationError as error:
        return Wrong(_UNREADABLE.get(error.errors()[0]["loc"][:1], "error.control"))


def _in_china(moment: str) -> object:
    """What a page's field of day and hour means; the text itself where it is none."""
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=_CHINA)
    except ValueError:
        return moment


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def waiting(sent: Iterable[Sent], history: Iterable[HistoryRow]) -> list[Sent]:
    """The commands that the alert's history does not have yet."""
    done = {row.command_id for row in history if row.command_id}
    return [one for one in sent if one.command.command_id not in done]


def takes_long(one: Sent, now: datetime) -> bool:
    """Has it waited so long that somebody should look after the worker?"""
    return now - one.at > LONG
