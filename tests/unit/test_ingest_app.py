"""The rest of the door: health, description, and errors of every path in one shape."""

import pytest
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from schemas.publish import openapi
from services.runtime.errors import RefusedError
from tests.unit.ingest_front_door import FrontDoor


@pytest.fixture
def door():
    with FrontDoor() as made:
        yield made


def test_it_is_ready_while_the_log_answers(door):
    assert door.call("GET", "/healthz", key=None).json() == {"status": "ok"}
    ready = door.call("GET", "/readyz", key=None)
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"catalogue": True, "keys": True, "broker": True}
    door.log.away = True
    away = door.call("GET", "/readyz", key=None)
    assert (away.status_code, away.json()["checks"]["broker"]) == (503, False)
    assert door.call("GET", "/healthz", key=None).status_code == 200


def test_every_route_is_described_and_every_description_is_a_route(door):
    described = {
        (method.upper(), path)
        for path, operations in openapi.document()["paths"].items()
        for method in operations
    }
    routes = {
        (method, route.path) for route in _routes(door.app.app.routes) for method in route.methods
    }
    assert routes | {("POST", "/v1/events")} == described


def _routes(routes):
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from _routes(getattr(route, "original_router", route).routes)


def test_the_description_is_served_and_shown_without_another_host(door):
    assert door.call("GET", "/v1/openapi.json", key=None).json() == openapi.document()
    page = door.call("GET", "/docs", key=None).text
    for path in openapi.document()["paths"]:
        assert path in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/events/", 404),
        ("PUT", "/v1/keys", 405),
        ("GET", "/v1/keys/x", 405),
    ],
)
def test_a_wrong_path_or_method_is_a_problem(door, method, path, status):
    answer = door.call(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RefusedError("a secret"), 500),
        (ZeroDivisionError("a secret"), 500),
        (HTTPException(418, "a teapot"), 418),
    ],
)
def test_an_error_of_ours_is_a_problem_and_shows_nothing_of_it(door, monkeypatch, error, status):
    async def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(door.books, "rejected", broken)
    answer = door.call("GET", "/v1/rejected")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
