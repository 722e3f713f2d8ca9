"""The embedded broker alone, as a process that a test may stop and freeze."""

import os
import signal
from pathlib import Path

from services.runtime.errors import PacekeeperError
from services.runtime.kafka import ensure_topics
from tests.integration.alerts_broker import Process
from tests.stack import eventually, free_ports


class Broker:
    """The embedded broker as a process of its own."""

    def __init__(self, home: Path) -> None:
        self.port = free_ports(1)[0]
        environment = os.environ | {
            "PACEKEEPER_HOME": str(home),
            "PACEKEEPER_KAFKA_PORT": str(self.port),
        }
        self.process = Process("deploy.local.kafka", environment, home / "kafka.log")
        self.process.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def signal(self, number: int) -> None:
        assert self.process.child is not None
        os.kill(self.process.child.pid, number)

    def freeze(self) -> None:
        """Stop it where it stands, and wait until it does."""
        self.signal(signal.SIGSTOP)
        assert self.process.child is not None
        status = Path(f"/proc/{self.process.child.pid}/stat")
        eventually(lambda: status.read_text().rpartition(")")[2].split()[0] == "T", 5, "frozen")

    def make_topics(self, **partitions: int) -> None:
        """Topics of so many partitions, as soon as the broker answers."""

        def made() -> bool:
            try:
                configs = [(name, count, {}) for name, count in partitions.items()]
                ensure_topics(self.address, configs, 1)
            except PacekeeperError:
                return False
            return True

        eventually(made, 60, "the broker")
