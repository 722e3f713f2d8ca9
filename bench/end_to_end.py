"""HTTP → queryable at full speed: `python -m bench.end_to_end`, everything on the same cores.

Figures in batches at a steady pace; a probe follows one batch after the other, from the moment it
was due until the raw table, and so every view of it, shows its last figure. Then figures one by one
over 64 connections, as fast as they are acknowledged. At the end every accepted figure must be in
the books.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import machine
from bench.figures import definitions, figure
from bench.instruments import Probe, Spent
from bench.load import Closed, Paced, request
from tests.stack import RunningStack, eventually, running_stack

SECONDS = 12
BATCH = 500
CONNECTIONS = 64
_TMPFS = Path("/dev/shm")
# Events a second, and how long a block may gather at this pace.
PACES = ((20_000, 20), (50_000, 20), (100_000, 100))
_WHAT = ("all", *(f"{pace // 1000}k" for pace, _ in PACES), "single")


def _define(stack: RunningStack) -> None:
    with stack.http() as door:
        answer = door.post(
            "/v1/events",
            content=b"\n".join(definitions()),
            headers={"Content-Type": "application/x-ndjson"},
        )
        answer.raise_for_status()
        receipt = answer.json()["receipt"]
        eventually(lambda: door.get(f"/v1/receipts/{receipt}").json()["complete"], 120, "defined")
    time.sleep(3)


def _in_the_books(stack: RunningStack, run: str, expected: int) -> dict[str, Any]:
    """Wait until every figure is stored; what the ledger says then."""
    begun = time.monotonic()
    sql = f"SELECT count() AS n FROM bi.observations WHERE startsWith(event_id, '{run}-')"
    eventually(lambda: stack.rows(sql)[0]["n"] >= expected, 240, "all figures stored")
    seconds = time.monotonic() - begun
    ledger = "SELECT sum(abs(difference)) AS n FROM bi.ledger"
    eventually(lambda: stack.rows(ledger)[0]["n"] == 0, 240, "the books balanced")
    stored = stack.rows(sql)[0]["n"]
    return {"stored": stored, "lost": expected - stored, "all_stored_after_s": round(seconds, 1)}


def paced(stack: RunningStack, per_second: int, run: str, seconds: int = SECONDS) -> dict[str, Any]:
    """One paced run: acknowledged and queryable in milliseconds from when each batch was due."""
    count = per_second * seconds // BATCH
    requests = [
        request(
            stack.ports.ingest,
            stack.admin_key,
            "application/x-ndjson",
            b"\n".join(figure(run, n) for n in range(batch * BATCH, (batch + 1) * BATCH)),
        )
        for batch in range(count)
    ]
    load = Paced(stack.ports.ingest, requests, seconds)
    spent, probe = Spent(stack), Probe(stack, load, run, BATCH)
    took = load.run()
    told = spent.told(count * BATCH)
    probe.stop()
    return {
        "per_second": per_second,
        "reached_per_second": round(count * BATCH / took),
        "statuses": dict(load.statuses),
        "acknowledged_ms": machine.spread(load.ack_ms),
        "queryable_ms": machine.spread(probe.waits or [float("inf")]),
        "cpu_us": told,
        **_in_the_books(stack, run, count * BATCH),
    }


def single(stack: RunningStack, run: str, seconds: int = SECONDS) -> dict[str, Any]:
    """Figures one by one, as fast as 64 connections have them acknowledged."""
    made = [
        request(stack.ports.ingest, stack.admin_key, "application/cloudevents+json", figure(run, n))
        for n in range(30_000 * seconds)
    ]
    load = Closed(stack.ports.ingest, iter(made))
    spent = Spent(stack)
    took = load.run(CONNECTIONS, seconds)
    good = load.statuses[202]
    told = spent.told(good)
    return {
        "connections": CONNECTIONS,
        "acknowledged_per_second": round(good / took),
        "statuses": dict(load.statuses),
        "acknowledged_ms": machine.spread(load.ack_ms),
        "cpu_us": told,
        **_in_the_books(stack, run, good),
    }


def _median(runs: Sequence[dict[str, Any]], rate: str) -> dict[str, Any]:
    found: dict[str, Any] = {rate: statistics.median(each[rate] for each in runs)}
    for what in ("acknowledged_ms", "queryable_ms"):
        if what in runs[0]:
            found[what] = {
                share: statistics.median(each[what][share] for each in runs)
                for share in ("p50", "p99")
            }
    return found


def measure(
    folder: Path | None, runs: int = 5, seconds: int = SECONDS, what: str = "all"
) -> dict[str, Any]:
    """Every pace and the single figures, each run on a new stack; `folder` None is on disk."""
    found: dict[str, Any] = {}
    for per_second, flush_ms in PACES:
        if what in ("all", f"{per_second // 1000}k"):
            each = list(_paced_runs(folder, runs, seconds, per_second, flush_ms))
            found[f"{per_second}"] = _median(each, "reached_per_second") | {"runs": each}
    if what in ("all", "single"):
        each = list(_single_runs(folder, runs, seconds))
        found["single"] = _median(each, "acknowledged_per_second") | {"runs": each}
    return found


def everywhere() -> dict[str, Any]:
    """All of it with the stack's state on a tmpfs, where there is one, and on disk."""
    found = {"tmpfs": measure(_TMPFS)} if _TMPFS.is_dir() else {}
    return found | {"disk": measure(None)}


def _paced_runs(
    folder: Path | None, runs: int, seconds: int, per_second: int, flush_ms: int
) -> Iterator[dict[str, Any]]:
    for run in range(runs):
        with (
            tempfile.TemporaryDirectory(prefix="pacekeeper-bench-", dir=folder) as home,
            running_stack(Path(home), PACEKEEPER_FLUSH_MS=str(flush_ms)) as stack,
        ):
            _define(stack)
            yield paced(stack, per_second, f"p{run}", seconds)


def _single_runs(folder: Path | None, runs: int, seconds: int) -> Iterator[dict[str, Any]]:
    for run in range(runs):
        with (
            tempfile.TemporaryDirectory(prefix="pacekeeper-bench-", dir=folder) as home,
            running_stack(Path(home)) as stack,
        ):
            _define(stack)
            yield single(stack, f"s{run}", seconds)


def lines(found: dict[str, Any]) -> list[str]:
    """The medians as text."""
    told = []
    for name, each in found.items():
        rate = each.get("reached_per_second", each.get("acknowledged_per_second"))
        waits = "  ".join(
            f"{what} p50 {each[what]['p50']} p99 {each[what]['p99']}"
            for what in ("acknowledged_ms", "queryable_ms")
            if what in each
        )
        each_us = statistics.median(run["cpu_us"]["all"] for run in each["runs"])
        told.append(f"{name:>7}: {rate}/s  {waits}  {each_us} µs of processor an event")
    return told


def main() -> None:
    """Measure; the medians on stderr, everything as JSON on stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the stack lives, e.g. on a tmpfs")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--what", default="all", choices=_WHAT)
    chosen = parser.parse_args()
    found = measure(chosen.folder, chosen.runs, chosen.seconds, chosen.what)
    sys.stderr.write("\n".join(lines(found)) + "\n")
    told = {"machine": machine.describe(), "end_to_end": found}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
