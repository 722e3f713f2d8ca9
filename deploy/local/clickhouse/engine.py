"""The one door to the embedded ClickHouse engine: connections, queries, streams and inserts.

The engine is chDB: one data path per process, never to be forked, any number of connections, each
used by one thread at a time. Loading the library starts threads: that waits for an engine to open.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from deploy.local.clickhouse.errors import DatabaseError, from_engine, room
from deploy.local.clickhouse.statement import from_file

# What differs from a server's defaults in the embedded engine, and is put back.
_SERVER_LIKE = {"implicit_select": "0", "allow_introspection_functions": "0"}
# A connection string takes its values as they stand, so none may look like the next one.
_SAFE = re.compile(r"[^&=#%\x00-\x1f]*\Z")


@dataclass(frozen=True, slots=True)
class Stats:
    """What a statement read, gave and wrote."""

    read_rows: int = 0
    read_bytes: int = 0
    result_rows: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    elapsed_ns: int = 0

    def __add__(self, other: Stats) -> Stats:
        return Stats(
            max(self.read_rows, other.read_rows),
            max(self.read_bytes, other.read_bytes),
            self.result_rows + other.result_rows,
            self.written_rows + other.written_rows,
            self.written_bytes + other.written_bytes,
            max(self.elapsed_ns, other.elapsed_ns),
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a result in the format asked for."""

    data: bytes
    stats: Stats


class Engine:
    """The engine on one data path; `close` lets it write out and end."""

    def __init__(self, path: Path, server_settings: Mapping[str, str] | None = None) -> None:
        self._path = path
        library: Any = importlib.import_module("chdb")
        self._chdb: Any = library._chdb
        # The connection that stays open keeps the engine alive; the first one's settings are the
        # server's.
        self._anchor = self._open(dict(server_settings or {}))
        self.version, self.timezone = (
            self._anchor.query(b"SELECT version(), timezone()", "TSV").data.decode().split()
        )

    def connect(self, settings: Mapping[str, str] | None = None) -> Connection:
        """Open a connection with these settings, which must be ours and not a client's."""
        return self._open(dict(settings or {}))

    def close(self) -> None:
        """Close the last connection, with which the engine shuts down."""
        self._anchor.close()

    def _open(self, settings: dict[str, str]) -> Connection:
        settings = _SERVER_LIKE | settings
        for name, value in settings.items():
            if not _SAFE.match(value):
                raise ValueError(f"setting {name} cannot stand in a connection string: {value!r}")
        options = "&".join(f"{name}={value}" for name, value in settings.items())
        return Connection(_translated(lambda: self._chdb.connect(f"{self._path}?{options}")))


class Connection:
    """One connection: its settings, database and temporary tables are its own."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def query(self, text: bytes, format: str, params: Mapping[str, str] | None = None) -> Chunk:
        """Run one statement and give its whole result."""
        result = _translated(lambda: self._raw.query(text, format, params=dict(params or {})))
        return Chunk(result.bytes(), _stats(result))

    def stream(self, text: bytes, format: str, params: Mapping[str, str] | None = None) -> Stream:
        """Run a SELECT whose result comes in pieces, each a whole document of the format."""
        result = _translated(lambda: self._raw.send_query(text, format, params=dict(params or {})))
        return Stream(self._raw, result)

    def insert(self, statement: bytes, format: str, file: BinaryIO) -> Insert:
        """Begin an INSERT (without its FORMAT clause) whose data are gathered in this empty file.

        The file is closed with the INSERT.
        """
        return Insert(self._raw, statement, format, file)

    def classify(self, text: str) -> tuple[str, int]:
        """What kind of statement this is (READ_ONLY, MUTATING, CONTROL, UNKNOWN), and how many."""
        report = _translated(lambda: self._raw.classify_query(text))
        return report["query_class"].name, report["statement_count"]

    def text(self, statement: str, params: Mapping[str, str] | None = None) -> str:
        """The result of a statement of ours as plain text."""
        return self.query(statement.encode(), "TSVRaw", params).data.decode("utf-8", "replace")

    def set(self, settings: Mapping[str, str | None]) -> None:
        """Set these settings for the connection; None puts a default back."""
        if settings:
            pairs = (
                f"{_name(name)} = {'DEFAULT' if value is None else quoted(value)}"
                for name, value in settings.items()
            )
            statement = "SET " + ", ".join(pairs)
            self.query(statement.encode("utf-8", "surrogateescape"), "Null")

    def use(self, database: str) -> None:
        """Make a database the current one."""
        self.query(f"USE {identifier(database)}".encode("utf-8", "surrogateescape"), "Null")

    def close(self) -> None:
        """Drop the connection with all it holds."""
        self._raw.close()


class Stream:
    """A running SELECT."""

    def __init__(self, raw: Any, result: Any) -> None:
        self._raw = raw
        self._result = result

    def fetch(self) -> Chunk | None:
        """The next piece, or None at the end."""
        piece = _translated(lambda: self._raw.streaming_fetch_result(self._result))
        if piece is None or not piece.size():
            return None
        return Chunk(piece.bytes(), _stats(piece))

    def cancel(self) -> None:
        """Stop the query."""
        self._raw.streaming_cancel_query(self._result)


class Insert:
    """An INSERT whose data are gathered in a file first; they count once `done` returns.

    The engine has an interface for pieces too, but that one answers that all is well when the rows
    could not be written: on a full disk they would be lost without a word.
    """

    def __init__(self, raw: Any, statement: bytes, format: str, file: BinaryIO) -> None:
        self._raw = raw
        self._statement = from_file(statement, f"/dev/fd/{file.fileno()}", format)
        self._file = file

    def append(self, data: bytes) -> None:
        """Gather more data."""
        with room():
            self._file.write(data)

    def done(self) -> Stats:
        """Write the rows and make them visible and durable."""
        with room(), self._file:
            self._file.seek(0)
            return _stats(_translated(lambda: self._raw.query(self._statement, "Null", params={})))

    def cancel(self) -> None:
        """Give the data up; nothing was written."""
        # What had no room is flushed once more, in vain.
        with suppress(OSError):
            self._file.close()


def quoted(value: str) -> str:
    """A string literal of the engine's SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def identifier(name: str) -> str:
    """A quoted identifier of the engine's SQL."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name):
        raise DatabaseError(115, f"Unknown setting '{name}'", "UNKNOWN_SETTING")
    return name


def _translated(call: Callable[[], Any]) -> Any:
    try:
        result = call()
    except RuntimeError as error:
        raise from_engine(str(error)) from error
    failed = getattr(result, "has_error", None)
    if failed is not None and failed():
        raise from_engine(result.error_message())
    return result


def _stats(result: Any) -> Stats:
    return Stats(
        read_rows=result.storage_rows_read(),
        read_bytes=result.storage_bytes_read(),
        result_rows=result.rows_read(),
        written_rows=result.rows_written(),
        written_bytes=result.bytes_written(),
        elapsed_ns=int(result.elapsed() * 1e9),
    )
