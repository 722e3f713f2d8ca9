"""Lanes of threads in front of the engine, so that an insert never waits behind a dashboard."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from deploy.local.clickhouse.metrics import Metrics

T = TypeVar("T")


class Lane:
    """So many requests at a time, the others in the order of their coming."""

    def __init__(self, name: str, seats: int, metrics: Metrics) -> None:
        self._name = name
        self._metrics = metrics
        self._seats = asyncio.Semaphore(seats)
        self._threads = ThreadPoolExecutor(seats, thread_name_prefix=name)

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[None]:
        """Hold a place for one request, however many steps it takes."""
        with self._metrics.queued(self._name):
            await self._seats.acquire()
        try:
            with self._metrics.served(self._name):
                yield
        finally:
            self._seats.release()

    async def run(self, step: Callable[[], T]) -> T:
        """Do one step of a request in a thread of this lane."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, step)

    def failed(self, code: int) -> None:
        """Count an error that came too late for the head of its answer."""
        self._metrics.failed(code)

    def close(self) -> None:
        """Let what is under way finish."""
        self._threads.shutdown(wait=True)


class Lanes:
    """Inserts, the services' own reads, the analysts' reads, and control, each on its own."""

    def __init__(self, metrics: Metrics) -> None:
        self.inserts = Lane("insert", 8, metrics)
        self.reads = Lane("read", 8, metrics)
        # What stops or watches queries must not wait behind them.
        self.control = Lane("control", 2, metrics)
        # Dashboards share the processors: more of them at a time would only slow each other.
        self.guarded = Lane("bi", max(2, os.cpu_count() or 1), metrics)

    def close(self) -> None:
        """Drain all lanes, inserts behind the reads."""
        for lane in (self.guarded, self.reads, self.inserts, self.control):
            lane.close()
