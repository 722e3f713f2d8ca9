"""The two accounts of one engine, and states of chargers to write to it."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.aggregate.decode import RawRow, decode
from services.aggregate.keep import keep
from services.aggregate.store import ClickHouseStore
from tests.builders import raw_event, record

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2024, 3, 1, 22, tzinfo=SHANGHAI)


class Engine(NamedTuple):
    """The two accounts of one server."""

    writer: Any
    reader: Any

    def take(self, events: list[bytes], in_blocks_of: int = 7) -> None:
        """Write the events, a record each, as the write role does."""
        store = ClickHouseStore(self.writer)
        rows = []
        for offset, event in enumerate(events):
            found = list(decode(0, offset, record(event, offset=offset).value or b""))
            rows += [row for row in found if isinstance(row, RawRow)]
        assert len(rows) == len(events)
        for start in range(0, len(rows), in_blocks_of):
            keep(store, rows[start : start + in_blocks_of])

    def forget(self) -> None:
        for table in ("raw", "charger_updates", "conflicts"):
            self.writer.command(f"TRUNCATE TABLE pacekeeper.{table}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.reader.query(query).result_rows]


def updated(
    connectors: dict[str, str] | None = None,
    at: datetime = FIRST,
    *,
    id: str = "e-1",
    time: str = "2024-07-10T09:00:00+08:00",
    connectors_as_sent: list[dict[str, str]] | None = None,
    **changed: Any,
) -> bytes:
    """A state of a charger; what is None is left out."""
    data = {
        "station": "s-1",
        "charger": "c-1",
        "operator": "星能充电",
        "use": "public",
        "status_at": at.isoformat(),
        "connectors": connectors_as_sent
        or [
            {"connector": name, "status": status}
            for name, status in ({"A": "AVAILABLE"} if connectors is None else connectors).items()
        ],
        "stage": "in_service",
        "entity": "wujin",
    } | changed
    told = {name: value for name, value in data.items() if value is not None}
    return raw_event("charger.updated", told, id=id, time=time)
