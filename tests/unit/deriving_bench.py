"""A deriver over memory, and the events it is given."""

import threading
from collections.abc import Iterable

from schemas.records.dossier import Dossier
from schemas.records.touched import Touched
from services.aggregate.catalogue import Catalogue
from services.aggregate.decode import RawRow, decode
from services.aggregate.derive import Deriver
from services.aggregate.ids import COUNTED, id_of, packed
from services.aggregate.memory import MemoryOutlet, MemorySource, MemoryStore
from services.aggregate.tables import RAW
from services.runtime.kafka import Record, partition_of
from tests.builders import defined, line, raw_event, record

SERIES = ("vehicle_output", "changzhou")
PARTITION = partition_of(b"changzhou", 4)


class Bench:
    """A deriver over a memory store, with the catalogue given."""

    def __init__(
        self, catalogue: Iterable[bytes] = (defined(),), store: MemoryStore | None = None
    ) -> None:
        self.source = MemorySource()
        self.store = store or MemoryStore()
        self.outlet = MemoryOutlet()
        self.catalogue = Catalogue()
        self.asked = 0
        self.late = 0
        self.known = 0
        for raw in catalogue:
            self.know(raw)
        self.deriver = Deriver(
            self.source, self.store, self.outlet, self.catalogue, self, threading.Event()
        )
        self.offset = 0

    def read_to_end(self, timeout: float) -> bool:
        self.asked += 1
        if self.late:
            self.late -= 1
            return False
        return True

    def take(self, *events: bytes, touch: tuple[str, str] = SERIES) -> list[Dossier]:
        """Store the events as one record, tell it, derive; the dossiers that came of it."""
        whole = record(*events, partition=PARTITION, offset=self.offset)
        found = decode(PARTITION, self.offset, whole.value or b"")
        rows = [row for row in found if isinstance(row, RawRow)]
        self.store.insert(RAW, rows)
        told = touched(self.offset + 1, PARTITION, self.offset, touch, rows)
        self.offset += 1
        before = len(self.outlet.published["indicators"])
        self.deriver.derive([told])
        published = self.outlet.published["indicators"][before:]
        dossiers = [Dossier.model_validate_json(value) for _, value in published]
        keys = [f"{each.indicator.indicator}|{each.entity}".encode() for each in dossiers]
        assert keys == [key for key, _ in published]
        return dossiers

    def know(self, raw: bytes) -> None:
        self.known += 1
        self.catalogue.apply(Record("catalogue", 0, self.known, 0, b"k", line(raw)))

    def shown(self) -> dict[tuple[str, str], str]:
        row = self.store.series[SERIES]
        names = zip(row.now_measure, row.now_period, strict=True)
        return dict(zip(names, map(str, row.now_value), strict=True))


def findings(bench: Bench, entity: str = "changzhou") -> list[tuple[str, str]]:
    row = bench.store.series["vehicle_output", entity]
    return list(zip(row.found_kind, row.found_state, strict=True))


def touched(
    at: int,
    partition: int,
    offset: int,
    series: tuple[str, str],
    rows: Iterable[RawRow] = (),
) -> Record:
    ids = packed([id_of(row.source, row.event_id) for row in rows if row.type in COUNTED])
    told = Touched(partition=partition, offset=offset, series=(series,), ids=ids)
    return Record("touched", 0, at, 0, b"0", told.model_dump_json().encode())


def entity(name: str, parent: str | None = None) -> bytes:
    data = {"entity": name, "kind": "district", "name_zh": name, "parent": parent}
    return raw_event("entity.defined", data, id=f"def-{name}")


def rows_of(*events: bytes, partition: int = 7, offset: int = 5) -> list[RawRow]:
    value = record(*events).value or b""
    return [row for row in decode(partition, offset, value) if isinstance(row, RawRow)]
