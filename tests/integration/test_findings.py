"""`bi.findings` on the real engine, filled the way the derive role fills it."""

import threading
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from schemas.records.touched import Touched
from services.aggregate.catalogue import Catalogue
from services.aggregate.decode import RawRow, decode
from services.aggregate.derive import Deriver
from services.aggregate.ids import COUNTED, id_of, packed
from services.aggregate.keep import keep
from services.aggregate.memory import MemoryOutlet, MemorySource
from services.aggregate.store import ClickHouseStore
from services.runtime.kafka import Record
from tests.builders import defined, line, observed, raw_event, record
from tests.integration.embedded_clickhouse import with_tables

SERIES = ("vehicle_output", "changzhou")


class Bench:
    """A deriver over the real store; `at` later days are later vintages."""

    def __init__(self, store: ClickHouseStore, reader: Any) -> None:
        catalogue = Catalogue()
        catalogue.apply(Record("catalogue", 0, 0, 0, b"k", line(defined(due_days=None))))
        self.store, self.reader, self.offset = store, reader, 0
        self.catalogue = catalogue
        self.restart()

    def restart(self) -> None:
        outlet, source, stop = MemoryOutlet(), MemorySource(), threading.Event()
        self.deriver = Deriver(source, self.store, outlet, self.catalogue, self, stop)

    def read_to_end(self, timeout: float) -> bool:
        return True

    def take(self, *events: bytes, entity: str = "changzhou", partition: int = 0) -> None:
        self.offset += 1
        value = record(*events).value or b""
        rows = [r for r in decode(partition, self.offset, value) if isinstance(r, RawRow)]
        keep(self.store, rows)
        ids = [id_of(row.source, row.event_id) for row in rows if row.type in COUNTED]
        self.tell(entity, ids)

    def tell(self, entity: str = "changzhou", ids: Sequence[int] = ()) -> None:
        series = (("vehicle_output", entity),)
        told = Touched(partition=0, offset=self.offset, series=series, ids=packed(ids))
        body = told.model_dump_json().encode()
        self.deriver.derive([Record("touched", 0, self.offset, 0, b"0", body)])

    def shown(self, entity: str = "changzhou") -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.reader.query(
            "SELECT kind, period, state, event_ids FROM bi.findings WHERE entity = {entity:String}"
            " ORDER BY at, kind",
            {"entity": entity},
        ).result_rows
        return found

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.reader.query(query).result_rows
        return rows


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as (client, reader):
        yield Bench(ClickHouseStore(client), reader)


def test_june_696_8_and_july_124_3_are_shown_until_corrected(bench: Bench) -> None:
    bench.take(
        observed("696.8", "2023-06", id="june"),
        observed("124.3", "2023-07", id="month", measure="period"),
        observed("823.2", "2023-07", id="july"),
    )
    events = ["july", "month", "june"]
    assert bench.shown() == [("identity_broken", "2023-07", "open", events)]
    before = bench.ask("SELECT * FROM bi.findings")
    bench.tell()
    assert bench.ask("SELECT * FROM bi.findings") == before
    fixed = observed("821.1", "2023-07", id="fixed", time="2024-07-11T09:00:00+08:00")
    bench.take(fixed)
    assert bench.shown() == [("identity_broken", "2023-07", "corrected", events)]


def test_one_id_for_two_series_counts_for_the_first_in_every_view(bench: Bench) -> None:
    bench.take(observed("5", id="twice", entity="wujin"), entity="wujin")
    bench.take(observed("7", id="twice", entity="xinbei"), entity="xinbei")
    assert bench.shown("wujin") == []
    assert bench.shown("xinbei") == [("duplicate_conflict", "2024-06", "open", ["twice"])]
    where = "WHERE entity IN ('wujin', 'xinbei')"
    for view in ("observations", "current_values", "revisions", "values_as_of(at=now64())"):
        assert bench.ask(f"SELECT DISTINCT entity FROM bi.{view} {where}") == [("wujin",)], view
    again = observed("7", id="own", entity="xinbei", time="2024-07-11T09:00:00+08:00")
    bench.take(again, entity="xinbei")
    assert bench.shown("xinbei") == [("duplicate_conflict", "2024-06", "corrected", ["twice"])]
    entities = bench.ask(f"SELECT DISTINCT entity FROM bi.current_values {where} ORDER BY entity")
    assert entities == [("wujin",), ("xinbei",)]


