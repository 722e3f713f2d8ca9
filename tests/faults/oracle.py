"""What the tables must show, worked out in plain Python from the events alone.

It knows nothing of the services: monthly values of a flow, the newest vintage wins, the year to
date is the sum of the months, and a target of at least `goal` in 2024 is due by days.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import orjson

GOAL = Decimal(120)
YEARS = (2023, 2024)
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """Events to push, in no order, and what they mean."""

    definitions: list[bytes] = field(default_factory=list)
    figures: list[bytes] = field(default_factory=list)
    bad: list[bytes] = field(default_factory=list)
    newest: dict[tuple[str, int, int], Decimal] = field(default_factory=dict)
    vintages: dict[tuple[str, int, int], int] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    bad_ids: set[str] = field(default_factory=set)
    entities: list[str] = field(default_factory=list)


def _event(kind: str, name: str, at: datetime, data: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": name,
            "source": "urn:pacekeeper:stats",
            "type": f"pacekeeper.{kind}.v1",
            "time": at.isoformat(),
            "data": data,
        }
    )


def build(seed: int, entities: int, vintages: int) -> World:
    """A city of `entities` towns, each reporting every month of two years `vintages` times."""
    rng = random.Random(seed)
    world = World()
    world.definitions.append(
        _event(
            "indicator.defined",
            f"def-{seed}",
            _FIRST,
            {
                "indicator": f"output-{seed}",
                "name_zh": "产量",
                "name_en": "Output",
                "unit": "万辆",
                "measure": "period",
                "direction": "higher",
                "owner": "stats",
                "frequency": "month",
            },
        )
    )
    for n in range(entities):
        entity = f"town-{seed}-{n}"
        world.entities.append(entity)
        world.definitions.append(
            _event(
                "entity.defined",
                f"def-{entity}",
                _FIRST,
                {"entity": entity, "kind": "town", "name_zh": f"{n}号镇"},
            )
        )
        world.definitions.append(
            _event(
                "target.set",
                f"target-{entity}",
                _FIRST,
                {
                    "target": f"target-{entity}",
                    "indicator": f"output-{seed}",
                    "entity": entity,
                    "version": 1,
                    "year": 2024,
                    "effective_from": "2024-01-01",
                    "goal": {"kind": "at_least", "value": str(GOAL)},
                    "lead": "stats",
                },
            )
        )
        typical = rng.choice((7, 9, 11, 13))
        for year in YEARS:
            for month in range(1, 13):
                _month(world, rng, seed, entity, typical, (year, month), vintages)
    rng.shuffle(world.figures)
    return world


def _month(
    world: World,
    rng: random.Random,
    seed: int,
    entity: str,
    typical: int,
    when: tuple[int, int],
    vintages: int,
) -> None:
    year, month = when
    days = rng.sample(range(1, 300), vintages)
    for day in days:
        value = (Decimal(typical) + Decimal(rng.randrange(-2000, 2000)) / 1000).quantize(
            Decimal("0.001")
        )
        name = f"{entity}-{year}-{month}-{day}"
        data = {
            "indicator": f"output-{seed}",
            "entity": entity,
            "period": f"{year}-{month:02}",
            "measure": "period",
            "value": str(value),
            "unit": "万辆",
            "status": "P",
        }
        world.figures.append(_event("metric.observed", name, _FIRST + timedelta(days=day), data))
        world.ids.add(name)
        if day == max(days):
            world.newest[entity, year, month] = value
    world.vintages[entity, year, month] = vintages
    if month == 6:
        name = f"bad-{entity}-{year}"
        wrong = {**data, "unit": "亿元"}
        world.bad.append(_event("metric.observed", name, _FIRST, wrong))
        world.bad_ids.add(name)


def repeated(events: list[bytes], chance: random.Random) -> list[bytes]:
    """Each event one to five times, in no order."""
    sent = [event for event in events for _ in range(chance.randint(1, 5))]
    chance.shuffle(sent)
    return sent


def current_values(world: World) -> dict[tuple[str, str, str], tuple[Decimal, int, bool]]:
    """(entity, measure, period) → value, vintages, derived."""
    found: dict[tuple[str, str, str], tuple[Decimal, int, bool]] = {}
    for entity in world.entities:
        for year in YEARS:
            total = Decimal(0)
            for month in range(1, 13):
                name = f"{year}-{month:02}"
                value = world.newest[entity, year, month]
                total += value
                found[entity, "period", name] = (value, world.vintages[entity, year, month], False)
                found[entity, "cumulative", name] = (total, -1, True)
    return found


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


def assessments(world: World) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(target, period) → actual, expected, gap, lamp; at every month end of 2024."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for entity in world.entities:
        actual = Decimal(0)
        for month in range(1, 13):
            actual += world.newest[entity, 2024, month]
            after = date(2024 + month // 12, month % 12 + 1, 1)
            expected = GOAL * (after - date(2024, 1, 1)).days / 366
            pace = actual / expected
            if actual >= GOAL:
                lamp = "blue"
            elif month == 1:
                lamp = "grey"
            else:
                lamp = "green" if pace >= 1 else "yellow" if pace >= Decimal("0.9") else "red"
            found[f"target-{entity}", f"2024-{month:02}"] = (
                _rounded(actual),
                _rounded(expected),
                _rounded(actual - expected),
                lamp,
            )
    return found


def open_targets(world: World) -> set[str]:
    """The targets whose newest lamp is yellow or red: each has one open alert."""
    judged = assessments(world)
    return {
        target
        for (target, name), row in judged.items()
        if name == "2024-12" and row[3] in ("yellow", "red")
    }


def by_target(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows grouped by their target."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["target"]].append(row)
    return found
