"""The disk of the engine, or of the broker, fills up under load: told in words, nothing lost.

Events come in at a steady rate, each one to five times and in no order; there is room again later.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.small_disk import SmallDisk, small_disk
from tests.faults.test_random_kills import for_a_while, under_load
from tests.stack import RunningStack, eventually, running_stack

MIB = 1 << 20
SECONDS = 10.0
PARTS = ("clickhouse", "kafka")


@pytest.fixture(scope="module")
def disks() -> Iterator[dict[str, SmallDisk]]:
    """One of 160 MiB for the data of the engine, one for the broker's."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pacekeeper-disk-")))
        found = {}
        for part in PARTS:
            (home / part).mkdir()
            found[part] = stack.enter_context(small_disk(home / part, 160))
        yield found


@pytest.fixture(scope="module")
def own_stack(disks: dict[str, SmallDisk]) -> Iterator[RunningStack]:
    """A stack of its own on these disks."""
    with running_stack(disks["kafka"].folder.parent) as running:
        yield running


def readiness(port: int) -> tuple[int, dict[str, Any]]:
    """What a part says at /readyz."""
    answer = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30, trust_env=False)
    return answer.status_code, answer.json()["checks"]


def told(stack: RunningStack) -> str:
    """What the operator reads; such a state is no success."""
    command = [sys.executable, "-m", "services.cli", "status"]
    done = subprocess.run(
        command, env=stack.environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    return " ".join((done.stdout + done.stderr).split())


def refused(http: httpx.Client, request: list[bytes]) -> httpx.Response | None:
    """The answer to these events, if they are not taken."""
    answer = http.post(
        "/v1/events",
        content=b"\n".join(request),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code in (202, 503)
    return answer if answer.status_code == 503 else None


@pytest.mark.timeout(400)
def test_an_engine_without_room_is_waited_for(
    own_stack: RunningStack, disks: dict[str, SmallDisk]
) -> None:
    disk, port = disks["clickhouse"], own_stack.ports.aggregate
    with under_load(own_stack, 200, SECONDS) as sender, own_stack.http() as http:
        for_a_while(1)
        disk.fill(leave=2 * MIB)
        eventually(lambda: not readiness(port)[1]["write"], 60, "the aggregate says that it waits")
        assert readiness(port)[0] == 503
        assert f"the disk of {disk.folder}" in told(own_stack)
        # The door goes on: what it takes is durable in the broker.
        assert refused(http, sender.requests[-1]) is None
        for_a_while(5)
        disk.give_back()
        eventually(lambda: readiness(port)[0] == 200, 60, "the aggregate goes on")
    assert not own_stack.stack.status().noted


@pytest.mark.timeout(600)
def test_a_broker_without_room_is_started_until_it_has_some(
    own_stack: RunningStack, disks: dict[str, SmallDisk]
) -> None:
    disk = disks["kafka"]
    with under_load(own_stack, 201, SECONDS) as sender, own_stack.http() as http:
        for_a_while(1)
        disk.fill(leave=MIB // 2)
        # It may come back for a moment, with the room that a half-written batch took.
        eventually(
            lambda: own_stack.stack.status().parts["kafka"].failures > 2, 60, "it ends, each time"
        )
        answer = eventually(lambda: refused(http, sender.requests[-1]), 60, "refused")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        status, checks = readiness(own_stack.ports.ingest)
        assert (status, checks["broker"]) == (503, False)
        assert f"the disk of {disk.folder}" in told(own_stack)
        assert "make room" in (own_stack.home / "logs" / "kafka.log").read_text()
        disk.give_back()
    assert sender.repeated > 0
    assert not own_stack.stack.status().noted
