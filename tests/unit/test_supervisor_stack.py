"""The stack as an object, with nothing behind it: refusals, failures, and taking it down."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import supervisor_stand_ins
from supervisor_stand_ins import journal, open_gate

from deploy.local import __main__ as command
from deploy.local import room
from deploy.local.ports import free_port
from deploy.local.refusal import Refusal
from deploy.local.settings import Ports
from deploy.local.stack import PartStatus, Stack, StartFailed
from deploy.local.statefolder import acquire_lock, lock_holder, read_status, write_status


class StandInStack(Stack):
    """A stack of stand-ins: all is real but what its supervisor starts."""

    names: tuple[str, ...] = ("one",)
    moved: Mapping[str, str] = MappingProxyType({})

    def _command(self) -> list[str]:
        return [
            sys.executable,
            supervisor_stand_ins.__file__,
            str(self.folder.home),
            *self.names,
        ]

    def _environment(self) -> dict[str, str]:
        return super()._environment() | dict(self.moved)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[StandInStack]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PACEKEEPER_")}
    elsewhere = {
        "PACEKEEPER_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port()}",
        "PACEKEEPER_CLICKHOUSE_URL": f"http://127.0.0.1:{free_port()}",
    }
    ports = Ports(*(free_port() for _ in range(5)))
    made = StandInStack(tmp_path / "state", ports, env | elsewhere)
    yield made
    made.down()


@pytest.fixture
def running(stack: StandInStack) -> StandInStack:
    stack.folder.make()
    open_gate(stack.folder.home, "one")
    assert stack.up() > 0
    return stack


def test_a_stack_that_never_ran_is_stopped(stack: StandInStack) -> None:
    status = stack.status()
    assert (status.state, status.running, status.ready, status.parts) == (
        "stopped",
        False,
        False,
        {},
    )
    assert stack.down() is False
    assert not stack.folder.home.exists()


def test_a_start_that_fails_names_the_part_and_leaves_nothing_running(stack: StandInStack) -> None:
    stack.names = ("one", "broken")
    heard: list[tuple[str, str]] = []
    with pytest.raises(StartFailed, match="broken does not come up") as caught:
        stack.up(on_progress=lambda part, state: heard.append((part, state)))
    assert heard[-1] == ("broken", "failed")
    assert str(stack.folder.log_of("broken")) in caught.value.zh
    assert any("no such setting" in line for line in caught.value.log)
    assert lock_holder(stack.folder) is None
    assert journal(stack.folder.home)[-1:] in ([], ["one stopped"])


def test_a_start_that_takes_too_long_is_given_up(stack: StandInStack) -> None:
    with pytest.raises(StartFailed, match="not ready in time"):
        stack.up(patience=0.5)
    assert lock_holder(stack.folder) is None


def test_a_supervisor_that_ends_shows_what_it_said(stack: StandInStack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        # As if it had been taken between the check of `up` and that of the supervisor itself.
        stack.moved = {"PACEKEEPER_INGEST_PORT": str(holder.getsockname()[1])}
        with pytest.raises(StartFailed, match="supervisor ended") as caught:
            stack.up()
    assert any("PACEKEEPER_INGEST_PORT" in line for line in caught.value.log)


def test_a_taken_port_is_refused_before_a_supervisor_is_made(stack: StandInStack) -> None:
    port = stack.settings.ports.console
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(Refusal, match="PACEKEEPER_CONSOLE_PORT"),
    ):
        stack.up()
    assert not stack.folder.status.exists()


def test_the_status_names_every_part(running: StandInStack) -> None:
    status = running.status()
    assert status.running
    part = status.parts["one"]
    assert (part.state, part.restarts, part.failures, part.port) == ("ready", 0, 0, None)
    assert part.pid
    os.kill(part.pid, 0)


def test_a_second_up_is_refused_with_the_running_process(running: StandInStack) -> None:
    pid = running.status().pid
    with pytest.raises(Refusal, match=f"process {pid}") as caught:
        running.up()
    assert not isinstance(caught.value, StartFailed)
    assert "pacekeeper down" in caught.value.zh
    assert running.status().ready


def test_down_stops_everything_once(running: StandInStack) -> None:
    assert running.down() is True
    assert running.status().state == "stopped"
    assert running.down() is False
    assert journal(running.folder.home)[-1] == "one stopped"


def test_down_kills_a_supervisor_that_hangs(running: StandInStack) -> None:
    pid = running.status().pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    assert running.down(timeout=0.2) is True
    assert running.status().state == "stopped"


def test_the_status_of_an_earlier_run_is_not_taken_for_this_one(stack: StandInStack) -> None:
    stack.folder.make()
    write_status(stack.folder, {"pid": 1, "state": "ready", "parts": {}})
    with acquire_lock(stack.folder):
        assert (stack.status().state, stack.status().pid) == ("starting", os.getpid())
    assert stack.status().state == "stopped"


@pytest.mark.parametrize(
    ("state", "failures", "was_ready", "hopeless"),
    [
        ("failed", 1, False, True),
        ("restarting", 3, False, True),
        ("restarting", 2, False, False),
        ("restarting", 9, True, False),
        ("ready", 0, True, False),
    ],
)
def test_a_start_is_given_up_only_on_a_part_that_never_came_up(
    state: str, failures: int, was_ready: bool, hopeless: bool
) -> None:
    part = PartStatus("kafka", state, None, 9092, "", failures, failures, 1, was_ready)
    assert part.hopeless is hopeless


def test_the_foreground_command_refuses_in_one_line(
    stack: StandInStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PACEKEEPER_INGEST_PORT", "none")
    assert command.main(["--home", str(stack.folder.home), "--quiet"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not stack.folder.home.exists()


def test_a_part_whose_disk_is_nearly_full_is_noted(
    running: StandInStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not running.status().noted
    published = read_status(running.folder)
    assert published is not None
    published["parts"]["one"]["folder"] = str(running.folder.home)
    write_status(running.folder, published)
    assert not running.status().noted
    monkeypatch.setattr(room, "SCARCE_BYTES", 1 << 62)
    status = running.status()
    assert status.noted
    assert "make room" in str(status.parts["one"].note)
