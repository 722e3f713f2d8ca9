"""The embedded stack as one object: up in the background, its status, down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.kafka.jars import cache_folder, ensure_jars
from deploy.local.kafka.lock import read_lock
from deploy.local.lifecycle import State
from deploy.local.logstream import last_lines
from deploy.local.refusal import Refusal
from deploy.local.room import shortage
from deploy.local.settings import Ports, port_variable, read_settings
from deploy.local.statefolder import StateFolder, acquire_lock, lock_holder, read_status
from deploy.local.supervisor import end_earlier_run, settle
from services.runtime.standstill import Standstill

Progress = Callable[[str, str], None]

_POLL_SECONDS = 0.05
# A part that ended this often without ever having been ready will not come up by waiting.
_HOPELESS_FAILURES = 3


@dataclass(frozen=True)
class PartStatus:
    """One part as the supervisor published it; `since` is an ISO time.

    `note` is what the operator has to see to, as of now: its disk is short of room.
    """

    name: str
    state: str
    pid: int | None
    port: int | None
    since: str
    restarts: int
    failures: int
    exit_code: int | None
    was_ready: bool
    note: str | None = None

    @property
    def hopeless(self) -> bool:
        given_up = not self.was_ready and self.failures >= _HOPELESS_FAILURES
        return self.state == State.FAILED or given_up


@dataclass(frozen=True)
class StackStatus:
    """`state` is stopped, starting, ready or stopping; `pid` is the supervisor's."""

    state: str
    pid: int | None = None
    parts: dict[str, PartStatus] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.pid is not None

    @property
    def ready(self) -> bool:
        return self.state == "ready"

    @property
    def noted(self) -> bool:
        """Has any part a note?"""
        return any(part.note for part in self.parts.values())


class StartFailed(Refusal):
    """The stack did not come up; `log` holds the last lines of the part that failed."""

    def __init__(self, zh: str, en: str, log: Sequence[str]) -> None:
        super().__init__(zh, en)
        self.log = tuple(log)


class Stack:
    """The stack of one state folder. `env` is the whole environment, by default this process's."""

    def __init__(
        self,
        home: Path | None = None,
        ports: Ports | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._env = dict(os.environ if env is None else env)
        self.settings = read_settings(self._env, home, ports)
        self.folder = StateFolder(self.settings.home)

    def up(
        self, patience: float = 120.0, on_progress: Progress = lambda part, state: None
    ) -> float:
        """Start in the background and return the seconds until everything was ready.

        `on_progress` hears each change as (part, state). Raises StartFailed with nothing left
        running, also if no further part was ready within `patience` seconds, and Refusal if
        nothing was started: it runs already, or a port is taken.
        """
        self.folder.make()
        with acquire_lock(self.folder):
            settle(self.folder, self.settings.bound_ports())
        if not self.settings.kafka_bootstrap:
            self._bring_jars(on_progress)
        began = time.monotonic()
        supervisor = self._spawn()
        try:
            self._await_ready(supervisor, Standstill(patience, began), on_progress)
        except BaseException:
            _end(supervisor)
            raise
        # It is to outlive this process; unless told so, Popen warns that it still runs.
        supervisor.returncode = 0
        return time.monotonic() - began

    def foreground(self) -> int:
        """Become the supervisor in this terminal until ^C or TERM; never returns."""
        os.execve(sys.executable, self._command(), self._environment())

    def down(self, timeout: float = 60.0) -> bool:
        """Stop the stack; false if it was not running."""
        pid = lock_holder(self.folder)
        if pid is None:
            self._end_leftovers()
            return False
        for number, patience in ((signal.SIGTERM, timeout), (signal.SIGKILL, 10.0)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._await_unlocked(time.monotonic() + patience):
                # Its parent may be this very process: leave no zombie behind.
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)
                self._end_leftovers()
                return True
        raise Refusal(
            f"监管进程 {pid} 停不下来，请手工结束它",
            f"the supervisor, process {pid}, does not stop: end it by hand",
        )

    def status(self) -> StackStatus:
        """How the stack stands now; what a dead supervisor left is reported as stopped."""
        pid = lock_holder(self.folder)
        published = read_status(self.folder)
        if pid is None:
            return StackStatus("stopped")
        if published is None or published["pid"] != pid:
            return StackStatus("starting", pid)
        return StackStatus(published["state"], pid, _parts(published))

    def _end_leftovers(self) -> None:
        if self.folder.lock.exists():
            with acquire_lock(self.folder):
                end_earlier_run(self.folder)

    def _bring_jars(self, on_progress: Progress) -> None:
        ensure_jars(
            read_lock(),
            cache_folder(self._env),
            lambda done, total: on_progress("kafka", f"downloading {done}/{total}"),
            self._env.get("PACEKEEPER_MAVEN_URL") or None,
        )

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._own_log.open("wb") as log:
            return subprocess.Popen(
                [*self._command(), "--quiet"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _await_ready(
        self, supervisor: subprocess.Popen[bytes], standstill: Standstill, on_progress: Progress
    ) -> None:
        told: dict[str, str] = {}
        while True:
            ended = supervisor.poll() is not None
            status = self._status_of(supervisor.pid)
            for part in status.parts.values():
                if told.get(part.name) != part.state:
                    told[part.name] = part.state
                    on_progress(part.name, part.state)
            if ended:
                raise self._failure("supervisor", self._own_log, "已退出", "ended")
            if status.ready:
                return
            came_up = {part.name for part in status.parts.values() if part.was_ready}
            self._check(status, late=standstill.over(came_up, time.monotonic()))
            time.sleep(_POLL_SECONDS)

    def _check(self, status: StackStatus, late: bool) -> None:
        for part in status.parts.values():
            if part.hopeless:
                raise self._failure(
                    part.name,
                    self.folder.log_of(part.name),
                    f"起不来（退出码 {part.exit_code}）",
                    f"does not come up (exit code {part.exit_code})",
                )
        if late:
            unready = [part for part in status.parts.values() if part.state != State.READY]
            name = unready[0].name if unready else "supervisor"
            raise self._failure(
                name, self.folder.log_of(name), "未能及时就绪", "was not ready in time"
            )

    def _failure(self, part: str, log: Path, zh: str, en: str) -> StartFailed:
        return StartFailed(f"{part} {zh}，日志：{log}", f"{part} {en}, log: {log}", last_lines(log))

    def _status_of(self, pid: int) -> StackStatus:
        published = read_status(self.folder)
        if published is None or published["pid"] != pid:
            return StackStatus("starting", pid)
        return StackStatus(published["state"], pid, _parts(published))

    def _await_unlocked(self, deadline: float) -> bool:
        while lock_holder(self.folder) is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    @property
    def _own_log(self) -> Path:
        return self.folder.log_of("supervisor")

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "deploy.local", "--home", str(self.folder.home)]

    def _environment(self) -> dict[str, str]:
        ports = self.settings.ports.named()
        return self._env | {port_variable(name): str(port) for name, port in ports.items()}


def _parts(published: dict[str, Any]) -> dict[str, PartStatus]:
    return {name: _part(name, **part) for name, part in published["parts"].items()}


def _part(name: str, birth: float | None, folder: str | None = None, **told: Any) -> PartStatus:
    # Looked up by whoever asks: where there is no room, no newer status can be written either.
    return PartStatus(name, **told, note=shortage(Path(folder)) if folder else None)


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.terminate()
    try:
        supervisor.wait(60)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
