"""GCJ-02 to WGS-84."""

from decimal import Decimal

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.data import Location
from services.aggregate.places import wgs84


def place(lon: str, lat: str, crs: str = "gcj02") -> Location:
    return Location.model_validate({"lon": lon, "lat": lat, "crs": crs})


# Pairs that other implementations publish, to the metre.
@pytest.mark.parametrize(
    ("gcj", "wgs"),
    [
        (("116.42703", "39.90245"), (116.42079, 39.90105)),
        (("114.1251447", "22.59414209"), (114.12004, 22.59683)),
    ],
)
def test_it_agrees_with_other_implementations(
    gcj: tuple[str, str], wgs: tuple[float, float]
) -> None:
    assert wgs84(place(*gcj)) == pytest.approx(wgs, abs=3e-5)


@given(st.integers(7_500_000, 13_400_000), st.integers(1_900_000, 5_300_000))
def test_shifting_it_again_gives_what_was_reported(lon: int, lat: int) -> None:
    reported = place(str(Decimal(lon) / 100_000), str(Decimal(lat) / 100_000))
    point = wgs84(reported)
    again = prcoords.wgs_gcj((point.lat, point.lon))
    assert (again.lon, again.lat) == pytest.approx(
        (float(reported.lon), float(reported.lat)), abs=1e-6
    )


def test_wgs84_stays_as_it_was_reported() -> None:
    assert wgs84(place("119.9741", "31.8112", "wgs84")) == (119.9741, 31.8112)


def test_outside_of_china_there_is_no_shift() -> None:
    assert wgs84(place("2.3522", "48.8566")) == (2.3522, 48.8566)
