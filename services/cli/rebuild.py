"""`rebuild`: recompute every table from what was received."""

import time
from enum import StrEnum
from typing import Annotated

import typer

from services.cli.aggregate import call, connected
from services.cli.screen import progress, put_json, say
from services.cli.stack import AsJson

_EVERY_SECONDS = 0.2


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
    with connected() as client:
        state = call(client, "POST", "/v1/rebuild", json={"from": source.value})
        began = time.monotonic()
        with progress() as bar:
            task = bar.add_task("", total=None)
            while state["state"] != "done":
                time.sleep(_EVERY_SECONDS)
                state = call(client, "GET", f"/v1/rebuild/{state['rebuild']}")
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
