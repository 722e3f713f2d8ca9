"""Asks the model's process, and never waits for it longer than it may take.

A process that ends in the middle, or takes too long, is ended and the question put to a new one: so
the death of a process changes no answer. A question that costs two of them is left without an
answer, like one the model cannot tell. Three such questions in a row, and no more are asked.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from services.runtime import logs
from services.series import autoets
from services.series.answers import Question

log = logs.get("model")

COMMAND = (sys.executable, "-m", "services.series.autoets")
# One thread a fit: sums do not depend on how many processors there are.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_ENDING_SECONDS = 1
_TRIES = 2
_FAILED_IN_A_ROW = 3


class ProcessLostError(Exception):
    """The process ended, or did not answer in time."""


@dataclass(frozen=True)
class Limits:
    """Seconds until the process is ready, and until it answers one question."""

    start: float = 60
    answer: float = 15


@dataclass
class ModelProcess:
    """Answers questions one after the other; the process starts with the first.

    `busy` while it is asked. `installed` is False where there is nothing to ask.
    """

    command: Sequence[str] = COMMAND
    limits: Limits = Limits()
    installed: bool = field(default_factory=autoets.installed)
    busy: bool = False
    _process: asyncio.subprocess.Process | None = None
    _failed: int = 0

    async def answer(self, questions: Mapping[str, Question]) -> dict[str, Decimal | None]:
        """Every question's answer, by its name."""
        self.busy = True
        try:
            return {name: await self._answer(asked) for name, asked in questions.items()}
        except asyncio.CancelledError:
            # Half of an answer may be under way: nobody may take it for that of the next.
            await self.close()
            raise
        finally:
            self.busy = False

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdout is not None and process.stdout.at_eof():
            # It is ending by itself, and asyncio does not like to be overtaken in seeing that.
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _ENDING_SECONDS)
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def _answer(self, asked: Question) -> Decimal | None:
        if self._failed >= _FAILED_IN_A_ROW:
            return None
        for _ in range(_TRIES):
            try:
                said = await self._exchange(asked)
            except (ProcessLostError, OSError) as error:
                log.warning("model_lost", points=len(asked.points), error=str(error))
                await self.close()
            else:
                self._failed = 0
                return said
        self._failed += 1
        log.error("model_skipped", points=len(asked.points), months=asked.months)
        if self._failed == _FAILED_IN_A_ROW:
            log.error("model_given_up", hint="forecasts go on without AutoETS until a restart")
        return None

    async def _exchange(self, asked: Question) -> Decimal | None:
        process = self._process or await self._start()
        line = {"points": list(map(str, asked.points)), "months": asked.months}
        assert process.stdin is not None
        process.stdin.write(orjson.dumps(line) + b"\n")
        said = await self._line(process, self.limits.answer)
        return None if said["sum"] is None else Decimal(said["sum"])

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self.command, stdin=pipe, stdout=pipe, env=os.environ | _ONE_THREAD
        )
        await self._line(self._process, self.limits.start)
        return self._process

    async def _line(self, process: asyncio.subprocess.Process, seconds: float) -> dict[str, Any]:
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), seconds)
            said: dict[str, Any] = orjson.loads(line)
        except TimeoutError as error:
            raise ProcessLostError(f"no answer for {seconds:g} s") from error
        except ValueError as error:
            raise ProcessLostError("the process ended") from error
        return said
