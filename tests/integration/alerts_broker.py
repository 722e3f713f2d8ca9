"""A broker and an alerts worker as processes of their own, for tests of that worker alone."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from services.runtime.kafka import Consumer, Position, Producer, Record
from tests.stack import eventually, free_ports

WORKER_TOPICS = ("assessments", "alerts", "notices", "events.rejected")


@dataclass
class Process:
    """A python module as a child process, its output in a file."""

    module: str
    environment: dict[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", self.module], env=self.environment, stdout=log, stderr=log
            )

    @property
    def exit_code(self) -> int | None:
        return None if self.child is None else self.child.poll()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Signal it and wait; SIGKILL if it does not end within 20 s."""
        assert self.child is not None
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            return self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait(5)


@dataclass
class AlertsStand:
    """The broker, the worker, and ways to talk to both through topics."""

    home: Path
    port: int
    broker: Process
    worker: Process
    consumers: list[Consumer] = field(default_factory=list)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start_broker(self) -> None:
        self.broker.start()

        def listens() -> bool:
            # A Kafka client that finds nobody leaves sockets behind; look before it tries.
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                return False
            return True

        eventually(listens, 60, "the broker listens")

    def start_worker(self) -> None:
        self.worker.start()
        self.await_worker()

    def await_worker(self) -> None:
        flag = self.home / "run" / "alerts.ready"
        eventually(lambda: self.worker.exit_code is not None or flag.exists(), 60, "ready")
        assert self.worker.exit_code is None, self.worker.log.read_text()[-4000:]

    def kill_worker(self) -> None:
        """`kill -9`, and its flag with it."""
        self.worker.end(signal.SIGKILL)
        (self.home / "run" / "alerts.ready").unlink(missing_ok=True)

    def send(self, *records: tuple[str, bytes, bytes]) -> list[Position]:
        """Send (topic, key, value); where each lies once it is acknowledged."""
        producer = Producer(self.bootstrap, "test")
        try:
            sent = [producer.send(topic, value, key) for topic, key, value in records]
            return [done.result(30) for done in sent]
        finally:
            producer.close()

    def consumer(self, *topics: str) -> Consumer:
        made = Consumer(self.bootstrap, f"test-{time.monotonic_ns()}", topics or WORKER_TOPICS)
        self.consumers.append(made)
        return made


def collect(
    consumer: Consumer, enough: Callable[[list[Record]], bool], seconds: float = 60
) -> list[Record]:
    """Everything that arrives until `enough(records)` is true."""
    found: list[Record] = []

    def more() -> bool:
        found.extend(consumer.poll(100))
        return enough(found)

    eventually(more, seconds, "enough records")
    return found


@contextmanager
def alerts_stand(home: Path, **settings: str) -> Iterator[AlertsStand]:
    """A broker that runs and a worker that is ready, both ended afterwards."""
    (port,) = free_ports(1)
    clean = {name: v for name, v in os.environ.items() if not name.startswith("PACEKEEPER_")}
    kept = {n: v for n, v in os.environ.items() if n == "PACEKEEPER_CACHE"}
    ours = {
        "PACEKEEPER_HOME": str(home),
        "PACEKEEPER_KAFKA_PORT": str(port),
    }
    broker = Process("deploy.local.kafka", clean | kept | ours, home / "kafka.out")
    named = {"PACEKEEPER_KAFKA_BOOTSTRAP": f"127.0.0.1:{port}"}
    worker = Process("services.alerts", clean | kept | ours | named | settings, home / "alerts.out")
    stand = AlertsStand(home, port, broker, worker)
    try:
        stand.start_broker()
        stand.start_worker()
        yield stand
    finally:
        for consumer in stand.consumers:
            consumer.close()
        for process in (worker, broker):
            if process.child is not None:
                process.end()
