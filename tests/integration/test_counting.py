"""Counts of projects and chargers, in memory and in ClickHouse alike."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.records.dossier import Dossier
from services.aggregate.memory import MemoryStore
from services.aggregate.store import Store
from services.aggregate.tables import SERIES
from services.runtime.kafka import Record
from tests.builders import defined, line, target
from tests.counting_world import (
    NEW,
    PROGRESS,
    SIGNED,
    THERE,
    YI,
    Aggregate,
    charger,
    counting,
    emptied,
    project,
)


@pytest.fixture(params=["memory", "clickhouse"])
def aggregate(request: pytest.FixtureRequest) -> Aggregate:
    if request.param == "memory":
        return world(MemoryStore())
    return world(emptied(request.getfixturevalue("client")))


def world(store: Store) -> Aggregate:
    found = Aggregate(store)
    found.place(city="", x="city", y="city", z="")
    found.define(NEW, THERE, SIGNED, PROGRESS)
    return found


def test_a_project_counts_in_its_entity_and_in_all_above_it(aggregate: Aggregate) -> None:
    aggregate.take(project("p-1"), project("p-2", entity="y", on="2024-05-01"))
    assert aggregate.said("signed", "x") == {"2024-03": "1"}
    assert aggregate.said("signed", "y") == {"2024-05": "1"}
    assert aggregate.said("signed", "city") == {"2024-03": "1", "2024-04": "1", "2024-05": "2"}
    assert aggregate.said("signed", "z") == {}


def test_a_milestone_hears_every_state_of_its_project_in_order(aggregate: Aggregate) -> None:
    goal = {"kind": "milestone", "name": "投产", "due": "2024-12-31", "project": "p-1"}
    aggregate.define(target(indicator="signed", entity="x", goal=goal))
    aggregate.take(project("p-2"))
    late, early = "2024-06-02T00:00:00+08:00", "2024-05-02T00:00:00+08:00"
    aggregate.take(project(stage="building", on="2024-06-01", time=late))
    (dossier,) = (
        each
        for each in aggregate.take(project(stage="started", on="2024-05-01", time=early))
        if each.targets
    )
    told = [(each.project, each.stage.value, str(each.on)) for each in dossier.projects or ()]
    assert told == [("p-1", "started", "2024-05-01"), ("p-1", "building", "2024-06-01")]


def test_only_what_counts_the_touched_ones_is_published(aggregate: Aggregate) -> None:
    dossiers = aggregate.take(project())
    named = {(each.indicator.indicator, each.entity) for each in dossiers}
    assert named == {(name, where) for name in ("signed", "progress") for where in ("x", "city")}


def test_a_push_that_changes_no_count_publishes_nothing(aggregate: Aggregate) -> None:
    assert aggregate.take(charger())
    assert aggregate.take(charger(day="2024-03-06")) == []
    assert aggregate.take(charger(day="2024-04-06"))
    assert aggregate.said("there", "x") == {"2024-03": "1", "2024-04": "1"}


def test_a_batch_that_was_left_half_done_is_counted_again(aggregate: Aggregate) -> None:
    aggregate.take(charger())
    aggregate.told -= 1
    again = aggregate.tell({("@charger", '["星能","s-1","c-1"]')})
    assert len(again) == 4


def test_a_charger_that_moves_leaves_its_old_entity(aggregate: Aggregate) -> None:
    aggregate.take(charger())
    aggregate.take(charger(day="2024-04-02", entity="y"))
    assert aggregate.said("there", "x") == {"2024-03": "1"}
    assert aggregate.said("there", "y") == {"2024-04": "1"}
    assert aggregate.said("there", "city") == {"2024-03": "1", "2024-04": "1"}
    assert aggregate.said("new", "x") == {"2024-03": "0"}


def test_a_project_that_moves_leaves_its_old_entity(aggregate: Aggregate) -> None:
    aggregate.take(project())
    moved = project(stage="registered", on="2024-04-02", entity="y")
    aggregate.take(moved)
    assert aggregate.said("signed", "x") == {"2024-03": "0"}
    assert aggregate.said("signed", "city") == {"2024-03": "1", "2024-04": "1"}


def test_an_entity_given_another_parent_counts_there(aggregate: Aggregate) -> None:
    aggregate.take(charger())
    aggregate.place(x="z")
    assert aggregate.said("there", "z") == {"2024-03": "1"}
    assert aggregate.said("there", "city") == {}


def test_a_count_defined_later_counts_what_there_is(aggregate: Aggregate) -> None:
    aggregate.take(charger(), charger("c-2", use="private"))
    aggregate.define(counting("all", "count_chargers", "stock", use=["public", "private"]))
    assert aggregate.said("all", "city") == {"2024-03": "2"}


def test_a_count_defined_with_the_first_charger_counts_it(aggregate: Aggregate) -> None:
    definition = counting("all", "count_chargers", "stock", use=["public"])
    aggregate.offset += 1
    aggregate.catalogue.apply(Record("catalogue", 0, aggregate.offset, 0, b"k", line(definition)))
    aggregate.take(definition, charger())
    assert aggregate.said("all", "x") == {"2024-03": "1"}


def test_an_indicator_can_rest_on_a_count(aggregate: Aggregate) -> None:
    grown = {"kind": "yoy", "indicator": "signed"}
    aggregate.define(defined(indicator="grown", formula=grown, unit="%", measure="rate"))
    aggregate.take(project("a", on="2023-03-01"), project("b"), project("c"))
    assert aggregate.said("grown", "city") == {"2024-Q1": "100"}


def test_each_moment_that_changed_a_count_is_a_vintage(aggregate: Aggregate) -> None:
    aggregate.take(project("a"), project("b", time="2024-06-01T09:00:00+08:00"))
    aggregate.take(project("a", "cancelled", "2024-07-02"))
    (dossier,) = [d for d in aggregate.tell({("signed", "x")}) if d.entity == "x"]
    march = dossier.facts[0]
    assert (march.period, str(march.value), march.vintages, march.status.value) == (
        "2024-03",
        "1",
        3,
        "A",
    )
    assert march.basis == ("a-cancelled-2024-07-02-2024-07-02T20:00:00+08:00",)
    assert str(march.first_recorded_at.date()) == "2024-03-05"


def test_progress_is_in_per_cent_and_undefined_in_two_currencies(aggregate: Aggregate) -> None:
    money = {"invested": "30", "plan_year_investment": "40"}
    aggregate.take(project("a", **money), project("b"))
    assert aggregate.said("progress", "x") == {"2024-Q1": "75"}
    dollars = {"value": str(10 * YI), "currency": "USD"}
    aggregate.take(project("c", amount=dollars, **money))
    assert aggregate.said("progress", "x") == {}


def events(seed: int) -> list[bytes]:
    """Forty reports in any order, some of them of one id, some of one moment."""
    chance = random.Random(seed)
    found = []
    for n in range(20):
        day = date(2023, 11, 1) + timedelta(days=chance.randrange(200))
        time = f"{day + timedelta(days=chance.randrange(40))}T12:00:00+08:00"
        where, id = chance.choice("xy"), f"e-{chance.randrange(60)}"
        stage = chance.choice(["planned", "in_service", "in_service", "closed"])
        since = {"commissioned_on": f"2024-0{1 + n % 5}-01", "commissioned_basis": "reported"}
        found.append(
            charger(
                f"c-{chance.randrange(4)}",
                str(day),
                time=time,
                id="c" + id,
                stage=stage,
                entity=where,
                use=chance.choice(["public", "private"]),
                **(since if chance.random() < 0.2 else {}),
            )
        )
        step = chance.choice(["signed", "registered", "started", "cancelled"])
        money = {"invested": str(n), "plan_year_investment": "40"}
        name = f"p-{chance.randrange(4)}"
        found.append(project(name, step, str(day), time=time, id="p" + id, entity=where, **money))
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_both_stores_say_the_same_however_the_reports_are_cut(client: Any, seed: int) -> None:
    both = [world(MemoryStore()), world(emptied(client))]
    rows: list[dict[Any, Any]] = []
    for each in both:
        told = events(seed)
        for start in range(0, len(told), 7):
            each.take(*told[start : start + 7])
        said = {}
        for key, body in each.outlet.published["indicators"]:
            said[key] = body
        rows.append({key: _plain(body) for key, body in said.items()})
    assert rows[0] == rows[1]
    assert len(rows[0]) == 12
    shuffled = world(emptied(client))
    shuffled.take(*events(seed))
    names = ", ".join(name for name in SERIES.columns if name != "version")
    query = f"SELECT {names} FROM pacekeeper.series FINAL ORDER BY indicator, entity"
    at_once = client.query(query).result_rows
    again = world(emptied(client))
    told = events(seed)
    for start in range(0, len(told), 5):
        again.take(*told[start : start + 5])
    assert client.query(query).result_rows == at_once


def _plain(body: bytes) -> Any:
    return Dossier.model_validate_json(body).facts
