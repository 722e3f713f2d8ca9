"""Replays steps on a stack, each once what came before is settled, and tells what came out."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from clickhouse_connect.driver.exceptions import ClickHouseError
from kafka.errors import KafkaError

from schemas import topics
from schemas.records.alert import Tick
from schemas.records.touched import Touched
from services.aggregate.decode import CLOCK
from services.cli.api import Ingest
from services.cli.demo.run import await_complete
from services.runtime.errors import PacekeeperError
from services.runtime.kafka import Producer
from tests.faults.small_city import Ask, Day, Hour, Push, Step
from tests.faults.test_demo_year import VIEWS
from tests.lags import Lags
from tests.stack import RunningStack, eventually

PATIENCE = 120
# What is of the machine's clock and not of the year. A note begins with its minute.
_MOMENTS = frozenset({"at", "timestamp", "opened_at", "closed_at", "acknowledged_at"})
_A_MINUTE = len("2024-01-01 00:00 ")


@dataclass
class Receiver:
    """Somebody who is told: every body that ever came under an id."""

    url: str = ""
    told: dict[str, list[bytes]] = field(default_factory=dict)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A webhook's receiver that takes everything."""
    found = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.told.setdefault(self.headers["webhook-id"], []).append(body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


class Replay:
    """One stack's year; `done` counts the steps that are settled."""

    def __init__(
        self, stack: RunningStack, steps: Sequence[Step], patience: float = PATIENCE
    ) -> None:
        self._stack = stack
        self._patience = patience
        self.steps = steps
        self.done = 0
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self._clock = Producer(self._stack.kafka, "clock")
            with (
                closing(self._clock),
                Ingest(self._stack.ingest_url, self._stack.admin_key, PATIENCE) as ingest,
            ):
                for step in self.steps:
                    self._take(ingest, step)
                    self.done += 1
        except BaseException as error:
            self.error = error

    def _take(self, ingest: Ingest, step: Step) -> None:
        if isinstance(step, Push):
            answer = ingest.push(step.events)
            assert answer["rejected"] == 0, answer
            await_complete(ingest, answer["receipt"], self._patience)
        elif isinstance(step, Ask):
            asked = {"command_id": step.command_id, "action": step.action, "person": "operator"}
            ingest.post(f"/v1/alerts/{step.alert}/commands", asked | step.data)
            self._moved(step.alert, f"command_id = '{step.command_id}'")
        elif isinstance(step, Hour):
            tick = Tick(at=self._a_day_later(step.alert)).model_dump_json().encode()
            key = topics.series_key(step.indicator, step.entity).encode()
            self._send(topics.COMMANDS.name, key, tick)
            self._moved(step.alert, "reason = 'escalated'")
        else:
            self._day(step)

    def _a_day_later(self, alert: str) -> datetime:
        sql = f"SELECT opened_at FROM bi.alerts WHERE alert = '{alert}'"
        opened = eventually(lambda: rows(self._stack, sql), PATIENCE, alert)[0]["opened_at"]
        # The view has no microseconds.
        return (opened + timedelta(days=1, milliseconds=1)).replace(tzinfo=UTC)

    def _day(self, step: Day) -> None:
        tick = Touched(partition=0, offset=-1, series=((CLOCK, step.at.isoformat()),))
        self._send(topics.TOUCHED.name, b"0", tick.model_dump_json().encode())
        at_rest(self._stack)

    def _send(self, topic: str, key: bytes, value: bytes) -> None:
        """A record as the clock sends it; sent again, it says the same."""

        def sent() -> bool:
            try:
                self._clock.send(topic, value, key).result()
            except PacekeeperError:
                return False
            return True

        eventually(sent, PATIENCE, f"a record of {topic}")

    def _moved(self, alert: str, how: str) -> None:
        sql = f"SELECT 1 FROM bi.alert_history WHERE alert = '{alert}' AND {how}"
        eventually(lambda: rows(self._stack, sql), PATIENCE, f"{alert}: {how}")


def rows(stack: RunningStack, sql: str, account: str = "bi") -> list[dict[str, Any]]:
    """None while the engine is away."""
    try:
        return stack.rows(sql, account)
    except ClickHouseError:
        return []


def at_rest(stack: RunningStack) -> None:
    """Nothing is on its way any more, whoever was killed meanwhile."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with Lags(stack.kafka) as lags:
                eventually(lags.all_done, PATIENCE, "everything judged and stored")
            return
        except KafkaError:
            assert time.monotonic() < until


def outcome(stack: RunningStack, receiver: Receiver) -> dict[str, Any]:
    """What the year came to, but for the machine's time: views, and notices by their id."""
    stack.await_ready(90)
    at_rest(stack)
    pending = "SELECT 1 FROM pacekeeper.notices FINAL WHERE state = 'pending'"
    eventually(lambda: not stack.rows(pending, "pacekeeper"), 60, "everybody was told")
    found: dict[str, Any] = {view: stack.rows(sql) for view, sql in VIEWS.items()}
    for row in found["alerts"]:
        row["notes"] = [note[_A_MINUTE:] for note in row["notes"]]
    found["notices"] = {name: timeless(orjson.loads(first)) for name, (first, *_) in told(receiver)}
    return found


def told(receiver: Receiver) -> list[tuple[str, list[bytes]]]:
    """Every id with what was said under it: once or several times, always the same."""
    for name, bodies in receiver.told.items():
        assert len(set(bodies)) == 1, (name, bodies)
    return sorted(receiver.told.items())


def timeless(said: Any) -> Any:
    """Without the moments of the machine's clock."""
    if isinstance(said, dict):
        return {name: timeless(one) for name, one in said.items() if name not in _MOMENTS}
    if isinstance(said, list):
        return [timeless(one) for one in said]
    return said
