"""A rebuild as it is asked for over HTTP."""

from typing import Any, cast

import pytest

from schemas.records.touched import RebuildAsked, RebuildState
from services.aggregate.rebuilding import RebuildDoor
from services.aggregate.tables import Table
from services.aggregate.workbench import Workbench
from services.runtime.errors import AwayError
from services.runtime.health import Asked
from services.runtime.settings import Settings

KEY = "an admin's key"


class Bench:
    """Keeps the states of rebuilds; away when told so."""

    def __init__(self) -> None:
        self.states: dict[str, tuple[Any, ...]] = {}
        self.asked: list[RebuildAsked] = []
        self.away = False

    def insert(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        self.states |= {row[0]: row for row in rows}

    def rebuild_state(self, rebuild: str) -> RebuildState | None:
        if self.away:
            raise AwayError("gone")
        row = self.states.get(rebuild)
        fields = RebuildState.model_fields
        return RebuildState(**dict(zip(fields, row, strict=True))) if row else None

    def close(self) -> None:
        pass

    def door(self) -> RebuildDoor:
        settings = Settings(admin_key=KEY)
        return RebuildDoor(settings, self.asked.append, lambda _: cast(Workbench, self))


def test_what_was_asked_for_is_told_to_the_role_and_can_be_followed() -> None:
    bench = Bench()
    status, told = bench.door().answer(Asked("POST", "/v1/rebuild", KEY, b'{"from": "events"}'))
    (asked,) = bench.asked
    assert (status, told["state"], asked.source) == (202, "asked", "events")
    path = f"/v1/rebuild/{asked.rebuild}"
    status, said = bench.door().answer(Asked("GET", path, KEY, b""))
    assert (status, said) == (200, told)


@pytest.mark.parametrize(
    ("method", "path", "key", "body", "status"),
    [
        ("POST", "/v1/rebuild", "another", b"{}", 401),
        ("GET", "/v1/rebuild/r", "", b"", 401),
        ("POST", "/v1/rebuild", KEY, b'{"from": "thin air"}', 422),
        ("POST", "/v1/rebuild", KEY, b"[]", 422),
        ("POST", "/v1/rebuild", KEY, b"{", 422),
        ("GET", "/v1/rebuild/unknown", KEY, b"", 404),
        ("GET", "/v1/other", KEY, b"", 404),
        ("POST", "/v1/other/v1/rebuild/x", KEY, b"", 404),
    ],
)
def test_what_cannot_be_done_is_refused(
    method: str, path: str, key: str, body: bytes, status: int
) -> None:
    bench = Bench()
    assert bench.door().answer(Asked(method, path, key, body)).status == status
    assert bench.asked == []


def test_without_an_admin_key_nobody_is_the_admin() -> None:
    door = RebuildDoor(Settings(admin_key=""), lambda asked: None)
    assert door.answer(Asked("POST", "/v1/rebuild", "", b"{}")).status == 401


def test_a_store_that_is_away_is_503() -> None:
    bench = Bench()
    bench.away = True
    assert bench.door().answer(Asked("GET", "/v1/rebuild/r", KEY, b"")).status == 503
