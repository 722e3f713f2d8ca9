"""Keeps a second server off a data folder: two engines on the same files would ruin them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process owns the data folder."""


class DataLock:
    """A lock on a data folder that the kernel drops when its process ends, however it ends."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        path = data / "server.lock"
        self._file = path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.seek(0)
            owner = self._file.read().strip() or "?"
            self._file.close()
            raise AlreadyRunningError(
                f"数据目录 {data} 正由另一个 ClickHouse 进程(PID {owner})使用,"
                "请先停止它,或用 --data 指定另一个目录。 | "
                f"Data folder {data} is in use by another ClickHouse process (PID {owner}): "
                "stop it, or name another folder with --data."
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let the next server have the folder."""
        self._file.close()
