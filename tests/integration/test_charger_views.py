"""The views of chargers on the real engine, one rule after the other."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.aggregate.conflicts import conflicts
from services.aggregate.decode import RawRow, decode
from services.aggregate.keep import keep
from services.aggregate.store import ClickHouseStore
from services.aggregate.tables import CONFLICTS
from tests.builders import record
from tests.integration.charger_engine import FIRST, Engine, updated
from tests.integration.embedded_clickhouse import with_tables


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as accounts:
        yield Engine(*accounts)


@pytest.fixture
def engine(server: Engine) -> Engine:
    server.forget()
    return server


def status(engine: Engine) -> tuple[Any, ...]:
    (found,) = engine.rows("SELECT status, connectors FROM bi.chargers")
    return found


@pytest.mark.parametrize(
    ("connectors", "expected"),
    [
        ({"A": "AVAILABLE", "B": "CHARGING"}, ("CHARGING", 2)),
        ({"A": "BLOCKED", "B": "AVAILABLE"}, ("BLOCKED", 2)),
        ({"A": "RESERVED", "B": "BLOCKED"}, ("RESERVED", 2)),
        ({"A": "OUTOFORDER", "B": "AVAILABLE"}, ("AVAILABLE", 2)),
        ({"A": "INOPERATIVE", "B": "OUTOFORDER"}, ("OUTOFORDER", 2)),
        ({"A": "UNKNOWN", "B": "INOPERATIVE"}, ("INOPERATIVE", 2)),
        ({"A": "UNKNOWN", "B": "REMOVED"}, ("UNKNOWN", 1)),
        ({"A": "PLANNED"}, ("UNKNOWN", 1)),
        ({"A": "REMOVED"}, ("UNKNOWN", 0)),
        ({}, ("UNKNOWN", 0)),
    ],
)
def test_the_status_of_a_charger_follows_from_its_connectors(
    engine: Engine, connectors: dict[str, str], expected: tuple[str, int]
) -> None:
    engine.take([updated(connectors)])
    assert status(engine) == expected


def test_an_id_used_for_two_stations_at_the_same_offset_keeps_the_first(engine: Engine) -> None:
    store = ClickHouseStore(engine.writer)
    arrivals = [
        row
        for partition, station in enumerate(("s-1", "s-2"))
        for row in decode(partition, 0, record(updated(station=station)).value or b"")
        if isinstance(row, RawRow)
    ]
    keep(store, arrivals)
    store.insert(CONFLICTS, list(conflicts(arrivals)))
    assert engine.rows("SELECT station FROM bi.chargers") == [("s-1",)]


def test_a_push_that_overtakes_another_stays_the_newer_one(engine: Engine) -> None:
    late = updated({"A": "CHARGING"}, FIRST + timedelta(minutes=1), id="new")
    engine.take([late, updated({"A": "OUTOFORDER"}, id="old")])
    assert status(engine) == ("CHARGING", 1)


def test_within_a_second_the_sequence_decides_and_after_it_the_record(engine: Engine) -> None:
    engine.take(
        [
            updated({"A": "CHARGING"}, id="a", sequence=10),
            updated({"A": "OUTOFORDER"}, id="b", sequence=9),
            updated({"B": "RESERVED"}, id="c", time="2024-07-10T09:00:01+08:00"),
            updated({"B": "BLOCKED"}, id="d", time="2024-07-10T09:00:00+08:00"),
        ]
    )
    assert status(engine) == ("CHARGING", 2)
    engine.take([updated({"A": "REMOVED"}, id="e", sequence=11)])
    assert status(engine) == ("RESERVED", 1)


def test_a_push_of_one_connector_leaves_the_other_as_it_was(engine: Engine) -> None:
    engine.take(
        [
            updated({"A": "CHARGING", "B": "AVAILABLE"}, id="a", power_kw="120"),
            updated({"B": "OUTOFORDER"}, FIRST + timedelta(hours=1), id="b"),
        ]
    )
    assert status(engine) == ("CHARGING", 2)
    assert engine.rows("SELECT power_kw FROM bi.chargers") == [(Decimal(120),)]


def test_a_connector_named_twice_in_one_push_is_one_connector(engine: Engine) -> None:
    twice = [{"connector": "A", "status": status} for status in ("AVAILABLE", "OUTOFORDER")]
    engine.take([updated(connectors_as_sent=twice)])
    assert status(engine)[1] == 1


def test_of_one_id_the_first_arrival_counts(engine: Engine) -> None:
    engine.take([updated({"A": "AVAILABLE"}), updated({"A": "CHARGING"}, FIRST + timedelta(1))])
    assert status(engine) == ("AVAILABLE", 1)


def test_a_place_is_wgs84_and_keeps_how_it_was_reported(engine: Engine) -> None:
    place = {"lon": "119.9741", "lat": "31.8112", "crs": "gcj02"}
    engine.take([updated(location=place), updated(id="b", charger="nowhere")])
    found = engine.rows(
        "SELECT lon, lat, crs, reported_lon, reported_lat, reported_crs FROM bi.chargers"
        " ORDER BY charger"
    )
    assert found == [
        (119.9693603, 31.813254, "wgs84", 119.9741, 31.8112, "gcj02"),
        (None, None, "", None, None, ""),
    ]


def test_without_a_date_a_charger_was_commissioned_when_first_seen_in_service(
    engine: Engine,
) -> None:
    engine.take(
        [
            updated(id="a", charger="planned", stage="planned"),
            updated(id="b", charger="seen", stage="planned"),
            updated(id="c", charger="seen", at=FIRST + timedelta(hours=3)),
            updated(
                id="d",
                charger="told",
                commissioned_on="2023-11-20",
                commissioned_basis="reported",
            ),
        ]
    )
    found = engine.rows(
        "SELECT charger, commissioned_on, commissioned_basis FROM bi.chargers ORDER BY charger"
    )
    assert found == [
        ("planned", None, ""),
        ("seen", date(2024, 3, 2), "observed"),
        ("told", date(2023, 11, 20), "reported"),
    ]


def test_a_day_tells_stock_gross_and_net_additions_and_the_share_of_faults(engine: Engine) -> None:
    day = timedelta(days=1)
    engine.take(
        [
            updated({"A": "AVAILABLE", "B": "CHARGING"}, id="1", power_kw="120"),
            updated({"A": "OUTOFORDER"}, id="2", charger="c-2"),
            updated(id="3", charger="c-3", station="s-2", power_kw="7.5"),
            updated(id="4", charger="c-3", station="s-2", at=FIRST + 2 * day, stage="closed"),
            updated({"A": "AVAILABLE"}, id="5", charger="c-2", at=FIRST + 2 * day),
            updated(id="6", charger="c-4", at=FIRST + 2 * day),
            updated(id="7", charger="c-4", at=FIRST + 3 * day, use="dedicated"),
        ]
    )
    found = engine.rows(
        "SELECT day, use, stations, chargers, connectors, added, removed, net, kw, fault_share"
        " FROM bi.charger_daily ORDER BY use DESC, day"
    )
    assert found == [
        (date(2024, 3, 1), "public", 2, 3, 4, 3, 0, 3, Decimal("127.5"), pytest.approx(1 / 3)),
        (date(2024, 3, 2), "public", 2, 3, 4, 0, 0, 0, Decimal("127.5"), pytest.approx(1 / 3)),
        (date(2024, 3, 3), "public", 1, 3, 4, 1, 1, 0, Decimal("120"), 0),
        (date(2024, 3, 4), "public", 1, 2, 3, 0, 1, -1, Decimal("120"), 0),
        (date(2024, 3, 4), "dedicated", 1, 1, 1, 1, 0, 1, Decimal("0"), 0),
    ]


def test_a_charger_in_service_when_first_heard_of_counts_since_it_was_commissioned(
    engine: Engine,
) -> None:
    told = {"commissioned_on": "2024-02-28", "commissioned_basis": "reported"}
    engine.take([updated({"A": "OUTOFORDER"}, **told)])
    found = engine.rows("SELECT day, chargers, added, fault_share FROM bi.charger_daily")
    assert sorted(found) == [
        (date(2024, 2, 28), 1, 1, 0),
        (date(2024, 2, 29), 1, 0, 0),
        (date(2024, 3, 1), 1, 0, 1),
    ]
