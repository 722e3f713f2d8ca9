"""`rebuild`: recompute every table from what was received."""

import time
from enum import StrEnum
from typing import Annotated, Any

import httpx
import typer

from services.cli.failures import CommandError
from services.cli.screen import progress, put_json, say
from services.cli.stack import AsJson
from services.runtime import settings

_EVERY_SECONDS = 0.2
_PATIENCE_SECONDS = 60


class From(StrEnum):
    """What the tables are made from."""

    RAW = "raw"
    EVENTS = "events"


def rebuild(
    source: Annotated[
        From,
        typer.Option(
            "--from",
            help="raw：由入库原文重算；events：原文也由主题重取 / raw again from the topic",
        ),
    ] = From.RAW,
    as_json: AsJson = False,
) -> None:
    """重算全部数据表，期间照常接收 / recompute every table while figures keep coming."""
    found = settings.load()
    address = f"http://{found.listen}:{found.aggregate_port}"
    key = found.admin_key.get_secret_value()
    with httpx.Client(
        base_url=address,
        headers={"Authorization": f"Bearer {key}"},
        timeout=httpx.Timeout(30, connect=3),
        trust_env=False,
    ) as client:
        state = _call(client, "POST", "/v1/rebuild", json={"from": source.value})
        began = time.monotonic()
        with progress() as bar:
            task = bar.add_task("", total=None)
            while state["state"] != "done":
                time.sleep(_EVERY_SECONDS)
                state = _call(client, "GET", f"/v1/rebuild/{state['rebuild']}")
                bar.update(
                    task,
                    description=state["step"] or state["state"],
                    completed=state["done"],
                    total=state["total"] or None,
                )
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        put_json(state | {"seconds": seconds})
    else:
        say(f"重建完成，用时 {seconds} 秒 / rebuilt in {seconds} s")


def _call(client: httpx.Client, method: str, path: str, **sent: Any) -> dict[str, Any]:
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
