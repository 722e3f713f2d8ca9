"""The supervisor with stand-in parts: order, restarts, stopping."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import psutil
import pytest
from supervisor_stand_ins import journal, open_gate, stand_in

from deploy.local import keeper, room
from deploy.local.lifecycle import HOPELESS_EXIT
from deploy.local.logstream import LogStream, last_lines
from deploy.local.parts import Part
from deploy.local.statefolder import (
    StateFolder,
    read_status,
)
from deploy.local.supervisor import Supervisor

DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[4]).touch()
while True:
    time.sleep(60)
"""


def exits(code: int) -> str:
    return f"import sys; print('about to fail'); sys.exit({code})"


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
