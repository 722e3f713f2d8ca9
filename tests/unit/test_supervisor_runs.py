"""A supervisor as a process of its own: its output, a second start, starting over after kills."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import supervisor_stand_ins
from supervisor_stand_ins import eventually, journal, open_gate

from deploy.local.ports import free_port
from deploy.local.statefolder import (
    StateFolder,
    read_status,
)


class Running:
    """A supervisor of stand-ins as a process of its own."""

    def __init__(self, home: Path, port: int, *names: str) -> None:
        self.folder = StateFolder(home)
        self.names = names
        ports = ("CONSOLE", "AGGREGATE", "CLICKHOUSE", "KAFKA")
        moved = {f"PACEKEEPER_{name}_PORT": str(free_port()) for name in ports}
        self.process = subprocess.Popen(
            [sys.executable, supervisor_stand_ins.__file__, str(home), *names],
            env=os.environ | moved | {"PACEKEEPER_INGEST_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def await_ready(self) -> dict[str, int]:
        """The process ids of the parts once all are ready."""
        status = eventually(self._ready)
        return {name: status["parts"][name]["pid"] for name in self.names}

    def _ready(self) -> dict[str, Any] | None:
        assert self.process.poll() is None
        status = read_status(self.folder)
        mine = status is not None and status["pid"] == self.process.pid
        return status if mine and status and status["state"] == "ready" else None

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


def test_the_stream_shows_every_part_and_the_secrets_outlive_the_run(tmp_path: Path) -> None:
    open_gate(tmp_path, "one", "two")
    first = Running(tmp_path, free_port(), "one", "two")
    first.await_ready()
    secrets = (tmp_path / "secrets.env").read_bytes()
    code, out, err = first.end(signal.SIGINT)
    assert (code, err) == (0, "")
    assert "one        | hello from one" in out
    assert "two        | hello from two" in out
    assert out.splitlines()[-1].endswith("pacekeeper | stopped")
    assert "\x1b" not in out
    second = Running(tmp_path, free_port(), "one")
    second.await_ready()
    assert second.end()[0] == 0
    assert (tmp_path / "secrets.env").read_bytes() == secrets
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_a_second_start_on_the_same_folder_is_refused_in_words(tmp_path: Path) -> None:
    open_gate(tmp_path, "one")
    first = Running(tmp_path, free_port(), "one")
    pids = first.await_ready()
    second = Running(tmp_path, free_port(), "one")
    out, err = second.process.communicate(timeout=30)
    assert (second.process.returncode, out) == (1, "")
    assert f"进程 {first.process.pid}" in err
    assert f"process {first.process.pid}" in err
    assert first.await_ready() == pids
    assert first.end()[0] == 0


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        refused = Running(tmp_path, port, "one")
        _, err = refused.process.communicate(timeout=30)
    assert refused.process.returncode == 1
    assert f"port {port} (ingest) is taken" in err
    assert "PACEKEEPER_INGEST_PORT" in err
    assert journal(tmp_path) == []


def test_killing_the_supervisor_takes_the_parts_along_and_a_new_start_works(tmp_path: Path) -> None:
    open_gate(tmp_path, "one", "two")
    first = Running(tmp_path, free_port(), "one", "two")
    pids = first.await_ready()
    assert first.end(signal.SIGKILL)[0] == -signal.SIGKILL
    eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids.values()))
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "ready"
    second = Running(tmp_path, free_port(), "one", "two")
    assert set(second.await_ready().values()).isdisjoint(pids.values())
    assert second.end()[0] == 0


def test_a_start_after_everything_was_killed_works(tmp_path: Path) -> None:
    open_gate(tmp_path, "one")
    first = Running(tmp_path, free_port(), "one")
    pids = first.await_ready()
    os.kill(first.process.pid, signal.SIGSTOP)
    os.kill(pids["one"], signal.SIGKILL)
    first.end(signal.SIGKILL)
    second = Running(tmp_path, free_port(), "one")
    second.await_ready()
    assert second.end()[0] == 0
