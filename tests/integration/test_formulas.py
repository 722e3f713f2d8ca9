"""A chain of derived indicators through the real engine: the share of a sum of children."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.records.dossier import Dossier
from schemas.records.touched import Touched
from services.aggregate.catalogue import Catalogue
from services.aggregate.decode import RawRow, decode
from services.aggregate.derive import Deriver
from services.aggregate.memory import MemoryOutlet, MemorySource
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import RAW
from services.runtime.kafka import Record
from tests.builders import defined, line, observed, raw_event, record, target
from tests.integration.embedded_clickhouse import with_tables

SUM = {"kind": "sum_of_children", "indicator": "vehicle_output"}
SHARE = {
    "kind": "share",
    "part": "vehicle_output",
    "whole": {"indicator": "total", "entity": "parent"},
}


class Aggregate:
    """The derive role over a real store, told by hand what was written."""

    def __init__(self, client: Any) -> None:
        self.store = ClickHouseStore(client)
        self.catalogue = Catalogue()
        self.outlet = MemoryOutlet()
        self.offset = 0
        stop = threading.Event()
        self.deriver = Deriver(MemorySource(), self.store, self.outlet, self.catalogue, self, stop)

    def read_to_end(self, timeout: float) -> bool:
        return True

    def define(self, *definitions: bytes) -> None:
        for raw in definitions:
            self.offset += 1
            self.catalogue.apply(Record("catalogue", 0, self.offset, 0, b"k", line(raw)))

    def take(self, entity: str, value: str | None, **changed: Any) -> list[Dossier]:
        self.offset += 1
        packed = record(observed(value, entity=entity, **changed), offset=self.offset)
        rows = [r for r in decode(0, self.offset, packed.value or b"") if isinstance(r, RawRow)]
        self.store.insert(RAW, rows)
        touched = Touched(partition=0, offset=self.offset, series=(("vehicle_output", entity),))
        body = touched.model_dump_json().encode()
        before = len(self.outlet.published["indicators"])
        self.deriver.derive([Record("touched", 0, self.offset, 0, b"0", body)])
        published = self.outlet.published["indicators"][before:]
        return [Dossier.model_validate_json(value) for _, value in published]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as (client, reader):
        _fill(Aggregate(client))
        yield reader


def _fill(aggregate: Aggregate) -> None:
    places = {"city": {}, "x": {"parent": "city"}, "y": {"parent": "city"}}
    for name, parent in places.items():
        data = {"entity": name, "kind": "town", "name_zh": name} | parent
        aggregate.define(raw_event("entity.defined", data))
    aggregate.define(
        defined(),
        defined(indicator="total", formula=SUM),
        defined(indicator="share", formula=SHARE, unit="%", measure="rate"),
        target(target="share-x", indicator="share", entity="x"),
    )
    aggregate.take("x", "1", id="x", time="2024-07-01T00:00:00Z")
    aggregate.take("y", "2", id="y", time="2024-07-02T00:00:00Z")
    CORRECTED.extend(aggregate.take("y", "5", id="y2", time="2024-07-05T00:00:00Z"))
    aggregate.take("y", "8", period="2024-07", id="y7", time="2024-07-06T00:00:00Z")


CORRECTED: list[Dossier] = []


def rows(reader: Any, query: str) -> list[tuple[Any, ...]]:
    return [tuple(map(str, row)) for row in reader.query(query).result_rows]


def test_a_derived_figure_stands_beside_the_reported_ones(reader: Any) -> None:
    found = rows(
        reader,
        "SELECT indicator, entity, period, measure, toString(value), vintages, derived"
        " FROM bi.current_values WHERE indicator != 'vehicle_output' ORDER BY indicator, entity",
    )
    assert [row[:5] for row in found] == [
        ("share", "x", "2024-H1", "rate", "16.6667"),
        ("share", "y", "2024-H1", "rate", "83.3333"),
        ("total", "city", "2024-06", "cumulative", "6"),
    ]
    assert {row[6] for row in found} == {"True"}


@pytest.mark.parametrize(
    ("at", "total", "share"),
    [
        ("2024-06-30", [], []),
        ("2024-07-01", ["1"], ["100"]),
        ("2024-07-04", ["3"], ["33.3333"]),
        ("2024-07-05", ["6"], ["16.6667"]),
    ],
)
def test_it_can_be_seen_as_it_followed_at_a_moment(
    reader: Any, at: str, total: list[str], share: list[str]
) -> None:
    view = f"bi.values_as_of(at='{at} 00:00:00')"
    query = f"SELECT toString(value) FROM {view} WHERE indicator = '%s' AND entity = '%s'"
    assert [row[0] for row in rows(reader, query % ("total", "city"))] == total
    assert [row[0] for row in rows(reader, query % ("share", "x"))] == share


def test_what_is_undefined_says_why(reader: Any) -> None:
    found = rows(reader, "SELECT indicator, entity, period, reason FROM bi.undefined_values")
    assert sorted(found) == [
        ("share", "y", "2024-01/2024-07", "no_comparison"),
        ("share", "y", "2024-07", "no_comparison"),
        ("total", "city", "2024-07", "incomplete"),
        ("total", "city", "2024-07", "incomplete"),
    ]


def test_a_correction_publishes_every_dependent_again(reader: Any) -> None:
    assert [(each.indicator.indicator, each.entity) for each in CORRECTED] == [
        ("share", "x"),
        ("share", "y"),
        ("total", "city"),
        ("vehicle_output", "y"),
    ]
    share = CORRECTED[0]
    assert [each.data.target for each in share.targets] == ["share-x"]
    assert [fact.basis for fact in share.facts] == [("x", "y2")]
