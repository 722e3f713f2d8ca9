"""Runs one request's statement on the engine; every method is one step in a thread of a lane."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.local.clickhouse import statement
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Chunk, Engine, Stats, Stream, quoted
from deploy.local.clickhouse.guard import Guard
from deploy.local.clickhouse.request import Request
from deploy.local.clickhouse.sessions import Lease, Sessions, comment_of
from deploy.local.clickhouse.statement import InsertHead

# Formats of which pieces can be put one behind the other; all others repeat a head or a frame.
_STREAMED = frozenset(
    {
        "Native",
        "RowBinary",
        "TabSeparated",
        "TSV",
        "TabSeparatedRaw",
        "TSVRaw",
        "Raw",
        "CSV",
        "TSKV",
        "LineAsString",
        "JSONEachRow",
        "JSONLines",
        "NDJSON",
        "JSONStringsEachRow",
        "JSONCompactEachRow",
        "JSONCompactStringsEachRow",
    }
)
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


@dataclass(slots=True)
class House:
    """What every request meets: the engine, its sessions, the guard."""

    engine: Engine
    sessions: Sessions
    guard: Guard

    def kill(self, account: Account, query_id: str) -> None:
        """Stop the query that a client of this account gave this id."""
        mark = quoted(comment_of(account, query_id))
        with self.engine.connect() as connection:
            connection.text(f"KILL QUERY WHERE Settings['log_comment'] = {mark} ASYNC")


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
        self._text = text
        self._lease: Lease | None = None
        self._stream: Stream | None = None
        self.stats = Stats()

    @property
    def running(self) -> bool:
        """Whether it still holds its connection."""
        return self._lease is not None

    def start(self) -> Answer:
        """Screen the statement, run it, and give the first piece of its result."""
        request = self._house.guard.admit(self._request, self._account)
        self._lease = Lease(self._house.engine, self._house.sessions, request, self._account)
        try:
            return self._start(self._lease)
        except BaseException:
            self.close()
            raise

    def kill(self) -> None:
        """Stop the query while another thread waits for it."""
        self._house.kill(self._account, self._request.query_id)

    def more(self) -> bytes | None:
        """The next piece, None at the end."""
        try:
            chunk = self._stream.fetch() if self._stream else None
        except BaseException:
            self._stream = None
            raise
        if chunk is None:
            self._stream = None
            return None
        self.stats += chunk.stats
        return chunk.data

    def close(self) -> None:
        """Stop what still runs and give the connection back."""
        lease, self._lease = self._lease, None
        stream, self._stream = self._stream, None
        try:
            if stream:
                # Cancelling alone would wait for the next piece of the result.
                self.kill()
                stream.cancel()
        finally:
            if lease:
                lease.close()

    def _start(self, lease: Lease) -> Answer:
        self._house.guard.screen(
            lease.connection, self._account, self._request, lease.database, self._text
        )
        word = statement.first_word(self._text)
        wanted = statement.output_format(self._text) or self._request.format or "TabSeparated"
        if self._streams(word, wanted):
            return self._first_pieces(lease, wanted)
        whole = lease.connection.query(self._text, wanted, self._request.params)
        if word in _STATE_WORDS:
            lease.remember()
        answers = word in _ANSWERING_WORDS or bool(whole.data)
        return self._finished(wanted if answers else "", whole)

    def _first_pieces(self, lease: Lease, wanted: str) -> Answer:
        self._stream = lease.connection.stream(self._text, wanted, self._request.params)
        first = self.more()
        second = self.more() if first is not None else None
        if second is None:
            return self._finished(wanted, Chunk(first or b"", self.stats))
        if self._request.wait_end:
            rest = list(iter(self.more, None))
            return self._finished(
                wanted, Chunk(b"".join([first or b"", second, *rest]), self.stats)
            )
        return Answer(wanted, (first or b"") + second, self.stats, finished=False)

    def _finished(self, wanted: str, whole: Chunk) -> Answer:
        self.stats = whole.stats
        self.close()
        return Answer(wanted, whole.data, whole.stats, finished=True)

    def _streams(self, word: str, wanted: str) -> bool:
        # Totals and extremes stand behind the rows of every piece.
        text = self._text.lower()
        return (
            word in _STREAMED_WORDS
            and wanted in _STREAMED
            and b"totals" not in text
            and b"extremes" not in text
            and "extremes" not in self._request.settings
        )


class Writing:
    """An INSERT whose data come with the request."""

    def __init__(self, house: House, request: Request, account: Account, head: InsertHead) -> None:
        house.guard.admit_insert(request, account)
        self._request = request
        self._lease: Lease | None = Lease(house.engine, house.sessions, request, account)
        try:
            # An insert takes no parameters of its own, but it sees those of its connection.
            self._lease.connection.set({f"param_{n}": v for n, v in request.params.items()})
            self._insert = self._lease.connection.insert(
                head.statement, head.format or request.format or "Values"
            )
        except BaseException:
            self._give_back()
            raise

    def append(self, data: bytes) -> None:
        """Hand over more data; an error ends the insert."""
        try:
            self._insert.append(data)
        except BaseException:
            self.cancel()
            raise

    def finish(self) -> Stats:
        """Write everything and say what was written."""
        try:
            return self._insert.done()
        finally:
            self._give_back()

    def cancel(self) -> None:
        """Write nothing more."""
        if self._lease:
            try:
                self._insert.cancel()
            finally:
                self._give_back()

    def _give_back(self) -> None:
        lease, self._lease = self._lease, None
        if lease:
            lease.close()


def insert_head(request: Request, text: bytes) -> InsertHead | None:
    """Where an INSERT's data begin in the text of a request, if it is one that carries data."""
    whole = len(request.query) + 1 if request.query else None
    return statement.insert_head(text, whole=whole)
