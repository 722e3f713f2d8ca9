"""A broker and an engine of the benchmark's own, and what their processes cost."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from services.aggregate.migrate import migrate
from tests.integration.embedded_clickhouse import WRITER, Running, embedded_server
from tests.stack import eventually, free_ports


class Broker(NamedTuple):
    """An embedded Kafka that answers."""

    bootstrap: str
    pid: int


class Parts(NamedTuple):
    """A broker and an engine that answer."""

    broker: Broker
    engine: Running

    def cpu(self) -> dict[str, float]:
        """Seconds of processor that each has used since it started."""
        return {
            "broker": cpu_seconds(self.broker.pid),
            "engine": cpu_seconds(self.engine.process.pid),
        }

    def environment(self) -> dict[str, str]:
        """What a role of the product needs in its environment to meet them."""
        return os.environ | {
            "PACEKEEPER_KAFKA_BOOTSTRAP": self.broker.bootstrap,
            "PACEKEEPER_CLICKHOUSE_URL": self.engine.url,
            "PACEKEEPER_CLICKHOUSE_PASSWORD": WRITER[1],
            "PACEKEEPER_LOG_LEVEL": "WARNING",
        }


def cpu_seconds(pid: int) -> float:
    """Of a process and its children that live."""
    whole = psutil.Process(pid)
    times = [each.cpu_times() for each in (whole, *whole.children(recursive=True))]
    return sum(each.user + each.system for each in times)


@contextmanager
def broker() -> Iterator[Broker]:
    """An embedded Kafka, its log in the folder for temporary files."""
    home = Path(tempfile.mkdtemp(prefix="pacekeeper-bench-"))
    (port,) = free_ports(1)
    kept = {n: v for n, v in os.environ.items() if not n.startswith("PACEKEEPER_")}
    kept |= {n: v for n, v in os.environ.items() if n == "PACEKEEPER_CACHE"}
    kept |= {"PACEKEEPER_HOME": str(home), "PACEKEEPER_KAFKA_PORT": str(port)}
    with (home / "kafka.out").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.kafka"], env=kept, stdout=said, stderr=said
        )

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    try:
        eventually(listens, 60, "the broker listens")
        yield Broker(f"127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def engine(where: Path | None = None) -> Iterator[Running]:
    """An embedded ClickHouse with the product's tables, its data under `where`.

    Under the folder for temporary files if None.
    """
    data = Path(tempfile.mkdtemp(prefix="pacekeeper-bench-", dir=where))
    try:
        with embedded_server(data) as running:
            client = running.client(autogenerate_session_id=False)
            migrate(client)
            client.close()
            yield running
    finally:
        shutil.rmtree(data, ignore_errors=True)
