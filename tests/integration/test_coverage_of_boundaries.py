"""Coverage of a boundary, in memory and in ClickHouse alike."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.data import Location
from schemas.records.dossier import Dossier
from services.aggregate.boundaries import Boundary
from services.aggregate.grid import Polygons, distance, points
from services.aggregate.memory import MemoryStore
from services.aggregate.places import wgs84
from services.aggregate.store import ClickHouseStore, Store
from services.aggregate.tables import BOUNDARIES, boundary_row
from services.runtime.errors import RefusedError
from tests.builders import defined
from tests.counting_world import Aggregate, charger, emptied
from tests.unit.test_grid import LAT, LON, square

FOLDER = Path(__file__).parents[1] / "data" / "chargers"
# Three kilometres square with a hole, and a part apart.
CENTRE: Polygons = [[square(1500), square(300)], [square(400, LON + 0.03)]]


@pytest.fixture(params=["memory", "clickhouse"])
def aggregate(request: pytest.FixtureRequest) -> Aggregate:
    if request.param == "memory":
        return world(MemoryStore())
    return world(emptied(request.getfixturevalue("client")))


def covering(name: str, radius: str = "1", area: str = "centre", **more: Any) -> bytes:
    formula = {"kind": "coverage", "radius_km": radius, "area": area, "use": ["public"]} | more
    return defined(indicator=name, formula=formula, unit="%", measure="rate", due_days=None)


def world(store: Store) -> Aggregate:
    found = Aggregate(store)
    bound(found, "centre", CENTRE)
    found.place(city="", x="city", y="city")
    found.define(covering("circle"))
    return found


def bound(aggregate: Aggregate, area: str, polygons: Polygons) -> None:
    """As the door does."""
    inside = aggregate.store.grid_points(polygons)
    boundary = Boundary(area, "made for this test", "CC0", polygons)
    told = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=aggregate.told)
    aggregate.store.insert(BOUNDARIES, [boundary_row(boundary, inside, told)])
    aggregate.tell({("@boundary", area)})


def at(lon: float, lat: float, crs: str = "wgs84") -> dict[str, Any]:
    return {"location": {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "crs": crs}}


def share(polygons: Polygons, *stations: tuple[float, float], radius: float = 1000) -> str:
    """Counted by hand, in % with four places."""
    grid = [point for _, point in points(polygons)]
    reached = sum(any(distance(s, point) <= radius for s in stations) for point in grid)
    return format(round(100 * reached / len(grid), 4), "g")


def rounded(figures: dict[str, str]) -> dict[str, str]:
    return {period: format(round(float(value), 4), "g") for period, value in figures.items()}


HERE, THERE, FAR = (LON, LAT), (LON + 0.028, LAT), (LON + 0.2, LAT)


def test_the_share_of_the_grid_within_the_radius_is_what_a_plain_count_gives(
    aggregate: Aggregate,
) -> None:
    aggregate.take(charger(**at(*HERE)))
    one = share(CENTRE, HERE)
    assert rounded(aggregate.said("circle", "x")) == {"2024-03": one}
    aggregate.take(charger("c-2", "2024-05-01", **at(*THERE)))
    both = share(CENTRE, HERE, THERE)
    assert 0 < float(one) < float(both) < 100
    months = {"2024-03": one, "2024-04": one, "2024-05": both}
    assert rounded(aggregate.said("circle", "x")) == months


def test_the_value_is_the_boundarys_whoever_asks(aggregate: Aggregate) -> None:
    aggregate.take(charger(**at(*HERE)))
    aggregate.take(charger("c-2", entity="y", **at(*THERE)))
    both = share(CENTRE, HERE, THERE)
    for entity in ("x", "y", "city"):
        assert rounded(aggregate.said("circle", entity)) == {"2024-03": both}


def test_stations_out_of_service_of_another_use_or_too_far_do_not_count(
    aggregate: Aggregate,
) -> None:
    aggregate.take(
        charger("c-1", stage="planned", **at(*HERE)),
        charger("c-2", use="private", **at(*HERE)),
        charger("c-3", **at(*FAR)),
        charger("c-4"),
    )
    assert aggregate.said("circle", "x") == {"2024-03": "0"}
    aggregate.take(charger("c-1", "2024-04-02", **at(*HERE)))
    aggregate.take(charger("c-1", "2024-05-02", stage="closed"))
    served = {"2024-03": "0", "2024-04": share(CENTRE, HERE), "2024-05": "0"}
    assert rounded(aggregate.said("circle", "x")) == served


def test_a_station_serves_while_one_of_its_chargers_does(aggregate: Aggregate) -> None:
    aggregate.take(charger("c-1", **at(*HERE)), charger("c-2", **at(*HERE)))
    aggregate.take(charger("c-1", "2024-04-02", stage="removed", **at(*HERE)))
    one = share(CENTRE, HERE)
    assert rounded(aggregate.said("circle", "x")) == {"2024-03": one, "2024-04": one}


def test_a_charger_that_moves_leaves_its_circle(aggregate: Aggregate) -> None:
    aggregate.take(charger(**at(*HERE)))
    aggregate.take(charger(day="2024-04-02", **at(*THERE)))
    moved = {"2024-03": share(CENTRE, HERE), "2024-04": share(CENTRE, THERE)}
    assert rounded(aggregate.said("circle", "x")) == moved
    # It says where it is no more: there it stays.
    assert aggregate.take(charger(day="2024-04-05")) == []


def test_where_a_charger_is_may_be_told_later(aggregate: Aggregate) -> None:
    aggregate.take(charger())
    assert aggregate.said("circle", "x") == {"2024-03": "0"}
    dossiers = aggregate.take(charger(day="2024-03-09", **at(*HERE)))
    assert rounded(aggregate.said("circle", "x")) == {"2024-03": share(CENTRE, HERE)}
    (fact,) = next(each.facts for each in dossiers if each.entity == "x")
    assert (fact.vintages, fact.status.value) == (2, "A")
    assert fact.basis == ("c-1-2024-03-09-2024-03-09T12:00:00+08:00",)


def test_gcj02_is_converted_before(aggregate: Aggregate) -> None:
    place = {"lon": str(LON), "lat": str(LAT), "crs": "gcj02"}
    aggregate.take(charger(location=place))
    true = wgs84(Location.model_validate_json(str(place).replace("'", '"')))
    assert distance(tuple(true), HERE) > 400
    expected = share(CENTRE, tuple(true))
    assert rounded(aggregate.said("circle", "x")) == {"2024-03": expected}
    assert expected != share(CENTRE, HERE)


def test_a_boundary_nobody_knows_is_a_reason_until_it_is_given(aggregate: Aggregate) -> None:
    aggregate.define(covering("elsewhere", area="新区"))
    aggregate.take(charger(**at(*HERE)))
    assert aggregate.said("elsewhere", "x") == {}
    assert lacks(aggregate.store, "elsewhere", "x") == ["unknown_area"]
    bound(aggregate, "新区", [[square(500)]])
    assert aggregate.said("elsewhere", "x") == {"2024-03": "100"}
    bound(aggregate, "新区", [[square(2000)]])
    assert rounded(aggregate.said("elsewhere", "x")) == {"2024-03": share([[square(2000)]], HERE)}


def lacks(store: Store, indicator: str, entity: str) -> list[str]:
    if isinstance(store, MemoryStore):
        return store.series[indicator, entity].lack_reason
    assert isinstance(store, ClickHouseStore)
    query = "SELECT reason FROM bi.undefined_values WHERE indicator = {i:String}"
    query += " AND entity = {e:String}"
    rows = store._rows(query, i=indicator, e=entity)
    return [reason for (reason,) in rows]


def test_only_what_the_charger_reaches_is_published(aggregate: Aggregate) -> None:
    aggregate.take(charger(entity="y", **at(*FAR)))
    far = aggregate.take(charger("c-2", **at(*FAR)))
    assert {each.entity for each in far} == {"x", "city"}
    near = aggregate.take(charger("c-3", **at(*HERE)))
    assert {each.entity for each in near} == {"x", "y", "city"}


def test_polygons_that_cross_themselves_are_refused(client: Any) -> None:
    (west, south), (east, _), (_, north), *_ = square(500)
    crossed = [(west, south), (east, north), (east, south), (west, north + 1), (west, south)]
    with pytest.raises(RefusedError):
        ClickHouseStore(client).grid_points([[crossed]])


@pytest.mark.parametrize("turned", [False, True])
def test_the_engine_finds_the_points_that_plain_python_finds(client: Any, turned: bool) -> None:
    chance = random.Random(7)
    store = ClickHouseStore(client)
    for _ in range(5):
        lon, lat = chance.uniform(-170, 170), chance.uniform(-70, 70)
        hole = square(300, lon, lat)
        polygons = [[square(1200, lon, lat), hole[::-1] if turned else hole]]
        assert store.grid_points(polygons) == sum(1 for _ in points(polygons))


def told(seed: int) -> list[bytes]:
    """Thirty reports of six chargers in any order, some without a place."""
    chance = random.Random(seed)
    found = []
    for n in range(30):
        day = date(2024, 1, 1) + timedelta(days=chance.randrange(120))
        where = at(LON + chance.choice([-0.01, 0, 0.012, 0.03]), LAT + chance.choice([0, 0.008]))
        more: dict[str, Any] = where if chance.random() < 0.6 else {}
        more["stage"] = chance.choice(["in_service", "in_service", "closed"])
        more["use"] = chance.choice(["public", "public", "dedicated"])
        more["entity"] = chance.choice("xy")
        time = f"{day + timedelta(days=chance.randrange(30))}T12:00:00+08:00"
        found.append(charger(f"c-{chance.randrange(6)}", str(day), time=time, id=f"e-{n}", **more))
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_both_stores_say_the_same_however_the_reports_are_cut(client: Any, seed: int) -> None:
    said = []
    for store, size in ((MemoryStore(), 7), (emptied(client), 5), (emptied(client), 30)):
        if isinstance(store, ClickHouseStore):
            emptied(client)
        each = world(store)
        events = told(seed)
        for start in range(0, len(events), size):
            each.take(*events[start : start + size])
        newest = dict(each.outlet.published["indicators"])
        said.append({key: _facts(body) for key, body in newest.items()})
    assert said[0] == said[1] == said[2]
    assert any(fact.value for facts in said[0].values() for fact in facts)


def _facts(body: bytes) -> Any:
    return Dossier.model_validate_json(body).facts


def test_real_stations_of_shenzhen_within_a_made_rectangle(client: Any) -> None:
    with (FOLDER / "st_evcdp_stations.csv").open(encoding="utf-8", newline="") as rows:
        real = [row for row in csv.DictReader(rows) if int(row["count"])]
    aggregate = world(emptied(client))
    futian: Polygons = [[square(4000, 114.055, 22.535)]]
    bound(aggregate, "futian", futian)
    aggregate.define(covering("futian", "0.5", "futian"))
    places = [{"lon": r["longitude"], "lat": r["latitude"], "crs": "gcj02"} for r in real]
    aggregate.take(
        *(
            charger(row["station_id"], station=row["station_id"], location=place)
            for row, place in zip(real, places, strict=True)
        )
    )
    true = [wgs84(Location.model_validate(place)) for place in places]
    near = [p for p in true if abs(p.lon - 114.055) < 0.05 and abs(p.lat - 22.535) < 0.05]
    assert len(near) > 100
    expected = share(futian, *(tuple(p) for p in near), radius=500)
    assert rounded(aggregate.said("futian", "x")) == {"2024-03": expected}
    assert 50 < float(expected) < 100
