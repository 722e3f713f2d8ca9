"""A boundary as GeoJSON: what is taken and what is refused, in words; pure.

One Feature (RFC 7946): `id` is the `area` that formulas name, `properties` tell `source` and
`licence`, `geometry` is a Polygon or MultiPolygon in WGS-84.
"""

import math
from typing import Any, NamedTuple

import orjson

from services.aggregate.grid import Box, Point, Polygons, box_of, frame_of

_POINTS = 20_000
_GRID = 4_000_000
_STEEPEST = 85
_LONGEST = 64
_WGS84 = ("CRS84", "4326")


class Boundary(NamedTuple):
    """What an operator gave."""

    area: str
    source: str
    licence: str
    polygons: Polygons


class Area(NamedTuple):
    """A boundary as it is stored: how many points of its grid lie in it, and between what."""

    box: Box
    points: int


class RefusedBoundaryError(Exception):
    """Names the field and the remedy, in Chinese and English."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(f"{field}：{zh} / {field}: {en}")


def parse(body: bytes) -> Boundary:
    """The boundary; raises RefusedBoundaryError."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RefusedBoundaryError(
            "$", "不是 JSON，请提供 GeoJSON 文件", "no JSON: give a GeoJSON file"
        ) from None
    if not isinstance(told, dict) or told.get("type") != "Feature":
        raise RefusedBoundaryError(
            "type", "应为 Feature，一个文件一个边界", "must be Feature: one boundary a file"
        )
    properties = told.get("properties")
    given = properties if isinstance(properties, dict) else {}
    area = _line("id", told.get("id"))
    if len(area) > _LONGEST:
        raise RefusedBoundaryError("id", "最多 64 个字符", "has at most 64 characters")
    source = _line("properties.source", given.get("source"))
    licence = _line("properties.licence", given.get("licence"))
    _check_crs(told)
    return Boundary(area, source, licence, _polygons(told.get("geometry")))


def _line(field: str, told: Any) -> str:
    if not isinstance(told, str) or not told.strip() or not told.isprintable():
        raise RefusedBoundaryError(
            field, "缺少或不是一行文字，请补上", "is missing or no line of text: fill it in"
        )
    return told


def _check_crs(told: dict[str, Any]) -> None:
    """Files from before RFC 7946 may name another system."""
    for where in (told, told.get("geometry")):
        if isinstance(where, dict) and where.get("crs") and not _is_wgs84(where["crs"]):
            raise RefusedBoundaryError(
                "crs",
                "不是 WGS-84，请转换为 EPSG:4326 后再导入",
                "is not WGS-84: convert the file to EPSG:4326",
            )


def _is_wgs84(crs: Any) -> bool:
    try:
        return str(crs["properties"]["name"]).upper().split(":")[-1] in _WGS84
    except (KeyError, TypeError):
        return False


def _polygons(geometry: Any) -> Polygons:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise RefusedBoundaryError(
            "geometry.type", "应为 Polygon 或 MultiPolygon", "must be Polygon or MultiPolygon"
        )
    try:
        found = geometry["coordinates"]
        several = [found] if kind == "Polygon" else found
        polygons = [
            [[_point(point) for point in ring] for ring in rings] for rings in several if rings
        ]
        closed = all(len(ring) >= 4 and ring[0] == ring[-1] for rings in polygons for ring in rings)
    except (KeyError, TypeError, ValueError, IndexError):
        polygons, closed = [], False
    if not polygons or not closed:
        raise RefusedBoundaryError(
            "geometry.coordinates",
            "应为闭合的环，每点是经度、纬度（WGS-84，度；纬度不超过 ±85）",
            "must be closed rings of longitude and latitude (degrees of WGS-84, up to 85° of"
            " latitude)",
        )
    frame = frame_of(box_of(polygons))
    if sum(map(len, sum(polygons, []))) > _POINTS or frame.rows * frame.columns > _GRID:
        raise RefusedBoundaryError(
            "geometry.coordinates",
            "太大：最多 20000 个点，外接矩形最多 40000 平方公里，请简化或拆分",
            "is too large: at most 20000 points, in a rectangle of 40000 km²; simplify or split it",
        )
    return polygons


def _point(told: Any) -> Point:
    lon, lat = float(told[0]), float(told[1])
    if not (math.isfinite(lon) and abs(lon) <= 180 and abs(lat) <= _STEEPEST):
        raise ValueError("no degrees")
    return lon, lat
