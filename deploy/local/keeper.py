"""Keeps one part alive: waits for what it needs, starts it, probes it, restarts it, stops it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Mapping, Sequence

from deploy.local import lifecycle
from deploy.local.lifecycle import Record, State
from deploy.local.parts import Part
from deploy.local.processes import Process
from deploy.local.room import shortage

PROBE_SECONDS = 0.06
_HEALTH_SECONDS = 5.0
# EX_OSERR of sysexits.h: the machine had no process or no pipe to give.
_SPAWN_FAILED = 71


class Keeper:
    """One part and its process. `ready` is set for good once the part was ready first."""

    def __init__(
        self,
        part: Part,
        env: Mapping[str, str],
        on_line: Callable[[str, str], None],
        on_change: Callable[[], None],
    ) -> None:
        self.part = part
        self.record = Record(since=time.time())
        self.ready = asyncio.Event()
        self.stopped = asyncio.Event()
        self._env = env
        self._on_line = on_line
        self._on_change = on_change
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, needs: Sequence[Keeper]) -> None:
        self._task = asyncio.create_task(self._keep(needs), name=self.part.name)

    async def stop(self, dependants: Sequence[Keeper]) -> None:
        """Stop once nobody needs the part any more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for dependant in dependants:
            await dependant.stopped.wait()
        if self._process is not None:
            await self._process.stop(self.part.grace_seconds)
        self._become(lifecycle.stopped(self.record, time.time()))
        self.stopped.set()

    def kill(self) -> None:
        if self._process is not None:
            self._process.signal(signal.SIGKILL)

    async def _keep(self, needs: Sequence[Keeper]) -> None:
        for need in needs:
            await need.ready.wait()
        while True:
            code = await self._run_once()
            self._become(lifecycle.exited(self.record, code, time.time()))
            if self.record.state is State.FAILED:
                self._say(f"exit {code}: a restart cannot help, see the lines above")
                return
            delay = lifecycle.restart_delay(self.record.failures)
            self._say(f"exit {code}: starting again in {delay:g} s")
            if self.part.folder is not None and (short := shortage(self.part.folder)):
                self._say(short)
            await asyncio.sleep(delay)

    async def _run_once(self) -> int:
        try:
            process = self._spawn()
        except OSError as error:
            self._say(f"cannot start: {error}")
            return _SPAWN_FAILED
        code = await self._watch(process)
        self._process = None
        return code

    def _spawn(self) -> Process:
        if self.part.flag is not None:
            self.part.flag.unlink(missing_ok=True)
        name = self.part.name
        process = Process(self.part.command, self._env, lambda line: self._on_line(name, line))
        self._process = process
        self._become(lifecycle.started(self.record, process.pid, time.time()))
        return process

    async def _watch(self, process: Process) -> int:
        """Follow one process to its end, noting its readiness and its health on the way."""
        exit_code = asyncio.create_task(process.exited())
        try:
            await self._await_readiness(process, exit_code)
            while not exit_code.done():
                await asyncio.wait({exit_code}, timeout=_HEALTH_SECONDS)
                self._become(lifecycle.healthy(self.record, time.time()))
            return exit_code.result()
        finally:
            exit_code.cancel()

    async def _await_readiness(self, process: Process, exit_code: asyncio.Task[int]) -> None:
        deadline = time.monotonic() + self.part.start_seconds
        while not exit_code.done():
            if await asyncio.to_thread(self.part.ready) and process.poll() is None:
                self._become(lifecycle.became_ready(self.record, time.time()))
                self.ready.set()
                return
            if time.monotonic() > deadline:
                self._say(f"not ready after {self.part.start_seconds:g} s: killed")
                process.signal(signal.SIGKILL)
                await exit_code
                return
            await asyncio.wait({exit_code}, timeout=PROBE_SECONDS)

    def _become(self, record: Record) -> None:
        if record != self.record:
            self.record = record
            self._on_change()

    def _say(self, text: str) -> None:
        self._on_line(self.part.name, text)
