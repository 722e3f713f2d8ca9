"""`pacekeeper boundaries import` on the whole stack: the coverage follows at once."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.cli import __main__ as cli
from tests.builders import defined, raw_event
from tests.counting_world import charger
from tests.stack import RunningStack, eventually
from tests.unit.test_boundaries import geometry
from tests.unit.test_grid import LAT, LON, square


def imported(stack: RunningStack, monkeypatch: pytest.MonkeyPatch, file: Path, rings: Any) -> int:
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    file.write_bytes(orjson.dumps(geometry(rings) | {"id": "circled"}))
    arguments = ["pacekeeper", "boundaries", "import", str(file), "--json"]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_coverage_is_undefined_until_its_boundary_is_taken(
    stack: RunningStack,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    formula = {"kind": "coverage", "radius_km": "1", "area": "circled", "use": ["public"]}
    place = {"lon": str(LON), "lat": str(LAT), "crs": "wgs84"}
    town = {"entity": "circled-town", "kind": "town", "name_zh": "圈内镇"}
    stack.push(
        raw_event("entity.defined", town, id="circled-town"),
        defined(indicator="circled", formula=formula, unit="%", measure="rate", due_days=None),
        charger("circled-1", entity="circled-town", location=place),
    )
    where = "WHERE indicator = 'circled' AND entity = 'circled-town'"
    reasons = f"SELECT reason FROM bi.undefined_values {where}"
    eventually(lambda: stack.rows(reasons) == [{"reason": "unknown_area"}], 30, "the reason")
    crossed = square(500)[:2] + square(500)[3:1:-1] + square(500)[-1:]
    file = tmp_path / "circled.geojson"
    assert imported(stack, monkeypatch, file, [crossed]) == 1
    assert "geometry.coordinates" in capsys.readouterr().err
    assert imported(stack, monkeypatch, file, [square(500)]) == 0
    assert json.loads(capsys.readouterr().out) == {"area": "circled", "points": 100}
    values = f"SELECT toString(value) AS value FROM bi.current_values {where}"
    eventually(lambda: [row["value"] for row in stack.rows(values)] == ["100"], 30, "the value")
    assert stack.rows(reasons) == []
