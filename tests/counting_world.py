"""The derive role over a store, told by hand what of projects and chargers was written."""

import threading
from collections.abc import Sequence
from typing import Any

from schemas.records.dossier import Dossier
from schemas.records.touched import Touched
from services.aggregate.catalogue import Catalogue
from services.aggregate.decode import RawRow, decode, touches
from services.aggregate.derive import Deriver
from services.aggregate.ids import COUNTED, id_of, packed
from services.aggregate.memory import MemoryOutlet, MemorySource
from services.aggregate.store import ClickHouseStore, Store
from services.aggregate.write import keep
from services.runtime.kafka import Record
from tests.builders import defined, line, raw_event, record

YI = 10**8


def emptied(client: Any) -> ClickHouseStore:
    """The store of a client, with nothing in any table."""
    tables = client.query(
        "SELECT name FROM system.tables WHERE database = 'pacekeeper'"
        " AND engine LIKE '%MergeTree' AND name != 'migrations'"
    ).result_rows
    for (table,) in tables:
        client.command(f"TRUNCATE TABLE pacekeeper.{table}")
    return ClickHouseStore(client)


class Aggregate:
    """`define` and `take` events; `said` is what the dossiers of a series said last."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.catalogue = Catalogue()
        self.outlet = MemoryOutlet()
        self.offset = 0
        self.told = 0
        stop = threading.Event()
        self.deriver = Deriver(MemorySource(), store, self.outlet, self.catalogue, self, stop)

    def read_to_end(self, timeout: float) -> bool:
        return True

    def define(self, *definitions: bytes) -> None:
        """Known, stored and told."""
        for raw in definitions:
            self.offset += 1
            self.catalogue.apply(Record("catalogue", 0, self.offset, 0, b"k", line(raw)))
        self.take(*definitions)

    def place(self, **parents: str) -> None:
        """Entities under their parents; one without is put under an empty name."""
        for name, parent in parents.items():
            data = {"entity": name, "kind": "town", "name_zh": name}
            above = {"parent": parent} if parent else {}
            self.define(raw_event("entity.defined", data | above, id=f"{name}-{self.offset}"))

    def take(self, *events: bytes) -> list[Dossier]:
        """Written and derived; the dossiers that came of it."""
        self.offset += 1
        written = record(*events, offset=self.offset)
        rows = [r for r in decode(0, self.offset, written.value or b"") if isinstance(r, RawRow)]
        keep(self.store, rows)
        series = {touched for row in rows if (touched := touches(row)) is not None}
        ids = [id_of(row.source, row.event_id) for row in rows if row.type in COUNTED]
        return self.tell(series, ids)

    def tell(self, series: set[tuple[str, str]], ids: Sequence[int] = ()) -> list[Dossier]:
        self.told += 1
        said = Touched(
            partition=0, offset=self.offset, series=tuple(sorted(series)), ids=packed(ids)
        )
        before = len(self.outlet.published["indicators"])
        body = said.model_dump_json().encode()
        self.deriver.derive([Record("touched", 0, self.told, 0, b"0", body)])
        published = self.outlet.published["indicators"][before:]
        return [Dossier.model_validate_json(value) for _, value in published]

    def said(self, indicator: str, entity: str) -> dict[str, str]:
        """The figures of the newest dossier, by period."""
        dossiers = [
            Dossier.model_validate_json(value)
            for key, value in self.outlet.published["indicators"]
            if key == f"{indicator}|{entity}".encode()
        ]
        if not dossiers:
            return {}
        return {fact.period: format(fact.value.normalize(), "f") for fact in dossiers[-1].facts}


def project(name: str = "p-1", stage: str = "signed", on: str = "2024-03-05", **more: Any) -> bytes:
    """A state of a project of 120 亿元, recorded on the day after."""
    time = more.pop("time", f"{on}T20:00:00+08:00")
    id = more.pop("id", f"{name}-{stage}-{on}-{time}")
    data = {
        "project": name,
        "name": name,
        "entity": "x",
        "amount": {"value": str(120 * YI), "currency": "CNY"},
        "stage": stage,
        "on": on,
    }
    return raw_event("project.updated", data | more, id=id, time=time)


def charger(name: str = "c-1", day: str = "2024-03-05", **more: Any) -> bytes:
    """A state of a public charger in service at the noon of a day, recorded then."""
    time = more.pop("time", f"{day}T12:00:00+08:00")
    id = more.pop("id", f"{name}-{day}-{time}")
    data = {
        "station": "s-1",
        "charger": name,
        "operator": "星能",
        "use": "public",
        "status_at": f"{day}T12:00:00+08:00",
        "connectors": [],
        "stage": "in_service",
        "entity": "x",
    }
    return raw_event("charger.updated", data | more, id=id, time=time)


def counting(name: str, kind: str, measure: str = "cumulative", **formula: Any) -> bytes:
    """An indicator that counts something, in 个; a rate in %."""
    unit = "%" if measure == "rate" else "个"
    whole = {"kind": kind} | formula
    return defined(indicator=name, formula=whole, unit=unit, measure=measure, due_days=None)


NEW = counting("new", "count_chargers", use=["public"], since="year")
THERE = counting("there", "count_chargers", "stock", use=["public"])
SIGNED = counting("signed", "count_projects", where={"stage": "signed"})
PROGRESS = counting("progress", "investment_progress", "rate", where={})
