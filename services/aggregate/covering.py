"""What the store knows of boundaries, and of the stations that reach into one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.aggregate.boundaries import Area
from services.aggregate.chargers import Place
from services.aggregate.coverage import Points, Reach, Serving, Station
from services.aggregate.grid import DEGREE, STEP, Box, Polygons, box_of, frame_of


class Covering(Protocol):
    """Every call raises AwayError (try again) or RefusedError (never again)."""

    def areas(self) -> dict[str, Area]:
        """Every boundary."""

    def grid_points(self, polygons: Polygons) -> int:
        """How many points of the grid lie in the polygons. RefusedError if they are not valid."""

    def reach(self, area: str, box: Box, radius: float, use: Collection[str]) -> Reach:
        """The stations for these uses within so many metres of a boundary, which is in `box`."""

    def charger_places(self, chargers: Sequence[tuple[str, str, str]]) -> set[Place]:
        """Where these chargers were ever counted as in service."""


# The area's box is `west` … `north`; its grid is made here as `grid` makes it.
_GRID = """
SELECT number * {{columns:UInt32}} + c AS point, (first + c + 0.5) * width AS lon, lat
FROM
(
    SELECT
        number, ({{first_row:Int64}} + number + 0.5) * {step} AS lat,
        {step} / cos(radians(lat)) AS width, floor({{west:Float64}} / width) AS first,
        arrayJoin(range(toUInt32(ceil({{east:Float64}} / width) - first))) AS c
    FROM numbers({{rows:UInt64}})
)
WHERE pointInPolygon((lon, lat), {polygons})
"""
_STORED = """(
    SELECT polygons FROM pacekeeper.boundaries FINAL WHERE area = {area:String}
)"""
_WITHIN = """
FROM pacekeeper.charger_counts FINAL
ARRAY JOIN change AS c
WHERE c.what = 'in_service' AND c.use IN {use:Array(String)}
    AND c.lon BETWEEN {least_lon:Float64} AND {greatest_lon:Float64}
    AND c.lat BETWEEN {least_lat:Float64} AND {greatest_lat:Float64}
"""
_SERVING = f"""
SELECT
    assumeNotNull(c.lon) AS lon, assumeNotNull(c.lat) AS lat, c.at AS at,
    toStartOfMonth(c.day) AS month, sum(toInt64(c.chargers)) AS chargers,
    max(c.event_id) AS event_id, max(received_at) AS received
{_WITHIN}
GROUP BY lon, lat, at, month
"""
# Into how many buckets the radius is cut: a station meets the points of those around its own only.
_CUTS = 4
_AROUND = 2 * _CUTS + 1
_POINTS = f"""
WITH
    {{radius:Float64}} / {_CUTS} / {DEGREE!r} AS tall, tall / {{flattening:Float64}} AS wide,
    grid AS
    (
        SELECT point, lon, lat, toInt32(floor(lat / tall)) AS y, toInt32(floor(lon / wide)) AS x
        FROM ({_GRID.format(step=repr(STEP), polygons=_STORED)})
    ),
    near AS
    (
        SELECT
            station_lon, station_lat, arrayJoin(range({_AROUND**2})) AS around,
            toInt32(floor(station_lat / tall)) + around % {_AROUND} - {_CUTS} AS y,
            toInt32(floor(station_lon / wide)) + intDiv(around, {_AROUND}) - {_CUTS} AS x
        FROM
        (
            SELECT DISTINCT assumeNotNull(c.lon) AS station_lon, assumeNotNull(c.lat) AS station_lat
            {_WITHIN}
        )
    )
SELECT station_lon, station_lat, groupArray(toUInt32(point)) AS points
FROM near INNER JOIN grid USING (y, x)
WHERE greatCircleDistance(station_lon, station_lat, lon, lat) <= {{radius:Float64}}
GROUP BY station_lon, station_lat
"""
# What is stored was valid when it was taken; looking again would cost as much as the rest.
_TRUSTING = {"validate_polygons": 0}
# A literal of some ten thousand points.
_LONG = {"max_query_size": 4_000_000}


class ClickHouseCovering:
    """What is Covering in ClickHouse, for a store that can ask for rows and columns."""

    _rows: Callable[..., Sequence[Sequence[Any]]]
    _columns: Callable[..., pa.Table]

    def areas(self) -> dict[str, Area]:
        """See Covering."""
        rows = self._rows(
            "SELECT area, west, south, east, north, points FROM pacekeeper.boundaries FINAL"
        )
        return {str(area): Area(Box(*box), int(points)) for area, *box, points in rows}

    def grid_points(self, polygons: Polygons) -> int:
        """See Covering."""
        box = box_of(polygons)
        literal = [[[tuple(point) for point in ring] for ring in rings] for rings in polygons]
        grid = _GRID.format(step=repr(STEP), polygons=f"{literal!r}")
        found = self._columns(f"SELECT count() AS points FROM ({grid})", _LONG, **_frame(box))
        return int(found["points"][0].as_py())

    def reach(self, area: str, box: Box, radius: float, use: Collection[str]) -> Reach:
        """See Covering."""
        wider = box.wider(radius)
        asked = _frame(box) | {
            "area": area,
            "use": sorted(use),
            "radius": radius,
            "flattening": np.cos(np.radians(max(abs(wider.south), abs(wider.north)))).item(),
            "least_lon": wider.west,
            "greatest_lon": wider.east,
            "least_lat": wider.south,
            "greatest_lat": wider.north,
        }
        near = self._columns(_POINTS, _TRUSTING, **asked)
        points: dict[tuple[float, float], Points] = {}
        if near.num_rows:
            of_all = pc.list_flatten(near["points"]).to_numpy()
            ends = np.cumsum(pc.list_value_length(near["points"]).to_numpy())
            lons, lats = near["station_lon"].to_pylist(), near["station_lat"].to_pylist()
            places = zip(lons, lats, strict=True)
            points = dict(zip(places, np.split(of_all, ends[:-1]), strict=True))
        return _reach_of(self._rows(_SERVING, **asked), points)

    def charger_places(self, chargers: Sequence[tuple[str, str, str]]) -> set[Place]:
        """See Covering."""
        rows = self._rows(
            "SELECT DISTINCT c.lon, c.lat FROM pacekeeper.charger_counts ARRAY JOIN change AS c"
            " WHERE (operator, station, charger)"
            " IN {chargers:Array(Tuple(String, String, String))} AND isNotNull(c.lon)",
            chargers=list(chargers),
        )
        return {(lon, lat) for lon, lat in rows}


def _reach_of(rows: Iterable[Sequence[Any]], points: dict[tuple[float, float], Points]) -> Reach:
    serving: dict[tuple[float, float], list[Serving]] = defaultdict(list)
    received: datetime | None = None
    for lon, lat, at, month, chargers, event_id, received_at in rows:
        if (lon, lat) in points:
            serving[lon, lat].append(Serving(_utc(at), month, chargers, event_id))
            received = max(received or _utc(received_at), _utc(received_at))
    stations = [Station(points[place], told) for place, told in serving.items()]
    return Reach(stations, received)


def _frame(box: Box) -> dict[str, Any]:
    return frame_of(box)._asdict() | {"west": box.west, "east": box.east}


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
