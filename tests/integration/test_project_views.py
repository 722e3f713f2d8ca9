"""The views of projects on the real engine: newest by publication, every state, days of stages."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.aggregate.decode import RawRow, decode
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import RAW
from tests.builders import raw_event, record
from tests.integration.embedded_clickhouse import with_tables


def updated(**changed: Any) -> bytes:
    """A state of a project; `id` and `time` go to the envelope."""
    envelope = {name: changed.pop(name) for name in ("id", "time") if name in changed}
    data = {
        "project": "battery-base-3",
        "name": "动力电池制造基地三期",
        "entity": "jintan",
        "amount": {"value": "12000000000", "currency": "CNY"},
        "stage": "signed",
        "on": "2024-01-20",
    }
    return raw_event("project.updated", data | changed, **envelope)


TOLD = [
    # The start is published after the registration but arrives before it, and more than once.
    updated(id="start", time="2024-06-02T09:00:00+08:00", stage="started", on="2024-05-16"),
    updated(id="sign", time="2024-02-01T09:00:00+08:00"),
    updated(
        id="register",
        time="2024-04-02T09:00:00+08:00",
        stage="registered",
        on="2024-03-31",
        category="动力电池",
        invested="0.1234567891",
        plan_year_investment="2800000000",
        progress="12.5",
        location={"lon": "119.9741", "lat": "31.8112", "crs": "gcj02"},
        lead="czfgw",
        responsible=["czgxj", "czzyj"],
    ),
    updated(id="start", time="2024-06-02T09:00:00+08:00", stage="producing", on="2024-05-17"),
    updated(
        id="abroad",
        project="abroad",
        amount={"value": "1234567890123456789012345678", "currency": "USD"},
        stage="completed",
        on="2023-12-31",
    ),
    updated(
        id="gone",
        time="2024-08-01T09:00:00+08:00",
        project="abroad",
        amount={"value": "10", "currency": "USD"},
        stage="cancelled",
        on="2024-07-31",
    ),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as (client, reader):
        found = list(decode(1, 3, record(*TOLD).value or b""))
        rows = [row for row in found if isinstance(row, RawRow)]
        store = ClickHouseStore(client)
        store.insert(RAW, rows)
        store.insert(RAW, rows)
        yield reader


def test_the_newest_is_the_last_published_whatever_came_last(reader: Any) -> None:
    rows = reader.query(
        "SELECT project, stage, on, amount, currency, event_id, crs, responsible FROM bi.projects"
        " ORDER BY project"
    ).result_rows
    assert [tuple(row) for row in rows] == [
        ("abroad", "cancelled", date(2024, 7, 31), Decimal(10), "USD", "gone", "", []),
        (
            "battery-base-3",
            "started",
            date(2024, 5, 16),
            Decimal(12_000_000_000),
            "CNY",
            "start",
            "",
            [],
        ),
    ]


def test_a_stage_is_reached_on_the_earliest_day_of_that_or_a_later_one(reader: Any) -> None:
    rows = reader.query(
        "SELECT signed_on, registered_on, started_on, building_on, completed_on, producing_on"
        " FROM bi.projects ORDER BY project"
    ).result_rows
    done = date(2023, 12, 31)
    assert [tuple(row) for row in rows] == [
        (done, done, done, done, done, None),
        (date(2024, 1, 20), date(2024, 3, 31), date(2024, 5, 16), None, None, None),
    ]


def test_the_history_has_every_event_once_with_all_its_fields(reader: Any) -> None:
    rows = reader.query(
        "SELECT event_id, stage, amount FROM bi.project_history ORDER BY recorded_at, event_id"
    ).result_rows
    assert [tuple(row) for row in rows] == [
        ("sign", "signed", Decimal(12_000_000_000)),
        ("register", "registered", Decimal(12_000_000_000)),
        ("start", "started", Decimal(12_000_000_000)),
        ("abroad", "completed", Decimal("1234567890123456789012345678")),
        ("gone", "cancelled", Decimal(10)),
    ]
    (full,) = reader.query(
        "SELECT project, name, entity, category, on, invested, plan_year_investment, progress, lon,"
        " lat, crs, reported_lon, reported_lat, reported_crs, lead, responsible, department, source"
        " FROM bi.project_history WHERE event_id = 'register'"
    ).result_rows
    assert tuple(full) == (
        "battery-base-3",
        "动力电池制造基地三期",
        "jintan",
        "动力电池",
        date(2024, 3, 31),
        Decimal("0.1234567891"),
        Decimal(2_800_000_000),
        Decimal("12.5"),
        119.9693603,
        31.813254,
        "wgs84",
        119.9741,
        31.8112,
        "gcj02",
        "czfgw",
        ["czgxj", "czzyj"],
        "stats",
        "urn:pacekeeper:stats",
    )
