"""Connections for requests: a fresh one each, or the one that its session keeps."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Connection, Engine
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.request import Request, SessionWish

_MOST_SESSIONS = 512
# A client that gave up on a query asks again at once, before the engine has let go of it.
_PATIENCE = 1.0
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.\-]{1,128}\Z")


@dataclass(slots=True)
class Session:
    """One client's connection between its requests."""

    connection: Connection
    database: str
    changed: dict[str, str] = field(default_factory=dict)
    busy: bool = True
    expires_at: float = 0.0

    def remember(self) -> None:
        """Note what SET and USE left behind, which a request's own settings must not undo."""
        rows = self.connection.text(
            "SELECT name, value FROM system.settings WHERE changed FORMAT JSONCompactEachRow"
        )
        self.changed = dict(json.loads(row) for row in rows.splitlines())
        self.database = self.connection.text("SELECT currentDatabase()").rstrip("\n")


class Sessions:
    """All sessions by account and id; each serves one request at a time."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, patience: float = _PATIENCE
    ) -> None:
        self._clock = clock
        self._patience = patience
        self._free = threading.Condition()
        self._open: dict[tuple[str, str], Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def acquire(self, account: str, wish: SessionWish, create: Callable[[], Session]) -> Session:
        """The session of this id, for one request; raises 373 if it stays busy, 372 if unknown."""
        key = (account, wish.session_id)
        with self._free:
            self._free.wait_for(lambda: not self._busy(key), self._patience)
            self._expire()
            session = self._open.get(key)
            if session is None:
                if wish.must_exist:
                    raise DatabaseError(372, f"Session {wish.session_id} not found")
                session = self._open[key] = create()
                return session
            if session.busy:
                raise DatabaseError(
                    373, f"Session {wish.session_id} is locked by a concurrent client"
                )
            session.busy = True
            return session

    def release(self, account: str, wish: SessionWish) -> None:
        """Give a session back; it lives on for its timeout."""
        key = (account, wish.session_id)
        with self._free:
            session = self._open[key]
            session.busy = False
            session.expires_at = self._clock() + wish.timeout
            if wish.close_after:
                self._open.pop(key).connection.close()
            self._free.notify_all()

    def close(self) -> None:
        """Close every session's connection."""
        with self._free:
            for session in self._open.values():
                session.connection.close()
            self._open.clear()

    def _busy(self, key: tuple[str, str]) -> bool:
        session = self._open.get(key)
        return session is not None and session.busy

    def _expire(self) -> None:
        now = self._clock()
        idle = [(s.expires_at, key) for key, s in self._open.items() if not s.busy]
        surplus = len(self._open) - _MOST_SESSIONS + 1
        for place, (expires_at, key) in enumerate(sorted(idle)):
            if expires_at < now or place < surplus:
                self._open.pop(key).connection.close()


class Lease:
    """The connection of one request, with the request's settings and database on it."""

    def __init__(
        self, engine: Engine, sessions: Sessions, request: Request, account: Account
    ) -> None:
        self._sessions = sessions
        self._request = request
        self._account = account
        self._session: Session | None = None
        self._undo: dict[str, str | None] = {}
        comment = {"log_comment": comment_of(account, request.query_id)}
        # A plain comment comes with the connection, which costs less than a SET.
        early = request.session is None and bool(_PLAIN_ID.match(request.query_id))
        if request.session is None:
            self.connection = engine.connect(
                {"database": account.database, **account.settings, **(comment if early else {})}
            )
        else:
            self._session = self._take_session(engine, request.session)
            self.connection = self._session.connection
        try:
            self._prepare({} if early else comment)
        except BaseException:
            self.close()
            raise

    @property
    def database(self) -> str:
        """The database that bare table names mean."""
        return self._request.database or (
            self._session.database if self._session else self._account.database
        )

    @property
    def changed(self) -> Iterable[str]:
        """The settings that the session has changed."""
        return self._session.changed if self._session else ()

    def remember(self) -> None:
        """A statement changed the connection's own state: keep it, if there is a session."""
        if self._session:
            self._session.remember()

    def close(self) -> None:
        """Give the connection back as it was, or close it."""
        if self._session is None or self._request.session is None:
            self.connection.close()
            return
        try:
            self.connection.set({name: self._session.changed.get(name) for name in self._undo})
            if self._request.database:
                self.connection.use(self._session.database)
        finally:
            self._sessions.release(self._account.name, self._request.session)

    def _take_session(self, engine: Engine, wish: SessionWish) -> Session:
        account = self._account

        def create() -> Session:
            connection = engine.connect({"database": account.database, **account.settings})
            session = Session(connection, account.database)
            session.remember()
            return session

        return self._sessions.acquire(account.name, wish, create)

    def _prepare(self, comment: dict[str, str]) -> None:
        self.connection.set({**comment, **self._request.settings})
        self._undo = dict.fromkeys(self._request.settings)
        if self._request.database and self._request.database != self._current():
            self.connection.use(self._request.database)

    def _current(self) -> str:
        return self._session.database if self._session else self._account.database


def comment_of(account: Account, query_id: str) -> str:
    """How a query is marked in the engine, which gives ids of its own: as its log_comment."""
    return f"{account.name}/{query_id}"
