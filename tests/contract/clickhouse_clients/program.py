"""Clients of other languages: a small program each, which reports every step as a line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.absent import not_run
from tests.contract.clickhouse_clients import ground
from tests.integration.embedded_clickhouse import WRITER, Running

HERE = Path(__file__).parent
# What a client's runtime is made of stays here from one run of the tests to the next.
BUILD = HERE.parents[2] / ".cache" / "clients"


def prepare(what: str, command: Sequence[str | Path], folder: Path) -> None:
    """One step of bringing a client's runtime; where it fails, the client is not run."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=240
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-600:]
        not_run(f"{what}: exit {done.returncode}: {said}")


class Answers:
    """What a client found at each step: a result, or the error that it raised."""

    def __init__(self, lines: Sequence[str]) -> None:
        steps = [json.loads(line) for line in lines]
        self._steps = {step["step"]: step for step in steps}

    def __getitem__(self, step: str) -> Any:
        """The result of a step; the test fails that wants one where there was an error."""
        said = self._steps[step]
        assert "error" not in said, said["error"]
        return said["result"]

    def error(self, step: str) -> dict[str, Any]:
        """The error of a step that has to fail."""
        said = self._steps[step]
        assert "error" in said, said
        error: dict[str, Any] = said["error"]
        return error


def run(
    command: Sequence[str | Path], server: Running, account: tuple[str, str], folder: Path
) -> Answers:
    """Run a client's program against the server; it must report its steps and end well."""
    user, password = account
    task = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": user,
        "password": password,
        "writes": account == WRITER,
        "slow": ground.SLOW,
        "rows": ground.INSERTED_ROWS,
    }
    environment = os.environ | {f"CLIENT_{name.upper()}": str(task[name]) for name in task}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, (done.stderr or done.stdout)[-4000:]
    return Answers(done.stdout.splitlines())
