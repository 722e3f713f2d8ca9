"""The views in ClickHouse, read with the account `bi`."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from services.alerts.console.rows import (
    AlertRow,
    AssessmentRow,
    AwaitedRow,
    EntityRow,
    HistoryRow,
    IndicatorRow,
    LedgerRow,
    RejectedRow,
    Snapshot,
    TargetRow,
    ValueRow,
)
from services.runtime.clickhouse import translated

Row = TypeVar("Row")


class Client(Protocol):
    """As much of a ClickHouse client as reading takes."""

    def query(self, query: str, parameters: dict[str, Any] | None = None) -> Any:
        """Run one statement and read its whole answer."""
        ...


Connect = Callable[[], Client]
MAX_IDLE = 4

# The ledger is not in it: it counts every arrival, which is not cheap (the books page asks itself).
_STAMP = """
SELECT
    (SELECT (count(), sum(cityHash64(target, version, period, lamp, ifNull(toString(actual), ''),
        ifNull(toString(as_of), ''), toString(assessed_at), superseded)))
     FROM bi.assessments) AS assessments,
    (SELECT (count(), toString(max(at))) FROM bi.alert_history) AS alerts,
    (SELECT count() FROM bi.targets) AS targets,
    (SELECT count() FROM bi.rejected) AS rejected
"""
_TARGETS = """
(SELECT *, effective_from <= toDate(now('Asia/Shanghai')) AS started FROM bi.targets)
"""
# A deadline is near on its day and the three before it; a cured alert has none to keep.
_ALERTS = """
(
    SELECT *, coalesce(due_on <= toDate(now('Asia/Shanghai')) + 3, false) AND NOT overdue
        AND state NOT IN ('cured', 'closed', 'withdrawn') AS near_due
    FROM bi.alerts
)
"""
# What the pages stand on; each answers `WHERE 0` at no cost if it is there.
_NEEDED = (
    (_TARGETS, TargetRow),
    ("bi.assessments", AssessmentRow),
    ("bi.latest_assessments", AssessmentRow),
    ("bi.current_values", ValueRow),
    (_ALERTS, AlertRow),
    ("bi.alert_history", HistoryRow),
    ("bi.indicators", IndicatorRow),
    ("bi.entities", EntityRow),
    ("bi.ledger", LedgerRow),
    ("bi.rejected", RejectedRow),
    ("bi.awaited_targets", AwaitedRow),
)
_IN_TIME = "ORDER BY period_end NULLS FIRST, period, version, as_of NULLS FIRST, assessed_at"
_LONGEST_FIRST = "ORDER BY days DESC, target"
_DONE = "('closed', 'withdrawn')"


class StoreViews:
    """Keeps the promises of `Views`; a client serves one thread at a time."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._idle: list[Client] = []
        self._lock = threading.Lock()

    def stamp(self) -> str:
        """See Views."""
        with self._client() as client:
            return repr(client.query(_STAMP).first_row)

    def snapshot(self) -> Snapshot:
        """See Views."""
        simulated = "SELECT DISTINCT indicator, entity, scope FROM bi.current_values"
        with self._client() as client:
            marked = client.query(f"{simulated} WHERE status = 'G'").result_rows
        return Snapshot(
            targets=tuple(self._rows(TargetRow, _TARGETS, "ORDER BY target, version")),
            latest=tuple(self._rows(AssessmentRow, "bi.latest_assessments", "ORDER BY target")),
            alerts=tuple(self.alerts(closed=False)),
            indicators=tuple(self._rows(IndicatorRow, "bi.indicators", "ORDER BY indicator")),
            entities=tuple(self._rows(EntityRow, "bi.entities", "ORDER BY entity")),
            simulated=frozenset((str(i), str(e), str(s)) for i, e, s in marked),
            awaited=tuple(self._rows(AwaitedRow, "bi.awaited_targets", _LONGEST_FIRST)),
        )

    def assessments(self, target: str) -> list[AssessmentRow]:
        """See Views."""
        where = f"WHERE target = {{target:String}} {_IN_TIME}"
        return self._rows(AssessmentRow, "bi.assessments", where, target=target)

    def versions(self, target: str) -> list[TargetRow]:
        """See Views."""
        where = "WHERE target = {target:String} ORDER BY version"
        return self._rows(TargetRow, _TARGETS, where, target=target)

    def values(self, indicator: str, entity: str) -> list[ValueRow]:
        """See Views."""
        where = (
            "WHERE indicator = {indicator:String} AND entity = {entity:String} "
            "ORDER BY period_end, measure, period"
        )
        return self._rows(ValueRow, "bi.current_values", where, indicator=indicator, entity=entity)

    def alerts(self, closed: bool) -> list[AlertRow]:
        """See Views."""
        only = "" if closed else f"WHERE state NOT IN {_DONE} "
        return self._rows(AlertRow, _ALERTS, f"{only}ORDER BY opened_at DESC, alert DESC")

    def alerts_of(self, target: str) -> list[AlertRow]:
        """See Views."""
        where = "WHERE target = {target:String} ORDER BY opened_at DESC, alert DESC"
        return self._rows(AlertRow, _ALERTS, where, target=target)

    def alert(self, alert: str) -> AlertRow | None:
        """See Views."""
        found = self._rows(AlertRow, _ALERTS, "WHERE alert = {alert:String}", alert=alert)
        return found[0] if found else None

    def history(self, alert: str) -> list[HistoryRow]:
        """See Views."""
        where = "WHERE alert = {alert:String} ORDER BY seq"
        return self._rows(HistoryRow, "bi.alert_history", where, alert=alert)

    def ledger(self) -> list[LedgerRow]:
        """See Views."""
        return self._rows(LedgerRow, "bi.ledger", "ORDER BY day DESC, department")

    def rejected(self) -> list[RejectedRow]:
        """See Views."""
        return self._rows(
            RejectedRow, "bi.rejected", "ORDER BY received_at DESC, id DESC LIMIT 200"
        )

    def ready(self) -> bool:
        """See Views."""
        for view, row in _NEEDED:
            self._rows(row, view, "WHERE 0")
        return True

    def _rows(self, row: type[Row], view: str, rest: str, **values: str) -> list[Row]:
        names = [column.name for column in fields(row)]  # type: ignore[arg-type]
        columns = ", ".join(f"`{name}`" for name in names)
        with self._client() as client:
            found = client.query(f"SELECT {columns} FROM {view} {rest}", parameters=values)
        return [
            row(**{name: _plain(value) for name, value in zip(names, line, strict=True)})
            for line in found.result_rows
        ]

    @contextmanager
    def _client(self) -> Iterator[Client]:
        with self._lock:
            client = self._idle.pop() if self._idle else None
        if client is None:
            client = self._connect()
        with translated():
            yield client
        # Only a client whose call went well is used again.
        with self._lock:
            if len(self._idle) < MAX_IDLE:
                self._idle.append(client)


def _plain(value: Any) -> Any:
    """Lists become tuples, and a time that comes without a zone is UTC, as its column says."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
