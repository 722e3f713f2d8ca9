"""What commands ask of the aggregate, with the admin key."""

import time
from typing import Any

import httpx

from services.cli.failures import CommandError
from services.runtime import settings

_EVERY_SECONDS = 0.2
_PATIENCE_SECONDS = 60


def connected() -> httpx.Client:
    """A client of the aggregate that is to be closed."""
    found = settings.load()
    key = found.admin_key.get_secret_value()
    return httpx.Client(
        base_url=f"http://{found.listen}:{found.aggregate_port}",
        headers={"Authorization": f"Bearer {key}"},
        timeout=httpx.Timeout(30, connect=3),
        trust_env=False,
    )


def call(client: httpx.Client, method: str, path: str, **sent: Any) -> dict[str, Any]:
    """The answer, asked for until there is one; CommandError when it is no."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            answer = client.request(method, path, **sent)
            if answer.status_code < 300:
                found: dict[str, Any] = answer.json()
                return found
            said = answer.json()["title"]
            if answer.status_code != 503:
                raise CommandError(*said.split(" / ", 1))
        except httpx.TransportError as error:
            said = str(error)
        if time.monotonic() > until:
            raise CommandError(
                f"汇总服务没有应答（{client.base_url}），请先运行 pacekeeper up",
                f"the aggregate does not answer: run `pacekeeper up` ({said})",
            )
        time.sleep(_EVERY_SECONDS)
