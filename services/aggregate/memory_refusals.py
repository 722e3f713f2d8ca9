"""What is Refusing in memory: every refused event is looked for among all that was taken."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import orjson

from schemas.records.books import Refused
from services.aggregate.decode import RawRow
from services.aggregate.record_tables import REJECTED, RESUBMITTED
from services.aggregate.refusals import refused


class MemoryRefusing:
    """For a store that keeps its rows in `tables` and `raw`."""

    tables: dict[str, list[tuple[Any, ...]]]
    raw: dict[tuple[int, int, int], RawRow]

    def refused(self, since: datetime) -> dict[str, Refused]:
        """See Refusing."""
        again = {row[:2] for row in self.tables[RESUBMITTED.name]}
        taken: dict[tuple[str, str], datetime] = {}
        for row in self.raw.values():
            name = row.source, row.event_id
            taken[name] = max(row.received_at, taken.get(name, row.received_at))
        standing: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for told in {(row[2], row[0]): row for row in self.tables[REJECTED.name]}.values():
            id_, _, department, at, _, event_id, *said, raw, _ = told
            healed = event_id and taken.get((_source(raw), event_id), at) > at
            if at >= since and (department, id_) not in again and not healed:
                standing[department].append((at, id_, event_id, *said))
        return {department: _refused(rows) for department, rows in standing.items()}


def _source(raw: str) -> str:
    try:
        event = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return ""
    return str(event.get("source", "")) if isinstance(event, dict) else ""


def _refused(rows: list[tuple[Any, ...]]) -> Refused:
    at, _, *said = max(rows)
    return refused(len(rows), sorted({row[3] for row in rows}), (at, *said))
