"""The broker's folder: formatted once, whole or not at all, and settled again before each start."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.kafka.config import (
    LOG_DIR,
    SETTINGS_FILE,
    broker_settings,
    java_command,
    java_environment,
    properties_text,
)
from deploy.local.refusal import Refusal

_FORMING = "data.new"
_FORMING_FILE = "format.properties"
_MARK = "meta.properties"


def prepare_storage(
    folder: Path, jars: Sequence[Path], logs: Path, ports: tuple[int, int], env: Mapping[str, str]
) -> None:
    """Lay out `folder` for a start on these ports (broker, controller), formatting it if new."""
    folder.mkdir(parents=True, exist_ok=True)
    # Native libraries of a killed broker are still there.
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    (folder / "tmp").mkdir()
    if not is_formatted(folder):
        _format(folder, jars, logs, ports, env)
    _write(folder / SETTINGS_FILE, properties_text(broker_settings(*ports)))


def is_formatted(folder: Path) -> bool:
    """Whether the log folder is whole; refuses one that has records but lost its identity."""
    data = folder / LOG_DIR
    if (data / _MARK).is_file():
        return True
    if data.is_dir() and any(entry.is_dir() for entry in data.iterdir()):
        raise Refusal(
            f"{data} 有数据但缺少 {_MARK}，为免丢失数据不会自动重建；请恢复该文件或移走这个目录",
            f"{data} holds records but no {_MARK}; it is not formatted anew lest they are lost: "
            "restore that file or move the folder away",
        )
    return False


def new_cluster_id() -> str:
    """Kafka's form of a UUID; the first bit is cleared so that it never begins with a dash."""
    value = bytearray(uuid.uuid4().bytes)
    value[0] &= 0x7F
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _format(
    folder: Path, jars: Sequence[Path], logs: Path, ports: tuple[int, int], env: Mapping[str, str]
) -> None:
    """Format beside and rename, so that a kill in the middle leaves nothing half done."""
    for leftover in (folder / _FORMING, folder / LOG_DIR):
        shutil.rmtree(leftover, ignore_errors=True)
    _write(folder / _FORMING_FILE, properties_text(broker_settings(*ports, log_dir=_FORMING)))
    arguments = ("format", "--cluster-id", new_cluster_id(), "--config", _FORMING_FILE)
    result = subprocess.run(
        java_command(jars, logs, "kafka.tools.StorageTool", *arguments),
        cwd=folder,
        env=java_environment(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        said = " ".join((result.stderr or result.stdout).split())
        raise Refusal(
            f"Kafka 存储目录 {folder} 初始化失败，请检查磁盘空间和权限",
            f"formatting Kafka's folder {folder} failed, check disk space and permissions: {said}",
            passing=True,
        )
    (folder / _FORMING).rename(folder / LOG_DIR)
    (folder / _FORMING_FILE).unlink()


def _write(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="ascii")
    os.replace(draft, path)
