"""Runs the embedded server without the stack for the length of one task."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.credentials import ensure_secrets
from deploy.local.ports import HOST, free_port
from deploy.local.probes import http_ready
from deploy.local.refusal import Refusal
from deploy.local.statefolder import StateFolder

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


@contextmanager
def server_alone(folder: StateFolder) -> Iterator[tuple[str, str]]:
    """The server's address and the password of its account `pacekeeper`, on this state folder."""
    folder.make()
    secrets = ensure_secrets(folder.secrets, os.environ)
    port = free_port()
    data = folder.home / "clickhouse"
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.clickhouse", "--data", data, "--port", str(port)],
        env=os.environ | secrets,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _await(process, port)
        yield f"http://{HOST}:{port}", secrets["PACEKEEPER_CLICKHOUSE_PASSWORD"]
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    ready, deadline = http_ready(port, "/ping"), time.monotonic() + _START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            said = process.communicate()[1].decode(errors="replace").strip()
            zh, _, en = said.rpartition("\n")[2].partition(" | ")
            raise Refusal(f"数据库没有启动：{zh}", f"the database did not start: {en or zh}")
        time.sleep(0.05)
