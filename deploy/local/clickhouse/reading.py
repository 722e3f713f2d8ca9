"""Runs any statement but an INSERT with data; every method is one step in a thread of a lane."""

from __future__ import annotations

import json
from dataclasses import dataclass

from deploy.local.clickhouse import formats, identity, kill, statement
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Chunk, Stats, Stream
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.external import ExternalTable
from deploy.local.clickhouse.formats import Joiner
from deploy.local.clickhouse.house import House
from deploy.local.clickhouse.native import Framer
from deploy.local.clickhouse.request import Request
from deploy.local.clickhouse.sessions import Lease
from deploy.local.clickhouse.spool import Spooled

_STREAMED_WORDS = frozenset({"SELECT", "WITH", "FROM"})
_ANSWERING_WORDS = _STREAMED_WORDS | {
    "SHOW",
    "DESCRIBE",
    "DESC",
    "EXISTS",
    "EXPLAIN",
    "CHECK",
    "KILL",
    "BACKUP",
    "RESTORE",
    "VALUES",
}
_STATE_WORDS = frozenset({"SET", "USE"})
_SYNTAX_ERROR = 62


@dataclass(frozen=True, slots=True)
class Answer:
    """The first piece of an answer; `format` is empty for a statement that gives no result."""

    format: str
    data: bytes
    stats: Stats
    finished: bool


