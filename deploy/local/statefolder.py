"""The state folder: its paths, the lock that admits one supervisor, and the status it publishes."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from deploy.local.refusal import Refusal

# Whoever asks whether a supervisor runs holds the lock for an instant; a start outwaits that.
_LOCK_PATIENCE_SECONDS = 0.3


@dataclass(frozen=True)
class StateFolder:
    """The paths below one home; nothing is touched before `make`."""

    home: Path

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets.env"

    @property
    def status(self) -> Path:
        return self.run / "status.json"

    @property
    def lock(self) -> Path:
        return self.home / "supervisor.lock"

    def log_of(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def make(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.run.mkdir(exist_ok=True)


def acquire_lock(folder: StateFolder) -> BinaryIO:
    """Hold the folder for this process until the returned file is closed, or refuse in words."""
    file = folder.lock.open("a+b")
    deadline = time.monotonic() + _LOCK_PATIENCE_SECONDS
    while not _try_lock(file):
        if time.monotonic() > deadline:
            pid = _read_pid(file)
            file.close()
            raise Refusal(
                f"状态目录 {folder.home} 已有一个在运行（进程 {pid}），先用 pacekeeper down 停掉，"
                "或用 PACEKEEPER_HOME 换一个目录",
                f"a stack already runs on the state folder {folder.home} (process {pid}): stop it "
                "with `pacekeeper down`, or choose another folder with PACEKEEPER_HOME",
            )
        time.sleep(0.02)
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    file.flush()
    return file


def lock_holder(folder: StateFolder) -> int | None:
    """The process id of the supervisor that holds the folder, if one does."""
    try:
        file = folder.lock.open("rb")
    except FileNotFoundError:
        return None
    with file:
        return None if _try_lock(file) else _read_pid(file)


def _try_lock(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_pid(file: BinaryIO) -> int:
    """The id in a held lock file; its holder writes it right after it has got the lock."""
    for _ in range(50):
        file.seek(0)
        if digits := file.read().strip():
            return int(digits)
        time.sleep(0.02)
    return 0


def write_status(folder: StateFolder, status: dict[str, Any]) -> None:
    draft = folder.status.with_name("status.json.new")
    draft.write_text(json.dumps(status, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(folder.status)


def read_status(folder: StateFolder) -> dict[str, Any] | None:
    """What the last supervisor of this folder published, whether or not it still lives."""
    try:
        status = json.loads(folder.status.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return status if isinstance(status, dict) else None
