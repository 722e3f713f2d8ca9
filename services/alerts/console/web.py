"""What every route shares: the parts of the process, the language, the session, a page."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from services.alerts.console import figures, sessions
from services.alerts.console.accounts import Account, Accounts
from services.alerts.console.catalogue import Catalogue
from services.alerts.console.commands import Sent
from services.alerts.console.door import Door
from services.alerts.console.language import TAGS, Language, choose
from services.alerts.console.poller import Poller
from services.alerts.console.views import Views
from services.runtime.errors import AwayError, PacekeeperError

T = TypeVar("T")
LANGUAGE_COOKIE = "pacekeeper_language"
_A_YEAR = 365 * 24 * 3600
_MAX_KEPT = 256
_MAX_SENT = 1000


class SignInNeededError(Exception):
    """Nobody is signed in."""


class Kept:
    """The last good reads, so that a page stands while the store is away."""

    def __init__(self) -> None:
        self._rows: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, key: tuple[str, ...], reader: Callable[[], T]) -> T:
        """Read, or answer what was read last. AwayError if nothing ever was."""
        try:
            found = reader()
        except PacekeeperError as error:
            with self._lock:
                if key not in self._rows:
                    raise AwayError(str(error)) from error
                kept: T = self._rows[key]
                return kept
        with self._lock:
            self._rows[key] = found
            self._rows.move_to_end(key)
            while len(self._rows) > _MAX_KEPT:
                self._rows.popitem(last=False)
        return found


class Outgoing:
    """The commands sent from this process, newest last; the oldest of too many are forgotten."""

    def __init__(self) -> None:
        self._sent: list[Sent] = []
        self._lock = threading.Lock()

    def add(self, one: Sent) -> None:
        """Remember a command; sending it again is the same command."""
        with self._lock:
            known = {sent.command.command_id for sent in self._sent}
            if one.command.command_id not in known:
                self._sent = [*self._sent, one][-_MAX_SENT:]

    def of(self, alert: str) -> list[Sent]:
        """Those of one alert."""
        with self._lock:
            return [one for one in self._sent if one.command.alert == alert]


@dataclass
class Console:
    """The parts of the process."""

    views: Views
    door: Door
    poller: Poller
    accounts: Accounts
    templates: Jinja2Templates
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    brake: sessions.Brake = field(default_factory=sessions.Brake)
    kept: Kept = field(default_factory=Kept)
    outgoing: Outgoing = field(default_factory=Outgoing)
    last_here: dict[str, datetime] = field(default_factory=dict)


def console(request: Request) -> Console:
    """The parts, from the application that serves the request."""
    found: Console = request.app.state.console
    return found


def language(request: Request) -> Language:
    """The reader's language."""
    return choose(request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))


def who(request: Request) -> Account | None:
    """The account of the session, as long as it stands unchanged."""
    name, mark = (str(request.session.get(key, "")) for key in ("operator", "mark"))
    return console(request).accounts.known(name, mark)


async def signed_in(request: Request) -> Account:
    """The operator, for whom the state is brought up to date; raises SignInNeededError."""
    operator = who(request)
    if operator is None:
        raise SignInNeededError
    parts = console(request)
    parts.last_here[operator.name] = parts.now()
    await parts.poller.look()
    return operator


def csrf(request: Request) -> str:
    """The session's token for its forms."""
    token: str = request.session.setdefault("csrf", sessions.new_token())
    return token


def names(request: Request) -> Catalogue:
    """The catalogue in the reader's language."""
    return Catalogue.of(console(request).poller.seen.snapshot, language(request))


def page(request: Request, template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """Render a page with what all pages show."""
    words = language(request)
    seen = console(request).poller.seen
    here = request.url.path
    query = "&".join(
        f"{quote(name)}={quote(value)}"
        for name, value in request.query_params.multi_items()
        if name != "lang"
    )
    answer = console(request).templates.TemplateResponse(
        request,
        template,
        {
            "t": words,
            "here": f"{here}?{query}" if query else here,
            "switch": f"{here}?{query}&lang={words.other}"
            if query
            else f"{here}?lang={words.other}",
            "operator": who(request),
            "csrf": csrf(request),
            "seen": seen,
            "asked_at": figures.moment(seen.asked_at),
            "read_clock": figures.clock(seen.read_at),
            "open_alerts": len(seen.snapshot.alerts),
            **content,
        },
        status_code=status,
    )
    if request.query_params.get("lang") in TAGS:
        answer.set_cookie(
            LANGUAGE_COOKIE, words.code, max_age=_A_YEAR, httponly=True, samesite="lax"
        )
    return answer


def message(request: Request, text: str, status: int) -> HTMLResponse:
    """A page that only says something."""
    return page(request, "message.html", status, message=text)
