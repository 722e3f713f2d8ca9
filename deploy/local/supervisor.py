"""Runs the parts of one state folder until it is told to stop, and publishes how each stands."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from deploy.local.keeper import Keeper
from deploy.local.lifecycle import State
from deploy.local.logstream import LogStream
from deploy.local.parts import Part
from deploy.local.ports import check_ports
from deploy.local.processes import birth_of, end_leftovers
from deploy.local.refusal import Refusal
from deploy.local.statefolder import StateFolder, read_status, write_status

NAME = "pacekeeper"

_LET_GO_SECONDS = 10.0


class Supervisor:
    """The caller holds the folder's lock, and has checked the ports."""

    def __init__(
        self,
        parts: Sequence[Part],
        folder: StateFolder,
        stream: LogStream,
        env: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._stream = stream
        self._stopping = asyncio.Event()
        self._births: dict[int, float | None] = {}
        self._announced = False
        self._keepers = {
            part.name: Keeper(part, {**env, **part.environment}, stream.write, self._publish)
            for part in parts
        }

    async def run(self) -> None:
        """Start everything, wait for the word to stop, stop everything in reverse order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self.request_stop)
        self._publish()
        for keeper in self._keepers.values():
            keeper.start([self._keepers[need] for need in keeper.part.needs])
        await self._stopping.wait()
        self._say("stopping")
        self._publish()
        await asyncio.gather(
            *(keeper.stop(self._dependants(name)) for name, keeper in self._keepers.items())
        )
        self._publish()
        self._say("stopped")

    def request_stop(self) -> None:
        """Stop in order; asked a second time, kill every part at once."""
        if self._stopping.is_set():
            for keeper in self._keepers.values():
                keeper.kill()
        self._stopping.set()

    def _dependants(self, name: str) -> list[Keeper]:
        return [keeper for keeper in self._keepers.values() if name in keeper.part.needs]

    def _publish(self) -> None:
        parts = {name: self._describe(keeper) for name, keeper in self._keepers.items()}
        states = {keeper.record.state for keeper in self._keepers.values()}
        status = {"pid": os.getpid(), "state": self._overall(states), "parts": parts}
        try:
            write_status(self._folder, status)
        except OSError as error:
            # Whoever reads the status sees the older one; the parts are kept alive all the same.
            self._say(f"cannot write the status: {error}")
        if states == {State.READY} and not self._announced:
            self._announced = True
            self._say("everything is ready")

    def _overall(self, states: set[State]) -> str:
        if not self._stopping.is_set():
            return "ready" if states == {State.READY} else "starting"
        return "stopped" if states <= {State.STOPPED} else "stopping"

    def _describe(self, keeper: Keeper) -> dict[str, Any]:
        record = keeper.record
        return {
            "state": record.state.value,
            "pid": record.pid,
            "birth": self._birth(record.pid),
            "port": keeper.part.port,
            "folder": keeper.part.folder and str(keeper.part.folder),
            "since": datetime.fromtimestamp(record.since, UTC).isoformat(timespec="milliseconds"),
            "restarts": record.restarts,
            "failures": record.failures,
            "exit_code": record.exit_code,
            "was_ready": record.was_ready,
        }

    def _birth(self, pid: int | None) -> float | None:
        if pid is None:
            return None
        if pid not in self._births:
            self._births[pid] = birth_of(pid)
        return self._births[pid]

    def _say(self, text: str) -> None:
        self._stream.write(NAME, text)


def end_earlier_run(folder: StateFolder) -> list[int]:
    """End what a supervisor that was killed left running; the lock says that it is dead."""
    parts = (read_status(folder) or {}).get("parts", {}).values()
    known = [(part["pid"], part["birth"]) for part in parts if part["pid"] and part["birth"]]
    return end_leftovers(known)


def settle(folder: StateFolder, ports: Mapping[str, int]) -> None:
    """With the lock held: end what an earlier run left, then refuse ports that others hold."""
    was_killed = (read_status(folder) or {}).get("state", "stopped") != "stopped"
    end_earlier_run(folder)
    # A killed process counts as dead before its last thread has let go of its ports.
    deadline = time.monotonic() + (_LET_GO_SECONDS if was_killed else 0.0)
    while True:
        try:
            return check_ports(ports)
        except Refusal:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.05)