def test_an_id_used_in_another_partition_is_known_after_a_restart(bench: Bench) -> None:
    bench.take(observed("5", id="moved", entity="tianning"), entity="tianning", partition=2)
    assert bench.ask("SELECT value FROM bi.current_values WHERE entity = 'tianning'") == [(5,)]
    bench.restart()
    bench.take(observed("7", id="moved", entity="zhonglou"), entity="zhonglou", partition=1)
    # The first is the least of partition, offset and line, whoever came before.
    where = "WHERE entity IN ('tianning', 'zhonglou')"
    for view in ("observations", "current_values"):
        assert bench.ask(f"SELECT entity, value FROM bi.{view} {where}") == [("zhonglou", 7)], view
    bench.restart()
    bench.tell("tianning")
    assert bench.shown("tianning") == [("duplicate_conflict", "2024-06", "open", ["moved"])]
    bench.take(observed("5", id="own-5", entity="tianning"), entity="tianning", partition=2)
    assert bench.shown("tianning") == [("duplicate_conflict", "2024-06", "corrected", ["moved"])]


def charger(name: str, entity: str, id: str, day: str = "2024-03-01") -> bytes:
    data = {
        "station": "s-1",
        "charger": name,
        "entity": entity,
        "operator": "星能充电",
        "use": "public",
        "stage": "in_service",
        "status_at": f"{day}T22:00:00+08:00",
        "connectors": [{"connector": "A", "status": "AVAILABLE"}],
    }
    return raw_event("charger.updated", data, id=id)


def project(name: str, id: str) -> bytes:
    data = {
        "project": name,
        "name": name,
        "entity": "jintan",
        "amount": {"value": "12000000000", "currency": "CNY"},
        "stage": "signed",
        "on": "2024-01-20",
    }
    return raw_event("project.updated", data, id=id)


def test_one_id_for_two_chargers_counts_for_the_first_in_every_view(bench: Bench) -> None:
    bench.take(charger("c-1", "jintan", "plug"))
    bench.take(charger("c-2", "liyang", "plug", day="2024-03-05"))
    bench.take(charger("c-3", "jintan", "plug", day="2024-03-06"))
    assert bench.shown("liyang") == [("duplicate_conflict", "", "open", ["plug"])]
    assert bench.ask("SELECT charger FROM bi.chargers") == [("c-1",)]
    days = bench.ask(
        "SELECT entity, chargers, count(), max(day) FROM bi.charger_daily GROUP BY 1, 2"
    )
    assert days == [("jintan", 1, 1, date(2024, 3, 1))]
    bench.take(charger("c-2", "liyang", "plug-2"))
    assert bench.ask("SELECT charger FROM bi.chargers ORDER BY 1") == [("c-1",), ("c-2",)]


def test_one_id_for_two_projects_counts_for_the_first_in_every_view(bench: Bench) -> None:
    bench.take(project("base-1", "signed"))
    bench.take(project("base-2", "signed"))
    for view in ("projects", "project_history"):
        assert bench.ask(f"SELECT project FROM bi.{view}") == [("base-1",)], view
    bench.take(charger("c-8", "jintan", "plug-8"), project("base-3", "plug-8"))
    bench.take(charger("c-9", "jintan", "signed"), project("base-2", "signed-2"))
    assert bench.ask("SELECT charger FROM bi.chargers WHERE charger = 'c-9'") == []
    assert bench.ask("SELECT project FROM bi.projects ORDER BY 1") == [("base-1",), ("base-2",)]
