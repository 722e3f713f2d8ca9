"""The books as the tables have them: receipts with progress, rejects, what was observed, alerts."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from services.runtime import clickhouse


@dataclass(frozen=True)
class EventState:
    """How far one event of a request is: accepted, stored, assessed, duplicate or rejected."""

    index: int
    id: str | None
    state: str
    code: str | None = None


class Progress(NamedTuple):
    """A receipt as the tables have it."""

    department: str
    complete: bool
    events: tuple[EventState, ...]


class RejectedRow(NamedTuple):
    """A refused event; `raw` is its text, cut at 64 KiB."""

    id: str
    department: str
    received_at: datetime
    code: str
    field: str
    message: str
    state: str
    raw: str


class Books(Protocol):
    """Reads the tables. AwayError when the engine does not answer."""

    async def receipt(self, receipt: str) -> Progress | None:
        """Its progress; None while the tables do not have it."""

    async def rejected(
        self, department: str | None, limit: int, before: str
    ) -> Sequence[RejectedRow]:
        """Newest first, of one department or of all; `before` is the id to go on from."""

    async def reject(self, id_: str) -> RejectedRow | None:
        """One refused event."""

    async def observed(self, indicator: str) -> bool:
        """Has the indicator any figure?"""

    async def series_of_alert(self, alert: str) -> tuple[str, str] | None:
        """Indicator and entity that an alert is about."""

    async def ping(self) -> bool:
        """Does the engine answer?"""


@dataclass
class MemoryBooks:
    """Books that are filled by hand, for tests and trials."""

    receipts: dict[str, Progress] = field(default_factory=dict)
    rejects: list[RejectedRow] = field(default_factory=list)
    indicators: set[str] = field(default_factory=set)
    alerts: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def receipt(self, receipt: str) -> Progress | None:
        return self.receipts.get(receipt)

    async def rejected(
        self, department: str | None, limit: int, before: str
    ) -> Sequence[RejectedRow]:
        found = sorted(self.rejects, key=lambda row: row.id, reverse=True)
        mine = [row for row in found if department in (None, row.department)]
        return [row for row in mine if not before or row.id < before][:limit]

    async def reject(self, id_: str) -> RejectedRow | None:
        return next((row for row in self.rejects if row.id == id_), None)

    async def observed(self, indicator: str) -> bool:
        return indicator in self.indicators

    async def series_of_alert(self, alert: str) -> tuple[str, str] | None:
        return self.alerts.get(alert)

    async def ping(self) -> bool:
        return True


# A sender who asks for its receipt is told 503 rather than kept waiting.
_ANSWER_SECONDS = 5

_REJECT_COLUMNS = "id, department, received_at, code, field, message, state, raw"


def _reject(row: Sequence[Any]) -> RejectedRow:
    # The driver hands out UTC without saying so.
    found = RejectedRow(*row)
    return found._replace(received_at=found.received_at.replace(tzinfo=UTC))


class ClickHouseBooks:
    """Reads over the ClickHouse interface in two threads, each with a client of its own."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._account = (url, user, password)
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="books")
        self._own = threading.local()

    async def receipt(self, receipt: str) -> Progress | None:
        head = await self._rows(
            "SELECT department, complete FROM bi.receipts WHERE receipt = {r:String} LIMIT 1",
            {"r": receipt},
        )
        if not head:
            return None
        events = await self._rows(
            "SELECT index, id, state, code FROM pacekeeper.receipt_events "
            "WHERE receipt = {r:String} ORDER BY index",
            {"r": receipt},
        )
        states = (EventState(i, id_ or None, state, code or None) for i, id_, state, code in events)
        return Progress(head[0][0], bool(head[0][1]), tuple(states))

    async def rejected(
        self, department: str | None, limit: int, before: str
    ) -> Sequence[RejectedRow]:
        rows = await self._rows(
            f"SELECT {_REJECT_COLUMNS} FROM bi.rejected "
            "WHERE ({d:String} = '' OR department = {d:String}) "
            "AND ({b:String} = '' OR id < {b:String}) ORDER BY id DESC LIMIT {n:UInt32}",
            {"d": department or "", "b": before, "n": limit},
        )
        return [_reject(row) for row in rows]

    async def reject(self, id_: str) -> RejectedRow | None:
        rows = await self._rows(
            f"SELECT {_REJECT_COLUMNS} FROM bi.rejected WHERE id = {{i:String}} LIMIT 1",
            {"i": id_},
        )
        return _reject(rows[0]) if rows else None

    async def observed(self, indicator: str) -> bool:
        sql = "SELECT 1 FROM bi.observations WHERE indicator = {i:String} LIMIT 1"
        return bool(await self._rows(sql, {"i": indicator}))

    async def series_of_alert(self, alert: str) -> tuple[str, str] | None:
        sql = "SELECT indicator, entity FROM bi.alerts WHERE alert = {a:String} LIMIT 1"
        rows = await self._rows(sql, {"a": alert})
        return (rows[0][0], rows[0][1]) if rows else None

    async def ping(self) -> bool:
        return bool(await self._rows("SELECT 1", {}))

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _rows(self, sql: str, parameters: dict[str, Any]) -> Sequence[Sequence[Any]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._query, sql, parameters)

    def _query(self, sql: str, parameters: dict[str, Any]) -> Sequence[Sequence[Any]]:
        client = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = clickhouse.connect(*self._account, patience=_ANSWER_SECONDS)
        with clickhouse.translated():
            rows: Sequence[Sequence[Any]] = client.query(sql, parameters=parameters).result_rows
            return rows
