"""Where a reported point lies as WGS-84; pure.

GCJ-02, in which Chinese maps and platforms give places, is up to 700 m off. There is no published
inverse: the library solves for it to less than a millimetre, far finer than the reports.
"""

from typing import NamedTuple

import prcoords

from schemas.data import Location

# A centimetre: what is beyond is noise of the floating point.
_PLACES = 7


class Point(NamedTuple):
    """Degrees of WGS-84."""

    lon: float
    lat: float


def wgs84(location: Location) -> Point:
    """The point as WGS-84. Outside of China GCJ-02 is the same."""
    reported = prcoords.Coords(lat=float(location.lat), lon=float(location.lon))
    if location.crs == "wgs84" or not prcoords.sanity_in_china_p(reported):
        return Point(reported.lon, reported.lat)
    found = prcoords.gcj_wgs_bored(reported)
    return Point(round(found.lon, _PLACES), round(found.lat, _PLACES))
