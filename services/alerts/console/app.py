"""The console as an application: its parts put together, its routes, its answers to trouble."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware

from services.alerts.console import sessions
from services.alerts.console.accounts import Accounts
from services.alerts.console.door import Door
from services.alerts.console.headers import ALWAYS, SecurityHeaders
from services.alerts.console.poller import INTERVAL, Poller
from services.alerts.console.routes import accounts, alerts, live, pages, session
from services.alerts.console.views import Views
from services.alerts.console.web import Console, SignInNeededError, language, message
from services.runtime import logs
from services.runtime.errors import PacekeeperError
from services.runtime.operators import OperatorFile

HERE = Path(__file__).parent


def create_app(
    views: Views, door: Door, password: str, operators: OperatorFile, interval: float = INTERVAL
) -> FastAPI:
    """The application; its poller runs from start to shutdown. `password` is that of `admin`."""
    poller = Poller(views, interval)

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        await poller.poll()
        polling = asyncio.create_task(poller.run())
        yield
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await poller.close()

    app = FastAPI(lifespan=alive, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.console = Console(views, door, poller, Accounts(password, operators), _templates())
    for router in (live.router, session.router, pages.router, alerts.router, accounts.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    app.add_middleware(
        SessionMiddleware,
        secret_key=sessions.signing_key(password),
        session_cookie="pacekeeper_console",
        max_age=sessions.MAX_AGE,
        same_site="lax",
    )
    app.add_middleware(SecurityHeaders)
    app.add_exception_handler(SignInNeededError, _to_sign_in)
    app.add_exception_handler(HTTPException, _no_page)
    app.add_exception_handler(PacekeeperError, _away)
    app.add_exception_handler(Exception, _failed)
    return app


def _templates() -> Jinja2Templates:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Jinja2Templates(env=environment)


async def _to_sign_in(request: Request, error: Exception) -> Response:
    # A fragment must not swap a sign-in page into itself: the whole page goes there.
    if request.headers.get("HX-Request"):
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    if request.url.path.endswith(".json"):
        return Response(status_code=401)
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = f"{request.url.path}{query}" if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(wanted, safe='/')}", 303)


async def _no_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return message(request, language(request)("page.missing"), status)


async def _away(request: Request, error: Exception) -> Response:
    return message(request, language(request)("banner.never"), 503)


async def _failed(request: Request, error: Exception) -> Response:
    logs.get("console").error("page failed", path=request.url.path, error=repr(error))
    answer = message(request, language(request)("page.failed"), 500)
    # This handler stands outside the middleware that completes every other answer.
    answer.headers.update(ALWAYS)
    return answer
