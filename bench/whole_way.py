"""The whole way of a figure: start, idle memory, POST → queryable → assessed at a steady pace.

Milliseconds, from the moment a figure is sent. It is queryable once `bi.current_values` shows it,
assessed once `bi.assessments` rests on it; the first is asked every 50 ms, the second every
200 ms, so the figures are too great by up to that. Clients and watchers run on the same cores.
"""

import http.client
import statistics
import tempfile
import threading
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.machine import pss_mib, spread
from tests.stack import RunningStack, eventually, running_stack

PER_SECOND = 100
SECONDS = 20
SERIES = 200
SENDERS = 4


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


class _Http:
    """A keep-alive connection that costs the machine as little as a client can."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = headers

    def post(self, path: str, body: bytes) -> bytes:
        """The body of a 2xx."""
        self._connection.request("POST", path, body, self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{answer.status} {said[:300]!r}")
        return said

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class _Watch:
    """Notes when each value was first seen in a view, asking every `pause` seconds."""

    def __init__(self, stack: RunningStack, sql: str, pause: float, stop: threading.Event) -> None:
        self.seen: dict[int, float] = {}
        login = b64encode(f"bi:{stack.secret('BI_PASSWORD')}".encode()).decode()
        self._http = _Http(stack.ports.clickhouse, {"Authorization": f"Basic {login}"})
        self._sql = sql.encode()
        self._pause = pause
        self._stop = stop
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            found = self._http.post("/?default_format=TSV", self._sql)
            now = time.monotonic()
            for value in found.split():
                self.seen.setdefault(int(value), now)
            self._stop.wait(self._pause)
        self._http.close()


def _send(stack: RunningStack, run: int, share: int, sent: dict[int, tuple[float, float]]) -> None:
    """Every SENDERS-th figure, each at its time: (when it was sent, milliseconds to the answer)."""
    headers = {
        "Authorization": f"Bearer {stack.admin_key}",
        "Content-Type": "application/cloudevents+json",
    }
    door = _Http(stack.ports.ingest, headers)
    begin = time.monotonic()
    for n in range(share, PER_SECOND * SECONDS, SENDERS):
        body = _figure(run, n)
        time.sleep(max(0.0, begin + n / PER_SECOND - time.monotonic()))
        started = time.monotonic()
        door.post("/v1/events", body)
        sent[n + 1] = (started, (time.monotonic() - started) * 1000)
    door.close()


def _paced(stack: RunningStack, run: int) -> dict[str, Any]:
    with stack.http() as door:
        answer = door.post(
            "/v1/events",
            content=b"\n".join(_definitions(run)),
            headers={"Content-Type": "application/x-ndjson"},
        )
        answer.raise_for_status()
    time.sleep(3)
    stop = threading.Event()
    # Of each series the newest figure alone is asked for: older ones have been seen before.
    stored = _Watch(
        stack,
        "SELECT toInt64(max(value)) FROM bi.current_values"
        f" WHERE indicator = 'bench-{run}' GROUP BY entity",
        0.05,
        stop,
    )
    judged = _Watch(
        stack,
        "SELECT toInt64(max(actual)) FROM bi.assessments"
        f" WHERE indicator = 'bench-{run}' AND actual > 0 GROUP BY entity",
        0.2,
        stop,
    )
    sent: dict[int, tuple[float, float]] = {}
    senders = [
        threading.Thread(target=_send, args=(stack, run, share, sent)) for share in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    last = {value for value in sent if value > PER_SECOND * SECONDS - SERIES}
    eventually(lambda: last <= stored.seen.keys() & judged.seen.keys(), 20, "the last figures judged")
    stop.set()
    stored.thread.join()
    judged.thread.join()
    return {
        "post_ms": spread([answered for _, answered in sent.values()]),
        "queryable_ms": spread(_waits(sent, stored.seen)),
        "assessed_ms": spread(_waits(sent, judged.seen)),
    }


def _waits(sent: dict[int, tuple[float, float]], seen: dict[int, float]) -> list[float]:
    return [(seen[value] - at) * 1000 for value, (at, _) in sent.items() if value in seen]


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
