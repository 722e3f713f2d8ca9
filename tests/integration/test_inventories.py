"""Two real inventories of one city's public stations, loaded into the real engine."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.aggregate.decode import RawRow, decode
from services.aggregate.keep import keep
from services.aggregate.store import ClickHouseStore
from tests.builders import line
from tests.integration.embedded_clickhouse import with_tables
from tests.inventories import st_evcdp, urban_ev

SUMMER = st_evcdp()
MATCHED = urban_ev().as_known(SUMMER)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as (client, reader):
        store = ClickHouseStore(client)
        for offset, inventory in enumerate((SUMMER, MATCHED, SUMMER)):
            value = b"\n".join(map(line, inventory.updates()))
            keep(store, [row for row in decode(0, offset, value) if isinstance(row, RawRow)])
        yield reader


def rows(reader: Any, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in reader.query(query).result_rows]


def test_a_station_without_piles_is_no_station_in_service(reader: Any) -> None:
    assert sum(not station.piles for station in SUMMER.stations) == 62
    found = rows(
        reader,
        "SELECT stations, chargers, added FROM bi.charger_daily WHERE day = '2022-07-01'",
    )
    assert found == [(1_706 - 62, 22_872, 22_872)]


def test_two_dates_of_largely_the_same_stations_are_never_added(reader: Any) -> None:
    piles: dict[str, int] = {}
    for station in [*SUMMER.stations, *MATCHED.stations]:
        piles[station.station] = max(piles.get(station.station, 0), station.piles)
    found = rows(
        reader,
        "SELECT stations, chargers, added, removed FROM bi.charger_daily WHERE day = '2023-02-01'",
    )
    there = sum(map(bool, piles.values()))
    assert found == [(there, sum(piles.values()), sum(piles.values()) - 22_872, 0)]
    assert there < 1_706 < 1_706 + 1_362
    assert rows(reader, "SELECT count() FROM bi.chargers") == [(sum(piles.values()),)]


def test_stations_at_one_point_stay_stations_of_their_own(reader: Any) -> None:
    points = Counter(station.point for station in SUMMER.stations if station.piles)
    shared = {point: count for point, count in points.items() if count > 1}
    found = rows(
        reader,
        "SELECT reported_lon, reported_lat, uniqExact(station) AS stations FROM bi.chargers"
        " WHERE startsWith(station, 'st-') GROUP BY reported_lon, reported_lat HAVING stations > 1",
    )
    assert {(lon, lat): count for lon, lat, count in found} == {
        (float(lon), float(lat)): count for (lon, lat), count in shared.items()
    }
    assert shared


def test_every_point_lies_half_a_kilometre_from_where_its_map_shows_it(reader: Any) -> None:
    ((least, most, crs, reported),) = rows(
        reader,
        "SELECT min(geoDistance(lon, lat, reported_lon, reported_lat)),"
        " max(geoDistance(lon, lat, reported_lon, reported_lat)), groupUniqArray(crs),"
        " groupUniqArray(reported_crs) FROM bi.chargers",
    )
    assert 400 < least < most < 700
    assert (crs, reported) == (["wgs84"], ["gcj02"])


def test_what_was_only_seen_was_commissioned_when_seen(reader: Any) -> None:
    found = rows(
        reader,
        "SELECT commissioned_on, commissioned_basis, count() > 0 FROM bi.chargers GROUP BY 1, 2",
    )
    assert sorted(found) == [
        (date(2022, 7, 1), "observed", True),
        (date(2023, 2, 1), "observed", True),
    ]
