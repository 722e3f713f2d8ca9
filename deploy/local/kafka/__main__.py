"""`python -m deploy.local.kafka`: becomes the broker; or brings its jars, or rewrites the lock."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.kafka.config import MAIN_CLASS, SETTINGS_FILE, java_command, java_environment
from deploy.local.kafka.jars import cache_folder, ensure_jars, resolve_lock
from deploy.local.kafka.lock import LOCK, format_lock, read_lock
from deploy.local.kafka.storage import prepare_storage
from deploy.local.kafka.warm import make_warm_file, warm_file
from deploy.local.lifecycle import HOPELESS_EXIT, PASSING_EXIT
from deploy.local.ports import check_ports, free_port
from deploy.local.refusal import Refusal
from deploy.local.settings import Settings, read_settings
from deploy.local.statefolder import StateFolder


def become_broker(settings: Settings, env: Mapping[str, str]) -> None:
    """Replace this process by the JVM, so that the supervisor's signals reach the broker itself."""
    jars = bring_jars(env)
    check_ports({"kafka": settings.ports.kafka})
    state = StateFolder(settings.home)
    state.make()
    folder = state.home / "kafka"
    prepare_storage(folder, jars, state.logs, (settings.ports.kafka, free_port()), env)
    os.chdir(folder)
    command = java_command(jars, state.logs, MAIN_CLASS, SETTINGS_FILE)
    if (warm := warm_file(read_lock(), cache_folder(env))).is_file():
        command.insert(1, f"-XX:AOTCache={warm}")
    os.execve(command[0], command, java_environment(env))


def bring_jars(env: Mapping[str, str]) -> list[Path]:
    return ensure_jars(
        read_lock(), cache_folder(env), _tell_progress, env.get("PACEKEEPER_MAVEN_URL") or None
    )


def install(env: Mapping[str, str]) -> None:
    """Bring the jars, and let a broker run once to make every later start quicker."""
    class_path = bring_jars(env)
    warm = warm_file(read_lock(), cache_folder(env))
    if not warm.is_file():
        _tell("Apache Kafka: preparing quick starts")
        if not make_warm_file(class_path, warm, env):
            _tell("Apache Kafka: not prepared, it starts all the same")


def write_lock(env: Mapping[str, str]) -> None:
    jars = resolve_lock(cache_folder(env), env.get("PACEKEEPER_MAVEN_URL") or None)
    LOCK.write_text(format_lock(jars), encoding="utf-8")
    _tell(f"{LOCK}: {len(jars)} jars")


def _tell_progress(done: int, total: int) -> None:
    if done % 10 == 0 or done == total:
        _tell(f"Apache Kafka: {done}/{total} jars")


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.kafka", description=__doc__)
    parser.add_argument("--home", type=Path, help="state folder (PACEKEEPER_HOME)")
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        "--jars", action="store_true", help="bring, verify and prepare the jars, then end"
    )
    action.add_argument("--lock", action="store_true", help="resolve anew and rewrite the lock")
    options = parser.parse_args(arguments)
    try:
        if options.lock:
            write_lock(os.environ)
        elif options.jars:
            install(os.environ)
        else:
            become_broker(read_settings(os.environ, options.home), os.environ)
    except Refusal as refusal:
        _tell(str(refusal))
        return PASSING_EXIT if refusal.passing else HOPELESS_EXIT
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _tell(f"磁盘没有空间，无法启动 / no room on the disk to start: {error.filename}")
        return PASSING_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())
