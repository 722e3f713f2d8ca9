"""Runs the demo year through the front door, one day of publication after the other."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson

from services.cli.api import Ingest
from services.cli.failures import CommandError
from services.cli.push import requests_of
from services.runtime.standstill import Standstill

JSON = dict[str, Any]
_PATIENCE_SECONDS = 90
_POLL_SECONDS = 0.02


@dataclass
class Pushed:
    """What the door said of the whole year."""

    pushed: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    receipts: list[str] = field(default_factory=list)
    refusals: list[JSON] = field(default_factory=list)

    def add(self, answer: Mapping[str, Any]) -> None:
        """Take one answer of the door into account."""
        self.pushed += answer["received"]
        self.accepted += answer["accepted"]
        self.duplicate += answer["duplicate"]
        self.rejected += answer["rejected"]
        self.receipts.append(answer["receipt"])
        self.refusals += [e for e in answer["events"] if e["verdict"] == "rejected"]


def by_publication(events: Iterable[JSON]) -> Iterator[tuple[str, list[JSON]]]:
    """The events of each day of publication; they come sorted by it."""
    for day, some in groupby(events, key=lambda e: str(e.get("recordedtime", e["time"]))[:10]):
        yield day, list(some)


def push_year(
    ingest: Ingest, events: list[JSON], on_day: Callable[[str, int], None] = lambda day, n: None
) -> Pushed:
    """Push day by day, each only once all before is stored and judged.

    So the alerts open, move and close as they would have in that year.
    """
    told = Pushed()
    for day, some in by_publication(events):
        for request in requests_of([orjson.dumps(event) for event in some]):
            answer = ingest.push(request)
            told.add(answer)
            await_complete(ingest, answer["receipt"])
        on_day(day, len(some))
    return told


def await_complete(ingest: Ingest, receipt: str, seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait until the request is stored and what rests on it is judged, as long as that goes on."""
    standstill = Standstill(seconds, time.monotonic())
    while True:
        found = ingest.receipt(receipt)
        if found is not None and found["complete"]:
            return
        if standstill.over(found, time.monotonic()):
            waiting = [e for e in (found or {}).get("events", []) if e["state"] == "accepted"]
            raise CommandError(
                f"回执 {receipt} 已 {seconds:.0f} 秒没有进展，请看 pacekeeper status",
                f"receipt {receipt} has not moved for {seconds:.0f} s"
                f" ({len(waiting)} not stored): see `pacekeeper status`",
            )
        time.sleep(_POLL_SECONDS)
