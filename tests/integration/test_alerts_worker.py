"""The alerts worker on a real broker: its way, its commands, and what no crash may change."""

import asyncio
import contextlib
import json
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment, Judged
from schemas.records.books import Rejected
from schemas.records.dossier import Fact
from schemas.records.notice import Notice
from services.alerts.domain.loop import Settings
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from services.runtime.errors import PacekeeperError
from services.runtime.kafka import Record, partition_of
from tests.integration.alerts_broker import AlertsStand, alerts_stand, collect
from tests.stack import eventually
from tests.unit.alerts_fakes import AT, MemoryOutlet, final
from tests.unit.judging import at_least, dossier, fact, target

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver:
    """A webhook receiver; the first answer is a 503."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.answers = [503]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = outer.answers.pop() if outer.answers else 204
                if status == 204:
                    verified = Webhook(SECRET).verify(body, dict(self.headers))
                    outer.taken.append((self.headers["webhook-id"], verified))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[AlertsStand]:
    home = tmp_path_factory.mktemp("alerts")
    with alerts_stand(
        home, PACEKEEPER_WEBHOOK_URL=receiver.url, PACEKEEPER_WEBHOOK_SECRET=SECRET
    ) as running:
        yield running


def series(name: str, *facts: Fact) -> tuple[str, bytes, bytes]:
    goal = target(at_least("100"), target=name, trajectory={"kind": "linear_months"})
    text = dossier(list(facts), goal).model_dump_json(by_alias=True)
    return "indicators", f"{name}|changzhou".encode(), text.encode()


def acknowledge(name: str) -> tuple[str, bytes, bytes]:
    event = {
        "specversion": "1.0",
        "id": f"ack-{name}",
        "source": "urn:pacekeeper:czzfb",
        "type": "pacekeeper.alert.command.v1",
        "time": "2026-02-01T09:00:00+08:00",
        "data": {"command_id": f"ack-{name}", "alert": f"{name}-behind-1", "action": "acknowledge"},
    }
    return "alert.commands", f"{name}|changzhou".encode(), json.dumps(event).encode()


def values(records: list[Record], topic: str, key: bytes | None = None) -> list[bytes]:
    return [
        record.value or b""
        for record in records
        if record.topic == topic and (key is None or record.key == key)
    ]


def marks(records: list[Record]) -> list[bytes]:
    return [value for value in values(records, "assessments") if b'"kind":"judged"' in value]


def test_a_dossier_goes_its_whole_way(stand: AlertsStand, receiver: Receiver) -> None:
    consumer = stand.consumer()
    topic, key, text = series("way", fact("2024-03", "20"))
    stand.send(("indicators", b"poison|e", b"no dossier"), (topic, key, text))
    found = collect(consumer, lambda seen: len(values(seen, "notices")) >= 2 and bool(marks(seen)))
    row = Assessment.model_validate_json(values(found, "assessments", key)[0])
    mark = Judged.model_validate_json(values(found, "assessments", key)[1])
    (opened,) = [AlertChanged.model_validate_json(v) for v in values(found, "alerts", key)]
    assert (row.target, row.period, row.lamp) == ("way", "2024-03", "red")
    assert (mark.partition, mark.offset) == (0, 7)
    assert (opened.alert, opened.reason) == ("way-behind-1", "behind")
    by_key = {record.partition for record in found if record.key == key}
    assert by_key == {partition_of(key, 4)}
    first, last = (Notice.model_validate_json(v) for v in values(found, "notices"))
    assert (first.state, last.state, last.attempts) == ("pending", "delivered", 2)
    assert [webhook_id for webhook_id, _ in receiver.taken] == [last.notice]
    assert receiver.taken[0][1]["data"]["alert"] == "way-behind-1"
    (poison,) = [Rejected.model_validate_json(v) for v in values(found, "events.rejected")]
    assert poison.raw == "no dossier"


def test_a_command_moves_the_alert(stand: AlertsStand) -> None:
    consumer = stand.consumer("alerts")
    stand.send(series("told", fact("2024-03", "20")))
    key = b"told|changzhou"
    before = collect(consumer, lambda seen: len(values(seen, "alerts", key)) == 1)
    assert b'"open"' in values(before, "alerts", key)[0]
    stand.send(acknowledge("told"), acknowledge("told"), series("told", fact("2024-04", "20")))
    after = collect(consumer, lambda seen: len(values(seen, "alerts", key)) == 2)
    moved = [AlertChanged.model_validate_json(value) for value in values(after, "alerts", key)]
    assert {(m.seq, m.state) for m in moved} == {(2, "acknowledged"), (3, "acknowledged")}


# --- crashes --------------------------------------------------------------------------------------
SERIES = [f"s{number}" for number in range(12)]
ROUNDS = 8


def story(round_: int, number: int) -> tuple[Fact, ...]:
    """Month by month, some of it behind, some corrected, some taken back."""
    months = range(2, 3 + round_)
    kept = [m for m in months if not (m == 4 and round_ == 5 and number % 3 == 0)]
    return tuple(
        fact(f"2024-{m:02d}", str(5 * m + (m * 7 + number * 5 + round_ // 4) % 11)) for m in kept
    )


def replay(inputs: list[Input]) -> MemoryOutlet:
    """The same inputs without any disturbance, by the pure part alone."""
    outlet = MemoryOutlet()
    asyncio.run(Bench(outlet, Settings(), ["webhook"]).take(inputs))
    return outlet


def pending_only(records: list[Record]) -> MemoryOutlet:
    outlet = MemoryOutlet()
    outlet.sent = [
        (record.topic, record.key or b"", record.value or b"")
        for record in records
        if record.topic != "notices" or b'"pending"' in (record.value or b"")
    ]
    return outlet


def send_round(stand: AlertsStand, round_: int) -> list[Input]:
    records = [series(name, *story(round_, number)) for number, name in enumerate(SERIES)]
    sent = stand.send(*records)
    return [
        Input(topic, where.partition, where.offset, AT, key, text)
        for (topic, key, text), where in zip(records, sent, strict=True)
    ]


def newest_marks(records: list[Record]) -> int:
    return len(marks(records))


def ours(outlet: MemoryOutlet) -> tuple[Any, ...]:
    judged, moved, told = final(outlet)
    wanted = set(SERIES)
    return (
        {key: row for key, row in judged.items() if key[0] in wanted},
        {key: alert for key, alert in moved.items() if alert.target in wanted},
        {
            key: body
            for key, body in told.items()
            if json.loads(body)["alert"].split("-")[0] in wanted
        },
    )


def test_killing_the_worker_again_and_again_changes_nothing(stand: AlertsStand) -> None:
    consumer = stand.consumer()
    inputs: list[Input] = []
    for round_ in range(ROUNDS):
        inputs += send_round(stand, round_)
        if round_ % 2:
            stand.kill_worker()
            stand.start_worker()
    expected = ours(replay(inputs))
    assert len(expected[1]) > len(SERIES)
    found: list[Record] = []

    def same() -> bool:
        found.extend(consumer.poll(200))
        return ours(pending_only(found)) == expected

    with contextlib.suppress(AssertionError):
        eventually(same, 60)
    assert ours(pending_only(found)) == expected


def test_a_broker_that_dies_and_comes_back_changes_nothing(tmp_path: Path) -> None:
    with alerts_stand(tmp_path, PACEKEEPER_WEBHOOK_URL="http://127.0.0.1:9/none") as stand:
        inputs = send_round(stand, 0)
        stand.broker.end(signal.SIGKILL)
        stand.start_broker()
        for round_ in range(1, 4):
            inputs += send_round(stand, round_)
        expected = ours(replay(inputs))
        consumer = stand.consumer()
        found: list[Record] = []

        def same() -> bool:
            # As the supervisor would: a worker that gave up is started again.
            if stand.worker.exit_code is not None:
                assert stand.worker.exit_code == 70, stand.worker.log.read_text()[-4000:]
                stand.start_worker()
            try:
                found.extend(consumer.poll(200))
            except PacekeeperError:
                return False
            return ours(pending_only(found)) == expected

        eventually(same, 150, "the same tables as an undisturbed run")


def test_it_stops_when_asked(stand: AlertsStand) -> None:
    assert stand.worker.end() == 0
    assert not (stand.home / "run" / "alerts.ready").exists()
    stand.start_worker()