class Reading:
    """Any statement but an INSERT with data."""

    def __init__(self, house: House, request: Request, account: Account, text: bytes) -> None:
        self._house = house
        self._request = request
        self._account = account
        self._text = identity.personal(text, account)
        self._lease: Lease | None = None
        self._stream: Stream | None = None
        self._spooled: Spooled | None = None
        self._join: Joiner | Framer = Joiner("")
        self._external: list[ExternalTable] = []
        self.stats = Stats()

    @property
    def running(self) -> bool:
        """Whether it still holds its connection, or its room on disk."""
        return self._lease is not None or self._spooled is not None

    def start(self) -> Answer:
        """Screen the statement, run it, and give the first piece of its result."""
        request = self._house.guard.admit(self._request, self._account)
        if self._account.guarded and kill.is_kill(self._text):
            return self._kill_own()
        if self._account.guarded and request.external:
            raise DatabaseError(
                497, f"{self._account.name}: External data are not available to this account"
            )
        self._lease = Lease(self._house.engine, self._house.sessions, request, self._account)
        try:
            return self._start(self._lease)
        except BaseException:
            self.close()
            raise

    def kill(self) -> None:
        """Stop the query while another thread waits for it."""
        self._house.kill(self._account, self._request.query_id)

    def progress(self) -> str:
        """How far the query is, asked while another thread waits for it."""
        return self._house.progress(self._account, self._request.query_id)

    def more(self) -> bytes | None:
        """The next piece, None at the end.

        The end gives the connection back: a client that has it asks again in the same session.
        """
        if self._spooled:
            return self._spooled.read() or None
        try:
            chunk = self._stream.fetch() if self._stream else None
        except BaseException:
            self._stream = None
            self.close()
            raise
        if chunk is None:
            self._stream = None
            self.close()
            return None
        self.stats += chunk.stats
        return self._join.feed(chunk.data)

    def close(self) -> None:
        """Stop what still runs and give the connection back."""
        if self._spooled:
            self._spooled.close()
            self._spooled = None
        lease, self._lease = self._lease, None
        stream, self._stream = self._stream, None
        try:
            if stream:
                # Cancelling alone would wait for the next piece of the result.
                self.kill()
                stream.cancel()
            if lease:
                self._drop_external(lease)
        finally:
            if lease:
                lease.close()

    def _start(self, lease: Lease) -> Answer:
        self._house.guard.screen(
            lease.connection, self._account, self._request, lease.database, self._text
        )
        self._create_external(lease)
        word = statement.first_word(self._text)
        wanted = statement.output_format(self._text) or self._request.format or "TabSeparated"
        if word in _STREAMED_WORDS:
            return self._select(lease, wanted)
        text = kill.by_comment(self._text) if kill.is_kill(self._text) else self._text
        whole = lease.connection.query(text, wanted, self._request.params)
        if word in _STATE_WORDS:
            lease.remember()
        answers = word in _ANSWERING_WORDS or bool(whole.data)
        data = self._framer(lease).feed(whole.data) if formats.is_native(wanted) else whole.data
        return self._finished(wanted if answers else "", Chunk(data, whole.stats))

    def _select(self, lease: Lease, wanted: str) -> Answer:
        if formats.is_native(wanted):
            self._join = self._framer(lease)
        elif formats.joinable(wanted) and not self._twisted(lease):
            self._join = Joiner(wanted)
        else:
            return self._from_disk(lease, wanted)
        self._stream = lease.connection.stream(self._text, wanted, self._request.params)
        if self._request.wait_end:
            return self._first_of(self._house.spool.keep(iter(self.more, None)), wanted)
        return self._first_pieces(wanted)

    def _first_pieces(self, wanted: str) -> Answer:
        """Two pieces, as many results have only one, and what a client wants held back."""
        pieces: list[bytes] = []
        size = 0
        while len(pieces) < 2 or size < self._request.buffer_size:
            piece = self.more()
            if piece is None:
                return self._finished(wanted, Chunk(b"".join(pieces), self.stats))
            pieces.append(piece)
            size += len(piece)
        return Answer(wanted, b"".join(pieces), self.stats, finished=False)

    def _from_disk(self, lease: Lease, wanted: str) -> Answer:
        """Have the engine write a format of one frame to a file, which holds no memory."""
        path = self._house.spool.path()
        text = statement.into_file(self._text, str(path), wanted)
        try:
            whole = lease.connection.query(text, wanted, self._request.params)
        except DatabaseError as error:
            path.unlink(missing_ok=True)
            if error.code != _SYNTAX_ERROR:
                raise
            # The error is to be about the client's own text, not about the file.
            whole = lease.connection.query(self._text, wanted, self._request.params)
        self.stats = whole.stats
        if path.exists():
            return self._first_of(Spooled(path), wanted)
        return self._finished(wanted, whole)

    def _first_of(self, spooled: Spooled, wanted: str) -> Answer:
        """The first piece of a result on disk; what it came from is not needed any more."""
        self.close()
        self._spooled = spooled
        first = spooled.read()
        if len(first) == spooled.size:
            return self._finished(wanted, Chunk(first, self.stats))
        return Answer(wanted, first, self.stats, finished=False)

    def _finished(self, wanted: str, whole: Chunk) -> Answer:
        self.stats = whole.stats
        self.close()
        return Answer(wanted, whole.data, whole.stats, finished=True)

    def _twisted(self, lease: Lease) -> bool:
        """Whether pieces hold more than rows: totals and extremes, or an array around them."""
        names = {*self._request.settings, *lease.changed}
        text = self._text.decode("utf-8", "replace")
        return any(map(formats.twisted, (text, *names)))

    def _framer(self, lease: Lease) -> Framer:
        return Framer(self._request.protocol_version, lambda: self._describe(lease.database))

    def _describe(self, database: str) -> list[tuple[str, str]]:
        """Names and types of the result, asked on a connection of its own; empty if it cannot."""
        text = b"DESCRIBE " + statement.as_subquery(self._text)
        settings = self._request.settings | {"print_pretty_type_names": "0"}
        with self._house.engine.connect(self._account.settings) as connection:
            try:
                connection.set(settings)
                connection.use(database)
                rows = connection.query(text, "JSONCompactEachRow", self._request.params).data
            except DatabaseError:
                return []
        return [(row[0], row[1]) for row in map(json.loads, rows.splitlines())]

    def _kill_own(self) -> Answer:
        """A guarded account stops queries of its own, by their ids."""
        wanted = statement.output_format(self._text) or self._request.format or "TabSeparated"
        target = kill.wanted_id(self._text)
        if target is None or not self._request.changes_allowed:
            raise DatabaseError(
                497,
                f"{self._account.name}: Not enough privileges. This account may stop queries of "
                "its own: KILL QUERY WHERE query_id = '...'",
            )
        self._house.guard.admit_format(self._account, wanted)
        return self._finished(wanted, self._house.killed(self._account, *target, wanted))

    def _create_external(self, lease: Lease) -> None:
        for table in self._request.external:
            lease.connection.query(table.create, "Null")
            self._external.append(table)
            insert = lease.connection.insert(table.insert, table.format, self._house.spool.file())
            try:
                insert.append(table.data)
            except BaseException:
                insert.cancel()
                raise
            insert.done()

    def _drop_external(self, lease: Lease) -> None:
        while self._external:
            lease.connection.query(self._external.pop().drop, "Null")
