"""The views of vintages on the real engine, against what plain Python makes of the same events."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from services.aggregate.decode import RawRow, decode
from services.aggregate.facts import Series, by_series
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import RAW, SERIES
from tests.builders import observed, record
from tests.integration.embedded_clickhouse import with_tables
from tests.unit.test_facts import indicator

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
PERIODS = ["2024-01", "2024-02", "2024-03", "2024-01/2024-02", "2024-Q1", "2023-12"]
TOWNS = [f"town-{n}" for n in range(20)]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as (client, reader):
        _fill(ClickHouseStore(client))
        yield reader


def _told(rng: random.Random, town: str) -> list[bytes]:
    """Figures, corrections, deletions, some of one moment, some twice, in no order."""
    events = []
    for n in range(24):
        value = None if rng.random() < 0.2 else str(rng.randrange(1000) / 10)
        events.append(
            observed(
                value,
                rng.choice(PERIODS),
                entity=town,
                measure=rng.choice(["period", "cumulative"]),
                id=f"{town}-{n}",
                time=(FIRST + timedelta(days=rng.randrange(10))).isoformat(),
            )
        )
    return events + rng.sample(events, 4)


def _fill(store: ClickHouseStore) -> None:
    rng = random.Random(7)
    for offset, town in enumerate(TOWNS):
        value = record(*_told(rng, town), offset=offset).value or b""
        store.insert(RAW, [r for r in decode(0, offset, value) if isinstance(r, RawRow)])
    known = by_series(store.figures([("vehicle_output", town) for town in TOWNS]))
    store.insert(
        SERIES, [Series(indicator(), figures).row(key[1], 1) for key, figures in known.items()]
    )
    EVERY.update({key[1]: figures for key, figures in known.items()})


EVERY: dict[str, Any] = {}


def _rows(reader: Any, view: str) -> set[tuple[Any, ...]]:
    found = reader.query(
        f"SELECT entity, measure, period, value, unit, status, vintages, derived FROM {view}"
    ).result_rows
    assert len(found) == len(set(found))
    return set(found)


def _expected(day: float) -> set[tuple[Any, ...]]:
    found = set()
    for town, figures in EVERY.items():
        at = FIRST + timedelta(days=day)
        then = [
            figure._replace(vintages=tuple(v for v in figure.vintages if v.recorded_at <= at))
            for figure in figures
        ]
        for fact in Series(indicator(), [figure for figure in then if figure.vintages]).facts():
            found.add(
                (
                    town,
                    fact.measure.value,
                    fact.period,
                    fact.value,
                    "万辆",
                    fact.status.value,
                    fact.vintages,
                    fact.derived,
                )
            )
    return found


def test_current_values_are_the_newest_and_what_follows_from_them(reader: Any) -> None:
    assert _rows(reader, "bi.current_values") == _expected(99)


@pytest.mark.parametrize("day", [-1, 0, 3, 4.5, 9])
def test_values_as_of_a_moment_are_those_published_by_then(reader: Any, day: float) -> None:
    at = f"{FIRST + timedelta(days=day):%Y-%m-%d %H:%M:%S}"
    assert _rows(reader, f"bi.values_as_of(at='{at}')") == _expected(day)


def test_revisions_number_every_vintage_in_the_order_of_publication(reader: Any) -> None:
    rows = reader.query(
        "SELECT entity, measure, period, vintage, value, previous, change, status, recorded_at"
        " FROM bi.revisions ORDER BY entity, measure, period, vintage"
    ).result_rows
    found: dict[tuple[str, ...], list[Any]] = {}
    for entity, measure, name, *rest in rows:
        found.setdefault((entity, measure, name), []).append(rest)
    told = sum(len(f.vintages) for figures in EVERY.values() for f in figures)
    assert sum(map(len, found.values())) == told == len(TOWNS) * 24
    for vintages in found.values():
        assert [v[0] for v in vintages] == list(range(1, len(vintages) + 1))
        assert [v[5] for v in vintages] == sorted(v[5] for v in vintages)
        assert vintages[0][2:4] == [None, None]
        for before, now in pairwise(vintages):
            if now[1] is None or before[1] is None:
                assert now[2:4] == [None, None]
            else:
                assert now[2:4] == [before[1], Decimal(now[1] - before[1])]
