"""What is measured beside a load: when its figures can be queried, and what processors did."""

import threading
import time
from base64 import b64encode

import psutil

from bench.client import Client
from bench.figures import series
from bench.load import Paced
from tests.stack import RunningStack

# Every question costs the machine some milliseconds, of a view over the raw table many: asking it,
# or more often, would measure the asking.
_ASK_EVERY = 0.02


class Probe:
    """Follows the last figure of the newest batch of so many until the raw table shows it."""

    def __init__(self, stack: RunningStack, load: Paced, run: str, batch: int) -> None:
        self.waits: list[float] = []
        login = b64encode(f"pacekeeper:{stack.secret('CLICKHOUSE_PASSWORD')}".encode()).decode()
        self._http = Client(stack.ports.clickhouse, {"Authorization": f"Basic {login}"})
        self._load = load
        self._batch = batch
        self._run_name = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        followed = -1
        while not self._stop.is_set():
            newest = self._load.newest
            if newest == followed:
                self._stop.wait(0.002)
                continue
            followed = newest
            last = (newest + 1) * self._batch - 1
            indicator, entity = series(last)
            sql = (
                "SELECT count() FROM pacekeeper.raw WHERE type = 'metric.observed'"
                f" AND indicator = '{indicator}'"
                f" AND entity = '{entity}'"
                f" AND event_id = '{self._run_name}-{last}'"
            ).encode()
            while self._http.post("/?default_format=TSV", sql).strip() == b"0":
                if self._stop.wait(_ASK_EVERY):
                    return
            self.waits.append((time.monotonic() - self._load.due(newest)) * 1000)
        self._http.close()

    def stop(self) -> None:
        """No further batch is followed."""
        self._stop.set()
        self._thread.join()


class Spent:
    """What each part of the stack and the generator use of the processor, from here on."""

    def __init__(self, stack: RunningStack) -> None:
        parts = stack.stack.status().parts
        self._parts = {p.name: psutil.Process(p.pid) for p in parts.values() if p.pid}
        self._parts["bench"] = psutil.Process()
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._parts.items()}

    def told(self, events: int) -> dict[str, float]:
        """Microseconds per event by part, and of all together."""
        now = self._now()
        each = {
            name: round((now[name] - before) / events * 1e6, 1)
            for name, before in self._before.items()
        }
        return each | {"all": round(sum(each.values()), 1)}
