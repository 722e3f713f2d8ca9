"""The whole way of a figure: start, idle memory, POST → queryable → assessed at a steady pace.

Milliseconds. A figure is queryable once `bi.current_values` shows it, assessed once
`bi.assessments` rests on it; both are watched by a second thread that asks again and again.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson

from bench.machine import pss_mib, spread
from tests.stack import RunningStack, eventually, running_stack

PER_SECOND = 100
SECONDS = 20
SERIES = 50


def _event(kind: str, name: str, data: dict[str, Any]) -> bytes:
    now = datetime.now(UTC).isoformat()
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": name,
            "source": "urn:pacekeeper:bench",
            "type": f"pacekeeper.{kind}.v1",
            "time": now,
            "data": data,
        }
    )


def _definitions(run: int) -> list[bytes]:
    found = [
        _event(
            "indicator.defined",
            f"i{run}",
            {
                "indicator": f"bench-{run}",
                "name_zh": "测",
                "name_en": "bench",
                "unit": "个",
                "measure": "cumulative",
                "direction": "higher",
                "owner": "bench",
                "frequency": "month",
            },
        )
    ]
    for n in range(SERIES):
        entity = {"entity": f"b{run}-{n}", "kind": "town", "name_zh": f"{n}"}
        found.append(_event("entity.defined", f"e{run}-{n}", entity))
        target = {
            "target": f"b{run}-{n}",
            "indicator": f"bench-{run}",
            "entity": f"b{run}-{n}",
            "version": 1,
            "year": 2024,
            "effective_from": "2024-01-01",
            "goal": {"kind": "at_least", "value": "100000"},
        }
        found.append(_event("target.set", f"t{run}-{n}", target))
    return found


def _figure(run: int, n: int) -> bytes:
    return _event(
        "metric.observed",
        f"f{run}-{n}",
        {
            "indicator": f"bench-{run}",
            "entity": f"b{run}-{n % SERIES}",
            "period": f"2024-{n // SERIES % 12 + 1:02}",
            "measure": "cumulative",
            "value": str(n + 1),
            "unit": "个",
            "status": "P",
        },
    )


class _Watch:
    """Notes when each value was first seen in a view."""

    def __init__(self, ask: Callable[[], list[int]], stop: threading.Event) -> None:
        self.seen: dict[int, float] = {}
        self._ask = ask
        self._stop = stop
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            found = self._ask()
            now = time.monotonic()
            for value in found:
                self.seen.setdefault(value, now)
            time.sleep(0.005)


def _asker(stack: RunningStack, sql: str) -> Callable[[], list[int]]:
    client = httpx.Client(
        base_url=stack.clickhouse_url, auth=("bi", stack.secret("BI_PASSWORD")), trust_env=False
    )

    def ask() -> list[int]:
        answer = client.post("/", content=sql, params={"default_format": "TSV"})
        answer.raise_for_status()
        return [int(float(line)) for line in answer.text.split()]

    return ask


def _paced(stack: RunningStack, run: int) -> dict[str, Any]:
    with stack.http() as http:
        sent_all = http.post(
            "/v1/events",
            content=b"\n".join(_definitions(run)),
            headers={"Content-Type": "application/x-ndjson"},
        )
        sent_all.raise_for_status()
        stop = threading.Event()
        where = f"indicator = 'bench-{run}'"
        stored = _Watch(
            _asker(stack, f"SELECT toInt64(value) FROM bi.current_values WHERE {where}"), stop
        )
        judged = _Watch(
            _asker(
                stack, f"SELECT toInt64(actual) FROM bi.assessments WHERE {where} AND actual > 0"
            ),
            stop,
        )
        posts: list[float] = []
        sent: dict[int, float] = {}
        begin = time.monotonic()
        for n in range(PER_SECOND * SECONDS):
            due = begin + n / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            started = time.monotonic()
            answer = http.post(
                "/v1/events",
                content=_figure(run, n),
                headers={"Content-Type": "application/cloudevents+json"},
            )
            answer.raise_for_status()
            posts.append((time.monotonic() - started) * 1000)
            sent[n + 1] = started
        everything = set(sent)
        # A later figure of the same period replaces an earlier one before it may have been seen.
        last = {value for value in everything if value > PER_SECOND * SECONDS - SERIES}
        eventually(lambda: last <= stored.seen.keys() and last <= judged.seen.keys(), 30)
        stop.set()
        stored.thread.join()
        judged.thread.join()
    return {
        "post_ms": spread(posts),
        "queryable_ms": spread(
            [(stored.seen[n] - at) * 1000 for n, at in sent.items() if n in stored.seen]
        ),
        "assessed_ms": spread(
            [(judged.seen[n] - at) * 1000 for n, at in sent.items() if n in judged.seen]
        ),
    }


def measure(runs: int = 5) -> dict[str, Any]:
    """Medians of `runs` paced runs on one stack; start and idle memory once each."""
    starts = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="pacekeeper-bench-") as home:
            began = time.monotonic()
            with running_stack(Path(home)):
                starts.append(time.monotonic() - began)
    with (
        tempfile.TemporaryDirectory(prefix="pacekeeper-bench-") as home,
        running_stack(Path(home)) as stack,
    ):
        time.sleep(15)
        status = stack.stack.status()
        pids = {"supervisor": status.pid} | {p.name: p.pid for p in status.parts.values()}
        memory = {name: round(pss_mib(pid), 1) for name, pid in pids.items() if pid}
        paced = [_paced(stack, run) for run in range(runs)]
    return {
        "start_s": {
            "median": round(statistics.median(starts), 1),
            "all": [round(s, 1) for s in starts],
        },
        "idle_pss_mib": memory | {"total": round(sum(memory.values()), 1)},
        "paced": {
            what: {
                share: statistics.median(each[what][share] for each in paced)
                for share in ("n", "p50", "p99", "max")
            }
            for what in ("post_ms", "queryable_ms", "assessed_ms")
        },
        "paced_runs": paced,
    }
