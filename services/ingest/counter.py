"""What every slow route starts with: who asks, and a body within its limits."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from pydantic import ValidationError

from schemas.answers import Scope
from schemas.events import refusal
from schemas.rejects import RejectedError
from services.ingest import http
from services.ingest.keys import KeyRing
from services.ingest.problem import ProblemError, forbidden, unauthorized
from services.ingest.sender import Sender

Asking = Callable[[Request], Awaitable[Sender]]


def asking(keys: KeyRing, scope: Scope | None = None) -> Asking:
    """A dependency that authenticates, and with a scope demands it (401, 403)."""

    async def dependency(request: Request) -> Sender:
        sender = keys.authenticate(request.headers.get("authorization", "").encode("latin-1"))
        if sender is None:
            raise unauthorized()
        if scope is not None and not sender.may(scope):
            raise forbidden(scope)
        return sender

    return dependency


async def body_of(request: Request) -> bytes:
    """The body within 1 MiB and 15 seconds."""
    head = http.read_head(request.scope["headers"])
    wire = await http.read_wire(request.receive, head)
    http.refuse_too_large(wire, head)
    return wire


def refused(why: RejectedError) -> ProblemError:
    """422: the body was read and something in it is wrong."""
    more = {"code": why.code, "field": why.field}
    return ProblemError(422, "none_acceptable", *why.message, more=more)


def invalid(error: ValidationError) -> ProblemError:
    """400 for a body that is no JSON, else 422 with the first field that is wrong."""
    why = refusal(error)
    if any(details["type"] == "json_invalid" for details in error.errors(include_url=False)):
        return ProblemError(400, "unreadable", *why.message)
    return refused(why)
