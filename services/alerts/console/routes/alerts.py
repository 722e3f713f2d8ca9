"""The list of alerts, one alert's page, and the commands on it."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from schemas.data import Action, AlertCommand
from services.alerts.console import sessions
from services.alerts.console.accounts import Account
from services.alerts.console.alert_page import alerts_shown, pending, step
from services.alerts.console.commands import Sent, Wrong, offered, read_form, waiting
from services.alerts.console.door import CommandRefusedError
from services.alerts.console.roles import may
from services.alerts.console.rows import AlertRow
from services.alerts.console.web import console, language, message, names, page, signed_in
from services.runtime.errors import AwayError

router = APIRouter()
Operator = Annotated[Account, Depends(signed_in)]


async def _form(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


@router.get("/alerts")
def show_alerts(request: Request, operator: Operator, state: str = "open") -> Response:
    """Open alerts, or all of them."""
    parts, catalogue = console(request), names(request)
    closed = state == "all"
    rows = parts.kept.read(("alerts", str(closed)), lambda: parts.views.alerts(closed))
    snapshot = parts.poller.seen.snapshot
    shown = alerts_shown(rows, snapshot, catalogue)
    return page(request, "alerts.html", alerts=shown, closed=closed)


@router.get("/alerts/{alert}")
def show_alert(request: Request, operator: Operator, alert: str) -> Response:
    """One alert."""
    return _alert_page(request, operator, alert)


@router.post("/alerts/{alert}")
def command(
    request: Request,
    operator: Operator,
    alert: str,
    form: Annotated[dict[str, str], Depends(_form)],
) -> Response:
    """Send what the operator asked for; the alert's history shows what became of it."""
    parts, words = console(request), language(request)
    if not sessions.same_token(form.get("csrf", ""), request.session.get("csrf", "")):
        return _alert_page(request, operator, alert, words("error.csrf"), 403)
    asked = form.get("action", "")
    if asked in set(Action) and not may(operator.role, Action(asked)):
        role, action = words(f"role.{operator.role}"), words(f"action.{asked}")
        refusal = words("error.role", role=role, action=action)
        return _alert_page(request, operator, alert, refusal, 403)
    wanted = read_form(alert, form, operator.name)
    if isinstance(wanted, Wrong):
        return _alert_page(request, operator, alert, words(wanted.key, limit=wanted.limit), 422)
    try:
        parts.door.send(wanted)
    except AwayError:
        return _alert_page(request, operator, alert, words("error.door_away"), 503, wanted)
    except CommandRefusedError as error:
        refusal = words("error.door_refused", detail=words.pick(error.zh, error.en))
        return _alert_page(request, operator, alert, refusal, 422, wanted)
    parts.outgoing.add(Sent(wanted, parts.now()))
    return RedirectResponse(f"/alerts/{alert}", 303)


def _alert_page(
    request: Request,
    operator: Account,
    alert: str,
    complaint: str = "",
    status: int = 200,
    wanted: AlertCommand | None = None,
) -> Response:
    parts, catalogue = console(request), names(request)
    row = parts.kept.read(("alert", alert), lambda: parts.views.alert(alert))
    if row is None:
        return message(request, language(request)("alert.missing", alert=alert), 404)
    history = parts.kept.read(("history", alert), lambda: parts.views.history(alert))
    snapshot = parts.poller.seen.snapshot
    judged = next((a for a in snapshot.latest if a.target == row.target), None)
    (content,) = alerts_shown([row], snapshot, catalogue)
    under_way = waiting(parts.outgoing.of(alert), history)
    possible = offered(row, history)
    actions = [action.value for action in possible if may(operator.role, action)]
    return page(
        request,
        "alert.html",
        status,
        alert=content,
        sentence=catalogue.sentence(judged) if judged else "",
        history=[step(one, catalogue) for one in reversed(history)],
        pending=[pending(one, parts.now(), catalogue) for one in under_way],
        offered=actions,
        withheld=bool(possible) and not actions,
        units=_units(request, row),
        command_ids={action: uuid4().hex for action in actions},
        complaint=complaint,
        wanted=wanted,
    )


def _units(request: Request, row: AlertRow) -> list[tuple[str, str]]:
    """Whom the alert can be dispatched to: those named on it first, then every department."""
    catalogue = names(request)
    named = [name for name in (row.lead, *row.responsible, row.supervisor) if name]
    owners = sorted({i.owner for i in catalogue.indicators.values() if i.owner})
    departments = sorted(e.entity for e in catalogue.entities.values() if e.kind == "department")
    ordered = dict.fromkeys([*named, *departments, *owners])
    return [(name, catalogue.entity(name)) for name in ordered]
