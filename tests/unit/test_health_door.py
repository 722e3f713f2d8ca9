"""What is no question of health goes to the door."""

from collections.abc import Iterator

import httpx
import pytest

from services.runtime import health
from services.runtime.health import Answer, Asked
from tests.stack import free_ports


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    (port,) = free_ports(1)
    seen = health.serve("127.0.0.1", port, dict, echo)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client
    seen.shutdown()
    seen.server_close()


def echo(asked: Asked) -> Answer:
    return Answer(202, {"said": f"{asked.method} {asked.path} {asked.key} {asked.body.decode()}"})


def test_the_door_hears_method_path_key_and_body(client: httpx.Client) -> None:
    answer = client.post("/v1/x", content=b"body", headers={"Authorization": "Bearer k"})
    assert (answer.status_code, answer.json()) == (202, {"said": "POST /v1/x k body"})
    assert client.get("/v1/x").json() == {"said": "GET /v1/x  "}


def test_health_is_answered_without_it(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_body_that_is_too_large_is_not_read(client: httpx.Client) -> None:
    assert client.post("/v1/x", content=b"x" * 70_000).status_code == 413


def test_without_a_door_there_is_nothing_else() -> None:
    assert health.nothing_else(Asked("GET", "/v1/x", "", b"")).status == 404
