"""The stream of changes, and the health of the process."""

import json
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.alerts.console.poller import Poller
from services.alerts.console.web import console, who
from services.runtime.errors import PacekeeperError

router = APIRouter()


@router.get("/live")
async def live(request: Request) -> Response:
    """Server-sent events: `state` with the turn, at once and on every change.

    It ends with the session, at the next turn or sign of life.
    """
    if who(request) is None:
        return Response(status_code=401)
    headers = {"X-Accel-Buffering": "no"}
    stream = _lines(console(request).poller, lambda: who(request) is not None)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _lines(poller: Poller, still_here: Callable[[], bool]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    async for seen in poller.turns():
        if not still_here():
            return
        if seen is None:
            yield ": still here\n\n"
        else:
            data = json.dumps({"turn": seen.turn, "away": seen.away})
            yield f"event: state\nid: {seen.turn}\ndata: {data}\n\n"


@router.get("/healthz")
async def healthy() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    """The store answers, and every view that a page needs is there."""
    try:
        views = console(request).views.ready()
    except PacekeeperError as error:
        body = {"status": "not ready", "checks": {"views": False}, "detail": str(error)}
        return JSONResponse(body, 503)
    return JSONResponse({"status": "ready", "checks": {"views": views}})
