"""The console on views in memory, served on a free port, for tests with a browser."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.alerts.console.app import create_app
from services.alerts.console.door import MemoryDoor
from services.alerts.console.memory import MemoryViews
from services.alerts.console.serve import Server
from services.runtime.operators import OperatorFile
from tests.stack import free_ports

PASSWORD = "a test's secret"


@dataclass(frozen=True)
class Served:
    """A console that answers, with what it reads and where its commands go."""

    url: str
    views: MemoryViews
    door: MemoryDoor


@contextmanager
def served(views: MemoryViews, operators: Path = Path("no-operators.json")) -> Iterator[Served]:
    """Serve until the end of the block, on the server of the real process."""
    (port,) = free_ports(1)
    door = MemoryDoor()
    app = create_app(views, door, PASSWORD, OperatorFile(operators), interval=0.05)
    server = Server(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the console ended before it answered"
            assert time.monotonic() < until, "the console does not answer"
            time.sleep(0.01)
        yield Served(f"http://127.0.0.1:{port}", views, door)
    finally:
        server.should_exit = True
        thread.join(20)
