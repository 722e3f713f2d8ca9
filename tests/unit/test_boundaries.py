"""What is taken as a boundary."""

from typing import Any

import orjson
import pytest

from services.aggregate.boundaries import RefusedBoundaryError, parse

RING = [[114.0, 22.5], [114.1, 22.5], [114.1, 22.6], [114.0, 22.6], [114.0, 22.5]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def feature(**more: Any) -> dict[str, Any]:
    given = {"source": "市规划局 2024", "licence": "CC BY 4.0"}
    return {"type": "Feature", "id": "centre", "properties": given, "geometry": POLYGON} | more


def geometry(coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    return feature(geometry={"type": kind, "coordinates": coordinates})


def test_a_polygon_and_a_multipolygon_are_taken() -> None:
    found = parse(orjson.dumps(feature()))
    assert (found.area, found.source, found.licence) == ("centre", "市规划局 2024", "CC BY 4.0")
    assert found.polygons == [[[(lon, lat) for lon, lat in RING]]]
    several = parse(orjson.dumps(geometry([[RING], [RING]], "MultiPolygon")))
    assert len(several.polygons) == 2


def test_a_height_is_left_out_and_wgs84_may_be_named() -> None:
    high = [[*point, 12.5] for point in RING]
    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"):
        crs = {"crs": {"type": "name", "properties": {"name": name}}}
        assert parse(orjson.dumps(geometry([high]) | crs)) == parse(orjson.dumps(feature()))


WIDE = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]
LONG = [[114 + n / 1e6, 22.5] for n in range(20_001)]
MERCATOR = {"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}}


@pytest.mark.parametrize(
    ("told", "field", "remedy"),
    [
        ([], "type", "Feature"),
        ({"type": "FeatureCollection", "features": []}, "type", "Feature"),
        (feature(id=None), "id", "fill it in"),
        (feature(id=12), "id", "fill it in"),
        (feature(id="x" * 65), "id", "64"),
        (feature(id="a\nb"), "id", "fill it in"),
        (feature(properties=None), "properties.source", "补上"),
        (feature(properties={"source": "here"}), "properties.licence", "补上"),
        (feature(crs=MERCATOR["crs"]), "crs", "EPSG:4326"),
        (feature(geometry=POLYGON | MERCATOR), "crs", "EPSG:4326"),
        (feature(crs={"type": "name", "properties": {"name": "EPSG:14326"}}), "crs", "4326"),
        (feature(crs="EPSG:4326"), "crs", "4326"),
        (feature(geometry=None), "geometry.type", "Polygon"),
        (feature(geometry={"type": "Point", "coordinates": [1, 2]}), "geometry.type", "Polygon"),
        (feature(geometry={"type": "Polygon"}), "geometry.coordinates", "closed"),
        (geometry([]), "geometry.coordinates", "closed"),
        (geometry([RING[:-1]]), "geometry.coordinates", "closed"),
        (geometry([RING[:2] + RING[:1]]), "geometry.coordinates", "closed"),
        (geometry([RING, []]), "geometry.coordinates", "closed"),
        (geometry([[["a", 1]]]), "geometry.coordinates", "degrees"),
        (geometry([[[1]]]), "geometry.coordinates", "degrees"),
        (geometry([[[1, None]]]), "geometry.coordinates", "degrees"),
        (geometry([[[x * 1e5, y * 1e5] for x, y in RING]]), "geometry.coordinates", "WGS-84"),
        (geometry([[[0, 86]] * 4]), "geometry.coordinates", "85"),
        (geometry([WIDE]), "geometry.coordinates", "km²"),
        (geometry([[*LONG, LONG[0]]]), "geometry.coordinates", "20000"),
    ],
)
def test_all_else_is_refused_by_field_and_remedy(told: Any, field: str, remedy: str) -> None:
    with pytest.raises(RefusedBoundaryError) as refused:
        parse(orjson.dumps(told))
    assert str(refused.value).startswith(f"{field}：")
    assert remedy in str(refused.value)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(RefusedBoundaryError, match="GeoJSON"):
        parse(b"{")
