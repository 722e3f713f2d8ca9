"""The supervisor's child processes: their output, their end, what an earlier run left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import psutil

from deploy.local.logstream import LineSplitter

_CHILD = Path(__file__).with_name("child.py")
# After the output ended the exit follows at once; without output ending it is still noticed.
_EXIT_POLL_SECONDS = 0.02
_SILENT_POLL_SECONDS = 1.0


class Process:
    """One running command in a session of its own, so that ^C reaches the supervisor alone."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], on_line: Callable[[str], None]
    ) -> None:
        guard = [sys.executable, "-I", "-S", str(_CHILD), str(os.getpid())]
        self._popen = subprocess.Popen(
            [*guard, *command],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            bufsize=0,
        )
        self.pid = self._popen.pid
        self._on_line = on_line
        self._lines = LineSplitter()
        self._silent = asyncio.Event()
        assert self._popen.stdout is not None
        self._output = self._popen.stdout
        os.set_blocking(self._output.fileno(), False)
        asyncio.get_running_loop().add_reader(self._output.fileno(), self._read)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; none while it runs."""
        return self._popen.poll()

    async def exited(self) -> int:
        """Wait for the end and pass on the last output."""
        while (code := self.poll()) is None:
            if self._silent.is_set():
                await asyncio.sleep(_EXIT_POLL_SECONDS)
            else:
                await self._output_ends_within(_SILENT_POLL_SECONDS)
        # A grandchild may keep the pipe open; what the process itself wrote is there by now.
        await self._output_ends_within(_EXIT_POLL_SECONDS)
        self._close()
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send to the whole group, so that nothing the part started is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    async def stop(self, grace_seconds: float) -> int:
        """TERM, and KILL when the grace is over."""
        self.signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.exited(), grace_seconds)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            return await self.exited()

    async def _output_ends_within(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._silent.wait(), seconds)

    def _read(self) -> None:
        try:
            data = os.read(self._output.fileno(), 65536)
        except BlockingIOError:
            return
        for line in self._lines.feed(data):
            self._on_line(line)
        if not data:
            self._close()

    def _close(self) -> None:
        if self._output.closed:
            return
        for line in self._lines.flush():
            self._on_line(line)
        asyncio.get_running_loop().remove_reader(self._output.fileno())
        self._output.close()
        self._silent.set()


def birth_of(pid: int) -> float | None:
    """When this process was created: with its id it names a process beyond the reuse of ids."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def end_leftovers(known: Iterable[tuple[int, float]], patience_seconds: float = 10.0) -> list[int]:
    """Kill the processes (id, birth) of a dead supervisor that still live; their ids."""
    left = [psutil.Process(pid) for pid, birth in known if _is_alive(pid, birth)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, patience_seconds)
    return [process.pid for process in left]


def _is_alive(pid: int, birth: float) -> bool:
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - birth) < 0.05
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
