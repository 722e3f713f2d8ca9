"""The whole way of a figure: start, idle memory, POST → queryable → assessed at a steady pace.

Milliseconds, from the moment a figure is sent. It is queryable once `bi.current_values` shows it,
assessed once `bi.assessments` rests on it; each is followed for one figure after the other, the
view asked after 150 or 400 ms and then every 50 or 300 ms, which is in the figures. Clients and
probes run on the same cores.
"""

import statistics
import tempfile
import threading
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.client import Client
from bench.machine import pss_mib, spread
from tests.stack import RunningStack, eventually, running_stack

PER_SECOND = 100
SECONDS = 30
SERIES = 1000
SENDERS = 4
# Every question costs the machine about 10 ms: asking more often, or before anything can be there,
# would measure the asking. A wait shorter than the first is given as the first.
ASK_STORED = (0.15, 0.05)
ASK_JUDGED = (0.4, 0.3)


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


class _Probe:
    """Follows one figure after the other: the newest one sent, until a view shows it.

    A view shows a figure once it shows it or a later one of the same series.
    """

    def __init__(
        self,
        stack: RunningStack,
        sql: str,
        ask: tuple[float, float],
        sent: dict[int, float],
        stop: threading.Event,
    ) -> None:
        self.waits: list[float] = []
        login = b64encode(f"bi:{stack.secret('BI_PASSWORD')}".encode()).decode()
        self._http = Client(stack.ports.clickhouse, {"Authorization": f"Basic {login}"})
        self._sql = sql
        self._first, self._every = ask
        self._sent = sent
        self._stop = stop
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        followed = 0
        while not self._stop.is_set():
            newest = max(self._sent, default=0)
            if newest == followed:
                self._stop.wait(0.01)
                continue
            followed = newest
            sql = self._sql.format(series=(newest - 1) % SERIES, value=newest).encode()
            self._stop.wait(max(0.0, self._sent[newest] + self._first - time.monotonic()))
            while self._http.post("/?default_format=TSV", sql).strip() == b"0":
                self._stop.wait(self._every)
            self.waits.append((time.monotonic() - self._sent[newest]) * 1000)
        self._http.close()


def _send(
    stack: RunningStack, run: int, share: int, sent: dict[int, float], answered: list[float]
) -> None:
    """Every SENDERS-th figure, each at its time: when it was sent, milliseconds to the answer."""
    headers = {
        "Authorization": f"Bearer {stack.admin_key}",
        "Content-Type": "application/cloudevents+json",
    }
    door = Client(stack.ports.ingest, headers)
    begin = time.monotonic()
    for n in range(share, PER_SECOND * SECONDS, SENDERS):
        body = _figure(run, n)
        time.sleep(max(0.0, begin + n / PER_SECOND - time.monotonic()))
        started = sent[n + 1] = time.monotonic()
        door.post("/v1/events", body)
        answered.append((time.monotonic() - started) * 1000)
    door.close()


def _paced(stack: RunningStack, run: int) -> dict[str, Any]:
    with stack.http() as door:
        answer = door.post(
            "/v1/events",
            content=b"\n".join(_definitions(run)),
            headers={"Content-Type": "application/x-ndjson"},
        )
        answer.raise_for_status()
        receipt = answer.json()["receipt"]
        eventually(
            lambda: door.get(f"/v1/receipts/{receipt}").json()["complete"], 120, "definitions"
        )
    time.sleep(3)
    stop = threading.Event()
    sent: dict[int, float] = {}
    answered: list[float] = []
    stored = _Probe(
        stack,
        f"SELECT count() FROM bi.current_values WHERE indicator = 'bench-{run}'"
        f" AND entity = 'b{run}-{{series}}' AND value >= {{value}}",
        ASK_STORED,
        sent,
        stop,
    )
    judged = _Probe(
        stack,
        f"SELECT count() FROM bi.assessments WHERE target = 'b{run}-{{series}}'"
        " AND actual >= {value}",
        ASK_JUDGED,
        sent,
        stop,
    )
    senders = [
        threading.Thread(target=_send, args=(stack, run, share, sent, answered))
        for share in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    stop.set()
    stored.thread.join()
    judged.thread.join()
    return {
        "post_ms": spread(answered),
        "queryable_ms": spread(stored.waits),
        "assessed_ms": spread(judged.waits),
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
