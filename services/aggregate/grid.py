"""The 100 m grid of a boundary, and what lies how far from where; pure.

A row of the grid is 100 m of latitude, a point of it 100 m of longitude at the middle of its row;
rows are counted from the equator and points from the prime meridian, so that boundaries that touch
share one grid. A point belongs to a boundary that it lies in. Distances are on the sphere.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# What greatCircleDistance of ClickHouse measures on.
_EARTH = 6_371_007.18
# Metres of a degree of latitude, and degrees of a row.
DEGREE = math.pi * _EARTH / 180
STEP = 100 / DEGREE

# Longitude and latitude in degrees of WGS-84.
Point = tuple[float, float]
# Of each polygon the outline, then its holes; the last point of each is its first.
Polygons = Sequence[Sequence[Sequence[Point]]]


class Box(NamedTuple):
    """Degrees of WGS-84."""

    west: float
    south: float
    east: float
    north: float

    def wider(self, radius: float) -> "Box":
        """With all that is within so many metres of it, and a little more."""
        up = 1.01 * radius / DEGREE
        steepest = min(max(abs(self.south), abs(self.north)) + up, 89)
        aside = up / math.cos(math.radians(steepest))
        return Box(self.west - aside, self.south - up, self.east + aside, self.north + up)

    def holds(self, lon: float, lat: float) -> bool:
        """Is the point in it?"""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


class Frame(NamedTuple):
    """The part of the grid that a box needs: point `number` is in row `number // columns`."""

    first_row: int
    rows: int
    columns: int


def box_of(polygons: Polygons) -> Box:
    """The least box that holds it."""
    lons, lats = zip(*(point for rings in polygons for point in rings[0]), strict=True)
    return Box(min(lons), min(lats), max(lons), max(lats))


def frame_of(box: Box) -> Frame:
    """As many rows and columns as the box needs."""
    first = math.floor(box.south / STEP)
    rows = math.ceil(box.north / STEP) - first
    flattest = 0.0 if box.south <= 0 <= box.north else min(abs(box.south), abs(box.north))
    narrowest = STEP / math.cos(math.radians(max(flattest - STEP, 0)))
    return Frame(first, rows, math.ceil((box.east - box.west) / narrowest) + 2)


def points(polygons: Polygons) -> Iterator[tuple[int, Point]]:
    """The points that lie in the polygons, and their numbers in its frame."""
    box = box_of(polygons)
    frame = frame_of(box)
    for row in range(frame.rows):
        lat = (frame.first_row + row + 0.5) * STEP
        width = STEP / math.cos(math.radians(lat))
        first = math.floor(box.west / width)
        for column in range(math.ceil(box.east / width) - first):
            point = ((first + column + 0.5) * width, lat)
            if any(_in(point, rings) for rings in polygons):
                yield row * frame.columns + column, point


def _in(point: Point, rings: Sequence[Sequence[Point]]) -> bool:
    """Does a ray to the east leave outline and holes an odd number of times?"""
    lon, lat = point
    crossed = False
    for ring in rings:
        for (x, y), (next_x, next_y) in zip(ring, ring[1:], strict=False):
            if (y > lat) != (next_y > lat) and lon < x + (lat - y) * (next_x - x) / (next_y - y):
                crossed = not crossed
    return crossed


def distance(one: Point, other: Point) -> float:
    """Metres between two points."""
    (lon, lat), (other_lon, other_lat) = (tuple(map(math.radians, each)) for each in (one, other))
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(half))
