"""A rebuild on the real engine: every view is the same afterwards, whatever happens meanwhile."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from services.aggregate.counting import Counting
from services.aggregate.decode import RawRow, decode, touches
from services.aggregate.derive import Deriver
from services.aggregate.memory import MemoryOutlet, MemorySource
from services.aggregate.rebuild import Rebuild
from services.aggregate.store import ClickHouseStore, Store
from services.aggregate.workbench import Workbench
from services.aggregate.write import keep
from services.runtime.kafka import Record
from tests.builders import defined, observed, record, target
from tests.counting_world import NEW, PROGRESS, SIGNED, THERE, Aggregate, charger, emptied, project

SUM = {"kind": "sum_of_children", "indicator": "vehicle_output"}


class Topic:
    """What `events` keeps, from `first` on."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.first = 0

    def ends(self) -> dict[int, tuple[int, int]]:
        return {0: (self.first, self.records[-1].offset + 1), 1: (0, 0)}

    def read(self, partition: int, first: int, end: int) -> Iterator[Sequence[Record]]:
        yield [r for r in self.records if partition == 0 and first <= r.offset < end]


class City(Aggregate):
    """An aggregate whose records lie in a topic too."""

    def __init__(self, client: Any) -> None:
        super().__init__(ClickHouseStore(client))
        self.client = client
        self.topic = Topic()
        self.touched: set[tuple[str, str]] = set()

    def take(self, *events: bytes) -> Any:
        self.topic.records.append(record(*events, offset=self.offset + 1))
        return super().take(*events)

    def arrive(self, *events: bytes) -> None:
        """Written, but not derived yet."""
        self.offset += 1
        packed = record(*events, offset=self.offset)
        self.topic.records.append(packed)
        rows = decode(0, self.offset, packed.value or b"")
        kept = [row for row in rows if isinstance(row, RawRow)]
        keep(self.store, kept)
        self.touched |= {each for row in kept if (each := touches(row)) is not None}

    def rebuild(
        self, source: str = "raw", tell: Callable[[str, int, int], None] = lambda s, d, t: None
    ) -> None:
        def anew(store: Store) -> Deriver:
            stop = threading.Event()
            silent = MemorySource(), store, MemoryOutlet()
            return Deriver(*silent, self.catalogue, self, stop)

        bench = Workbench(self.client)
        self.told += 1
        Rebuild(
            bench, self.topic, self.deriver, anew, lambda s: Counting(s, self.catalogue), tell
        ).run(source, self.told)

    def views(self) -> dict[str, list[Any]]:
        names = self.client.query(
            "SELECT name FROM system.tables WHERE database = 'bi' ORDER BY name"
        ).result_rows
        found = {
            name: "bi." + name if name != "values_as_of" else "bi.values_as_of(at='2030-01-01')"
            for (name,) in names
            if name != "freshness"  # it tells the age of what the others show
        }
        return {
            name: sorted(map(repr, self.client.query(f"SELECT * FROM {view}").result_rows))
            for name, view in found.items()
        }


@pytest.fixture
def city(client: Any) -> City:
    emptied(client)
    found = City(client)
    found.place(city="", x="city", y="city")
    found.define(NEW, THERE, SIGNED, PROGRESS, defined(), defined(indicator="total", formula=SUM))
    found.define(target(indicator="total", entity="city"))
    found.take(
        observed("1", "2024-05", entity="x", id="x5"), observed("2", "2024-05", entity="y", id="y5")
    )
    found.take(observed("0.5", "2024-06", entity="x", id="x6"))
    found.take(observed("3", "2024-06", entity="x", id="x6b", time="2024-08-01T00:00:00Z"))
    found.take(observed(None, "2024-05", entity="y", id="y5b", time="2024-08-02T00:00:00Z"))
    found.take(project("p-1"), project("p-2", entity="y", on="2024-05-01"), charger())
    found.take(charger(day="2024-04-02", entity="y"), charger("c-2"), project("p-1", "started"))
    conflict = observed("9", "2024-07", entity="y", id="x6", time="2024-08-03T00:00:00Z")
    found.take(conflict)
    return found


def beside(client: Any) -> list[Any]:
    return list(
        client.query(
            "SELECT name FROM system.tables WHERE database = 'pacekeeper' AND name LIKE '%rebuilt'"
        ).result_rows
    )


@pytest.mark.parametrize("source", ["raw", "events"])
def test_every_view_is_the_same_afterwards_and_nothing_is_left_beside(
    city: City, source: str
) -> None:
    before, rests = city.views(), city.store.rests()
    assert before["findings"]
    assert before["charger_daily"]
    assert rests
    city.rebuild(source)
    assert city.views() == before
    assert city.store.rests() == rests
    assert beside(city.client) == []


def test_tables_that_were_damaged_are_right_again_and_what_changed_is_published(city: City) -> None:
    before = city.views()
    for table in ("series", "rests", "conflicts", "charger_updates", "charger_counts"):
        city.client.command(f"TRUNCATE TABLE pacekeeper.{table}")
    published = len(city.outlet.published["indicators"])
    city.rebuild()
    assert city.views() == before
    assert len(city.outlet.published["indicators"]) > published
    published = len(city.outlet.published["indicators"])
    city.rebuild()
    assert len(city.outlet.published["indicators"]) == published


def test_a_lost_raw_row_comes_back_from_the_topic(city: City) -> None:
    before = city.views()
    city.client.command("DELETE FROM pacekeeper.raw WHERE event_id = 'x6b'")
    assert city.views() != before
    city.rebuild("events")
    assert city.views() == before


def test_what_the_topic_no_longer_keeps_stays_as_it_was_stored(city: City) -> None:
    before = city.views()
    city.topic.first = city.topic.records[-2].offset
    city.rebuild("events")
    assert city.views() == before


@pytest.mark.parametrize("source", ["raw", "events"])
def test_one_that_was_killed_anywhere_is_done_again_from_the_beginning(
    city: City, source: str
) -> None:
    before = city.views()
    for step in ("raw", "conflicts", "chargers", "charger_counts", "series"):

        def die(at: str, done: int, total: int, step: str = step) -> None:
            if at == step:
                raise KeyboardInterrupt

        if source == "raw" and step == "raw":
            continue
        with pytest.raises(KeyboardInterrupt):
            city.rebuild(source, die)
        assert city.views() == before, step
    city.rebuild(source)
    assert city.views() == before
    assert beside(city.client) == []


@pytest.mark.parametrize("source", ["raw", "events"])
def test_what_arrives_meanwhile_is_not_lost(city: City, source: str) -> None:
    numbers = iter(range(99))

    def arrive(step: str, done: int, total: int) -> None:
        n = next(numbers)
        city.arrive(
            charger(f"late-{step}-{n}", entity="y"),
            observed("7", f"2024-{9 + n % 3:02}", entity="y", id=f"late-{n}"),
        )

    city.rebuild(source, arrive)
    city.tell(city.touched)
    late = next(numbers)
    assert late >= 4
    for view, named in (("chargers", "charger"), ("observations", "event_id")):
        found = city.client.query(f"SELECT count() FROM bi.{view} WHERE {named} LIKE 'late%'")
        assert found.result_rows == [(late,)]
    before = city.views()
    city.rebuild()
    assert city.views() == before
