"""The 100 m grid, and distances on the sphere."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregate.grid import DEGREE, STEP, Box, box_of, distance, frame_of, points

LON, LAT = 114.0, 22.5


def square(metres: float, lon: float = LON, lat: float = LAT) -> list[tuple[float, float]]:
    """A ring around a point, so far to each side."""
    up = metres / DEGREE
    aside = up / math.cos(math.radians(lat))
    west, south, east, north = lon - aside, lat - up, lon + aside, lat + up
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def test_a_square_kilometre_has_a_hundred_points() -> None:
    found = list(points([[square(500)]]))
    assert len(found) == 100
    assert len({number for number, _ in found}) == 100


def test_neighbours_are_a_hundred_metres_apart() -> None:
    (_, one), (_, other), *_ = points([[square(500)]])
    assert distance(one, other) == pytest.approx(100, rel=1e-6)
    assert distance((LON, LAT), (LON, LAT + STEP)) == pytest.approx(100, rel=1e-9)


def test_a_hole_is_not_inside_and_parts_add_up() -> None:
    assert len(list(points([[square(500), square(200)]]))) == 100 - 16
    apart = square(500, LON + 0.1)
    assert len(list(points([[square(500)], [apart]]))) == 200


def test_boundaries_that_touch_share_one_grid() -> None:
    box = box_of([[square(500)]])
    middle = (box.west + box.east) / 2 + 1e-6
    west = [(x if x < middle else middle, y) for x, y in square(500)]
    east = [(x if x > middle else middle, y) for x, y in square(500)]
    both = {point for side in (west, east) for _, point in points([[side]])}
    assert both == {point for _, point in points([[square(500)]])}


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(100, 3_000))
def test_every_point_has_a_number_of_its_own_within_the_frame(
    lat: float, lon: float, half: float
) -> None:
    polygons = [[square(half, lon, lat)]]
    frame = frame_of(box_of(polygons))
    numbers = [number for number, _ in points(polygons)]
    assert len(numbers) == len(set(numbers))
    assert all(0 <= number < frame.rows * frame.columns for number in numbers)
    assert len(numbers) == pytest.approx((2 * half / 100) ** 2, rel=0.05, abs=4 * half / 100 + 2)


@given(st.floats(-80, 80), st.floats(0, 2 * math.pi), st.floats(1, 5_000))
def test_what_is_within_a_radius_is_in_the_wider_box(lat: float, way: float, far: float) -> None:
    box = Box(LON, lat, LON + 0.1, lat + 0.1)
    up = far / DEGREE * math.sin(way)
    aside = far / DEGREE * math.cos(way) / math.cos(math.radians(lat))
    for corner in ((box.west, box.south), (box.east, box.north)):
        point = (corner[0] + aside, corner[1] + up)
        if distance(corner, point) <= far:
            assert box.wider(far).holds(*point)
    assert not box.wider(1).holds(LON - 1, lat)
