"""`pacekeeper boundaries import`, against a door of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.cli import __main__ as cli
from services.runtime import health
from services.runtime.health import Answer, Asked
from tests.stack import free_ports
from tests.unit.test_boundaries import POLYGON, feature


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Any]]:
    (port,) = free_ports(1)
    heard: list[Any] = []

    def door(asked: Asked) -> Answer:
        told = orjson.loads(asked.body)
        heard.append((asked.method, asked.path, asked.key, told))
        if told.get("id") == "crossed":
            return Answer(422, {"title": "geometry：自相交 / geometry: crosses itself"})
        return Answer(202, {"area": told["id"], "points": 42})

    server = health.serve("127.0.0.1", port, dict, door)
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.setenv("PACEKEEPER_AGGREGATE_PORT", str(port))
    monkeypatch.setenv("PACEKEEPER_ADMIN_KEY", "an admin's key")
    yield heard
    server.shutdown()
    server.server_close()


def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: Any, *options: str) -> int:
    file = tmp_path / "area.geojson"
    file.write_bytes(told if isinstance(told, bytes) else orjson.dumps(told))
    arguments = ["pacekeeper", "boundaries", "import", str(file), *options]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_a_feature_is_sent_as_it_is(
    asked: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, tmp_path, feature(), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"area": "centre", "points": 42}
    assert asked == [("POST", "/v1/boundaries", "an admin's key", feature())]


@pytest.mark.parametrize(
    "told",
    [
        POLYGON,
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]},
    ],
)
def test_options_fill_in_what_the_file_lacks(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: Any
) -> None:
    given = ["--area", "new", "--source", "规划局", "--licence", "CC0"]
    assert run(monkeypatch, tmp_path, told, *given) == 0
    ((*_, sent),) = asked
    assert sent == {
        "type": "Feature",
        "id": "new",
        "properties": {"source": "规划局", "licence": "CC0"},
        "geometry": POLYGON,
    }


def test_a_file_of_before_keeps_the_system_that_it_names(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = {"type": "FeatureCollection", "crs": {"type": "name"}, "features": [feature()]}
    assert run(monkeypatch, tmp_path, whole) == 0
    assert asked[0][3]["crs"] == {"type": "name"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (b"{", "no JSON"),
        ([], "GeoJSON object"),
        ({"type": "FeatureCollection", "features": []}, "split it"),
        (feature(id="crossed"), "crosses itself"),
    ],
)
def test_a_refusal_is_one_line_in_both_languages(
    asked: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    told: Any,
    said: str,
) -> None:
    assert run(monkeypatch, tmp_path, told) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line.split(" / ")[1]


def test_a_file_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pacekeeper", "boundaries", "import", str(tmp_path / "no")])
    with pytest.raises(SystemExit):
        cli.main()
    assert str(tmp_path / "no") in capsys.readouterr().err
