"""The whole embedded stack on free ports and a folder of its own, as the tests use it."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import clickhouse_connect
import httpx

from deploy.local.credentials import read_secrets
from deploy.local.settings import Ports
from deploy.local.stack import Stack

T = TypeVar("T")


# Below what the system gives to connections that go out: a killed part finds its port again.
_PORTS = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if port not in found:
                found.append(port)
    return found


def eventually(probe: Callable[[], T | None], seconds: float = 30, what: str = "") -> T:
    """The first answer of `probe` that is true; fails after the time."""
    until = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < until, f"not within {seconds} s: {what or probe}"
        time.sleep(0.05)


@dataclass
class RunningStack:
    """A stack that is ready, and the ways into it."""

    home: Path
    ports: Ports
    stack: Stack

    @property
    def ingest_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.ingest}"

    @property
    def console_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.console}"

    @property
    def clickhouse_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.clickhouse}"

    @property
    def kafka(self) -> str:
        return f"127.0.0.1:{self.ports.kafka}"

    def secret(self, name: str) -> str:
        return read_secrets(self.home / "secrets.env")[f"PACEKEEPER_{name}"]

    @property
    def admin_key(self) -> str:
        return self.secret("ADMIN_KEY")

    @property
    def console_password(self) -> str:
        return self.secret("CONSOLE_PASSWORD")

    def environment(self) -> dict[str, str]:
        """What a command of ours needs in its environment to meet this stack."""
        ports = {f"PACEKEEPER_{n.upper()}_PORT": str(p) for n, p in self.ports.named().items()}
        return os.environ | ports | {"PACEKEEPER_HOME": str(self.home)}

    def http(self, key: str | None = None) -> httpx.Client:
        """A client of ingest."""
        return httpx.Client(
            base_url=self.ingest_url,
            headers={"Authorization": f"Bearer {key or self.admin_key}"},
            timeout=30,
            trust_env=False,
        )

    def push(self, *events: bytes) -> None:
        """Send the events as one request; none of them is refused."""
        with self.http() as http:
            lines = {"Content-Type": "application/x-ndjson"}
            answer = http.post("/v1/events", content=b"\n".join(events), headers=lines)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == 0, answer.text

    def rows(self, sql: str, account: str = "bi") -> list[dict[str, Any]]:
        """The rows of a query, as an analyst would get them."""
        passwords = {"bi": "BI_PASSWORD", "pacekeeper": "CLICKHOUSE_PASSWORD"}
        client = clickhouse_connect.get_client(
            host="127.0.0.1",
            port=self.ports.clickhouse,
            username=account,
            password=self.secret(passwords[account]),
            autogenerate_session_id=False,
        )
        try:
            found = client.query(sql)
            return [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]
        finally:
            client.close()

    def pid(self, part: str) -> int:
        """The process of a part."""
        found = self.stack.status().parts[part].pid
        assert found, f"{part} is not running"
        return found

    def kill(self, part: str) -> None:
        """`kill -9` of a part; the supervisor starts it again."""
        os.kill(self.pid(part), signal.SIGKILL)

    def await_ready(self, seconds: float = 60) -> None:
        """Wait until every part is ready."""
        eventually(lambda: self.stack.status().ready, seconds, "every part ready")

    def logs(self) -> str:
        """The end of every log, for a test that failed."""
        folder = self.home / "logs"
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-40:])
            for log in sorted(folder.glob("*.log"))
        )


@contextmanager
def running_stack(home: Path, **settings: str) -> Iterator[RunningStack]:
    """A stack in `home` that is ready, ended afterwards."""
    numbers = free_ports(5)
    ports = Ports(*numbers)
    clean = {name: v for name, v in os.environ.items() if not name.startswith("PACEKEEPER_")}
    kept = {n: v for n, v in os.environ.items() if n in ("PACEKEEPER_CACHE",)}
    stack = Stack(home, ports, clean | kept | settings)
    stack.up()
    try:
        yield RunningStack(home, ports, stack)
    finally:
        stack.down()
