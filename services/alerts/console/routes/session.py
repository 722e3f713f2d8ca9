"""Sign-in and sign-out."""

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.alerts.console import sessions
from services.alerts.console.web import console, language, message, page, who
from services.runtime.operators import UnreadableOperatorsError

router = APIRouter()


@router.get("/sign-in")
def ask(request: Request, next: str = "/") -> Response:
    """The form."""
    if who(request):
        return RedirectResponse(sessions.local(next), 303)
    return page(request, "sign_in.html", next=sessions.local(next))


@router.post("/sign-in")
def enter(
    request: Request,
    operator: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Let the operator in, or say why not."""
    parts, words = console(request), language(request)
    address = request.client.host if request.client else ""
    wait = parts.brake.wait(address, parts.monotonic())
    if wait > 0:
        seconds = math.ceil(wait)
        answer = _again(request, next, words("sign_in.slow", seconds=seconds), 429)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    if not sessions.same_token(csrf, request.session.get("csrf", "")):
        return _again(request, next, words("sign_in.stale"), 403)
    try:
        account = parts.accounts.enter(operator, password)
    except UnreadableOperatorsError:
        return _again(request, next, words("sign_in.unreadable"), 503)
    if account is None:
        meant = parts.accounts.find(operator)
        parts.brake.failed(address, meant.name if meant else "", parts.monotonic())
        return _again(request, next, words("sign_in.wrong"), 401)
    parts.brake.succeeded(address, account.name)
    # A fresh session: nothing that was fixed before signing in carries over.
    request.session.clear()
    request.session.update(operator=account.name, mark=account.mark, csrf=sessions.new_token())
    return RedirectResponse(sessions.local(next), 303)


@router.post("/sign-out")
def leave(request: Request, csrf: Annotated[str, Form(max_length=200)] = "") -> Response:
    """End the session."""
    if not sessions.same_token(csrf, request.session.get("csrf", "")):
        return message(request, language(request)("sign_in.stale"), 403)
    request.session.clear()
    return RedirectResponse("/sign-in", 303)


def _again(request: Request, next: str, complaint: str, status: int) -> HTMLResponse:
    return page(request, "sign_in.html", status, next=sessions.local(next), complaint=complaint)
