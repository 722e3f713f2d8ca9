"""The supervisor with stand-in parts: order, restarts, stopping, and starting over after kills."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import supervisor_stand_ins
from supervisor_stand_ins import eventually, journal, open_gate, stand_in

from deploy.local import keeper, room
from deploy.local.lifecycle import HOPELESS_EXIT
from deploy.local.logstream import LogStream, last_lines
from deploy.local.parts import Part
from deploy.local.ports import free_port
from deploy.local.processes import birth_of, end_leftovers
from deploy.local.refusal import Refusal
from deploy.local.statefolder import (
    StateFolder,
    acquire_lock,
    lock_holder,
    read_status,
    write_status,
)
from deploy.local.supervisor import Supervisor, end_earlier_run, settle

DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[4]).touch()
while True:
    time.sleep(60)
"""


def exits(code: int) -> str:
    return f"import sys; print('about to fail'); sys.exit({code})"


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path)
    made.make()
    return made


def part_of(folder: StateFolder, name: str) -> dict[str, Any]:
    status = read_status(folder)
    return status["parts"][name] if status else {"state": None, "failures": 0}


def state_of(folder: StateFolder) -> str | None:
    status = read_status(folder)
    return status["state"] if status else None


async def until(look: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait on the running loop until `look` is true."""
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.01)


def supervise(
    folder: StateFolder,
    parts: list[Part],
    scenario: Callable[[Supervisor], Awaitable[None]],
) -> None:
    """Run a supervisor of these parts in this process, the scenario beside it, and stop it."""

    async def play() -> None:
        stream = LogStream(folder.logs, {}, None, coloured=False)
        supervisor = Supervisor(parts, folder, stream, os.environ)
        running = asyncio.create_task(supervisor.run())
        try:
            await scenario(supervisor)
        finally:
            supervisor.request_stop()
            await running
            stream.close()

    asyncio.run(play())


def test_a_part_starts_only_after_what_it_needs_was_ready(folder: StateFolder) -> None:
    home = folder.home
    parts = [
        stand_in(home, "console", "tables"),
        stand_in(home, "tables", "broker", "engine"),
        stand_in(home, "broker"),
        stand_in(home, "engine"),
    ]

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: len(journal(home)) == 2)
        open_gate(home, "broker")
        await until(lambda: part_of(folder, "broker")["state"] == "ready")
        assert part_of(folder, "tables")["state"] == "waiting"
        assert sorted(journal(home)) == ["broker ready", "broker started", "engine started"]
        open_gate(home, "engine")
        await until(lambda: "tables started" in journal(home))
        assert part_of(folder, "console")["state"] == "waiting"
        open_gate(home, "tables", "console")
        await until(lambda: state_of(folder) == "ready")

    supervise(folder, parts, scenario)
    notes = journal(home)
    assert notes.index("tables ready") < notes.index("console started")
    assert notes[-4:-2] == ["console stopped", "tables stopped"]
    assert set(notes[-2:]) == {"broker stopped", "engine stopped"}
    assert state_of(folder) == "stopped"
    assert {part_of(folder, part.name)["pid"] for part in parts} == {None}


def test_a_killed_part_is_started_again_and_is_ready_again(folder: StateFolder) -> None:
    open_gate(folder.home, "ingest")

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "ingest")["state"] == "ready")
        first = part_of(folder, "ingest")["pid"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: part_of(folder, "ingest")["state"] == "restarting")
        assert part_of(folder, "ingest")["exit_code"] == -signal.SIGKILL
        assert part_of(folder, "ingest")["pid"] is None
        await until(lambda: part_of(folder, "ingest")["state"] == "ready")
        assert part_of(folder, "ingest")["pid"] != first
        assert part_of(folder, "ingest")["restarts"] == 1

    supervise(folder, [stand_in(folder.home, "ingest")], scenario)


def test_a_part_that_keeps_failing_is_restarted_and_its_output_kept(folder: StateFolder) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "alerts")["failures"] == 2)
        assert part_of(folder, "alerts")["exit_code"] == 70
        assert not part_of(folder, "alerts")["was_ready"]

    supervise(folder, [stand_in(folder.home, "alerts", program=exits(70))], scenario)
    said = [line.split(" ", 1)[1] for line in last_lines(folder.log_of("alerts"))]
    assert said == [
        "about to fail",
        "exit 70: starting again in 0.5 s",
        "about to fail",
        "exit 70: starting again in 1 s",
    ]


def test_a_part_with_a_wrong_configuration_is_not_restarted(folder: StateFolder) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "kafka")["state"] == "failed")

    supervise(folder, [stand_in(folder.home, "kafka", program=exits(HOPELESS_EXIT))], scenario)
    assert "a restart cannot help" in last_lines(folder.log_of("kafka"))[-1]


def test_a_command_that_does_not_exist_fails_in_words(folder: StateFolder) -> None:
    part = Part("odd", ("/no/such/program",), lambda: False)

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "odd")["state"] == "failed")

    supervise(folder, [part], scenario)
    assert "/no/such/program" in last_lines(folder.log_of("odd"))[0]


def test_a_process_that_cannot_be_made_is_tried_again(
    folder: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise BlockingIOError("no process to be had")

    monkeypatch.setattr(keeper, "Process", refuse)

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "ingest")["failures"] == 1)

    supervise(folder, [stand_in(folder.home, "ingest")], scenario)
    assert "no process to be had" in last_lines(folder.log_of("ingest"))[0]


def test_a_part_that_is_not_ready_in_time_is_killed_and_restarted(folder: StateFolder) -> None:
    slow = stand_in(folder.home, "ingest")
    part = Part(slow.name, slow.command, slow.ready, flag=slow.flag, start_seconds=0.3)

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "ingest")["failures"] == 1)
        assert part_of(folder, "ingest")["exit_code"] == -signal.SIGKILL
        open_gate(folder.home, "ingest")
        await until(lambda: part_of(folder, "ingest")["state"] == "ready")

    supervise(folder, [part], scenario)


def test_readiness_of_an_earlier_process_does_not_count(folder: StateFolder) -> None:
    part = stand_in(folder.home, "alerts")
    assert part.flag is not None
    part.flag.touch()

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: "alerts started" in journal(folder.home))
        assert part_of(folder, "alerts")["state"] == "starting"
        assert not part.ready()

    supervise(folder, [part], scenario)


def test_a_part_that_ignores_term_is_killed_after_its_grace(folder: StateFolder) -> None:
    deaf = stand_in(folder.home, "deaf", program=DEAF)
    part = Part(deaf.name, deaf.command, deaf.ready, flag=deaf.flag, grace_seconds=0.3)
    pids: list[int] = []

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "deaf")["state"] == "ready")
        pids.append(part_of(folder, "deaf")["pid"])

    supervise(folder, [part], scenario)
    assert not psutil.pid_exists(pids[0])
    assert part_of(folder, "deaf")["state"] == "stopped"


def test_a_second_word_to_stop_kills_at_once(folder: StateFolder) -> None:
    deaf = stand_in(folder.home, "deaf", program=DEAF)
    part = Part(deaf.name, deaf.command, deaf.ready, flag=deaf.flag, grace_seconds=3600.0)

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "deaf")["state"] == "ready")
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: state_of(folder) == "stopping")

    supervise(folder, [part], scenario)
    assert part_of(folder, "deaf")["state"] == "stopped"


def test_a_status_that_cannot_be_written_does_not_stop_the_parts(folder: StateFolder) -> None:
    open_gate(folder.home, "ingest")
    (folder.run / "status.json.new").mkdir()

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: "ingest ready" in journal(folder.home))

    supervise(folder, [stand_in(folder.home, "ingest")], scenario)
    assert "cannot write the status" in last_lines(folder.log_of("pacekeeper"), 100)[0]


def test_a_part_that_ends_on_a_full_disk_says_so_in_log_and_status(
    folder: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SCARCE_BYTES", 1 << 62)
    program = "import sys; sys.exit(1)"
    part = replace(stand_in(folder.home, "broker", program=program), folder=folder.home)

    async def scenario(supervisor: Supervisor) -> None:
        await until(lambda: part_of(folder, "broker")["failures"] > 0)
        await until(lambda: "make room" in " ".join(last_lines(folder.log_of("broker"))))

    supervise(folder, [part], scenario)
    assert part_of(folder, "broker")["folder"] == str(folder.home)


def test_leftovers_are_ended_only_if_they_are_the_same_process(folder: StateFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        birth = birth_of(process.pid)
        assert birth is not None
        part = {"pid": process.pid, "birth": birth - 5}
        write_status(folder, {"pid": 1, "parts": {"ingest": part, "alerts": part | {"pid": None}}})
        assert end_earlier_run(folder) == []
        assert process.poll() is None
        write_status(folder, {"pid": 1, "parts": {"ingest": part | {"birth": birth}}})
        assert end_earlier_run(folder) == [process.pid]
        assert birth_of(process.pid) is None
    assert end_leftovers([(process.pid, birth)]) == []


def test_ports_that_a_killed_run_still_holds_are_waited_for(folder: StateFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Refusal, match=str(port)):
            settle(folder, {"ingest": port})
        write_status(folder, {"pid": 1, "state": "ready", "parts": {}})
        timer = threading.Timer(0.2, holder.close)
        timer.start()
        settle(folder, {"ingest": port})
        timer.join()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1'])
def test_a_status_that_is_torn_is_no_status(folder: StateFolder, text: str) -> None:
    folder.status.write_text(text)
    assert read_status(folder) is None
    assert end_earlier_run(folder) == []


def test_the_lock_names_its_holder_and_is_free_when_it_is_closed(folder: StateFolder) -> None:
    assert lock_holder(folder) is None
    with acquire_lock(folder):
        assert lock_holder(folder) == os.getpid()
    assert lock_holder(folder) is None


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
