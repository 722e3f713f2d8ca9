"""`pacekeeper demo --once --json`: the demo year from nothing to its summary."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stack import free_ports

_PARTS = ("INGEST", "CONSOLE", "AGGREGATE", "CLICKHOUSE", "KAFKA")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the demo printed. No Java but the one that comes with the packages."""
    home = tmp_path_factory.mktemp("demo")
    ports = {
        f"PACEKEEPER_{part}_PORT": str(port)
        for part, port in zip(_PARTS, free_ports(5), strict=True)
    }
    kept = {n: v for n, v in os.environ.items() if n != "JAVA_HOME" and not n.startswith("PACEK")}
    path = os.pathsep.join(
        folder
        for folder in kept.get("PATH", "").split(os.pathsep)
        if not (Path(folder) / "java").exists()
    )
    ended = subprocess.run(
        [sys.executable, "-m", "services.cli", "demo", "--once", "--json"],
        env=kept | ports | {"PACEKEEPER_HOME": str(home), "PATH": path},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_everything_pushed_is_accepted_stored_and_judged(told: dict[str, Any]) -> None:
    assert told["pushed"] == told["accepted"] == told["stored"] > 380
    assert (told["rejected"], told["ledger"]["difference"]) == (0, 0)
    assert told["assessed"] > 100
    assert told["seconds"] > 0


def test_every_target_is_judged_or_grey_with_a_reason(told: dict[str, Any]) -> None:
    assert len(told["targets"]) > 58
    for row in told["targets"]:
        assert row["lamp"] in ("green", "yellow", "red", "grey", "blue"), row
        assert row["reason"], row
        assert row["reason_zh"], row


def test_the_simulated_series_warn_long_before_the_half_year_figures(told: dict[str, Any]) -> None:
    warned = told["first_warning"]
    for target in ("vehicles-2024", "new-energy-2024"):
        first = warned[target]
        assert first["simulated"] is True
        assert first["period"] <= "2024-06"
        assert first["days_before_year_end"] > 160
    assert warned["vehicles-2024"]["lamp"] == "red"


def test_the_car_maker_is_judged_by_its_lowered_guidance(told: dict[str, Any]) -> None:
    first = told["first_warning"]["deliveries-2024"]
    assert (first["simulated"], first["period"]) == (False, "2024-05")
    half_year = 188_981
    assert half_year < 560_000 / 2


def test_warnings_became_alerts_that_stay_open(told: dict[str, Any]) -> None:
    behind = {row["target"]: row for row in told["alerts"] if row["kind"] == "behind"}
    assert {"vehicles-2024", "new-energy-2024", "deliveries-2024"} <= behind.keys()
    vehicles = behind["vehicles-2024"]
    assert (vehicles["opened_period"], vehicles["period"]) == ("2024-02", "2024-12")
    assert vehicles["state"] == "open"
