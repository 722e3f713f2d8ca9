"""Starts the embedded server: `python -m deploy.local.clickhouse --data DIR --port N`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvicorn

from deploy.local.clickhouse.accounts import READER, WRITER
from deploy.local.clickhouse.app import Server
from deploy.local.clickhouse.door import Door
from deploy.local.clickhouse.engine import Engine
from deploy.local.clickhouse.guard import Guard
from deploy.local.clickhouse.house import House
from deploy.local.clickhouse.lock import AlreadyRunningError, DataLock
from deploy.local.clickhouse.sessions import Sessions
from deploy.local.clickhouse.spool import Spool
from deploy.local.clickhouse.users import UserFile, users_path

_PASSWORDS = {
    WRITER.name: "PACEKEEPER_CLICKHOUSE_PASSWORD",
    READER.name: "PACEKEEPER_BI_PASSWORD",
}
_MIB = 1 << 20
# An embedded server shares its machine: caches that grow into gigabytes are for larger ones.
_SMALL = {
    "mark_cache_size": str(64 * _MIB),
    "primary_index_cache_size": str(64 * _MIB),
    "index_mark_cache_size": str(8 * _MIB),
    "query_condition_cache_size": str(8 * _MIB),
    "parquet_metadata_cache_size": str(8 * _MIB),
    "iceberg_metadata_files_cache_size": str(1 * _MIB),
    "vector_similarity_index_cache_size": str(1 * _MIB),
    "text_index_tokens_cache_size": str(8 * _MIB),
    "text_index_header_cache_size": str(8 * _MIB),
    "text_index_postings_cache_size": str(8 * _MIB),
    "compiled_expression_cache_size": str(16 * _MIB),
}
# Without it the engine refuses BACKUP, which only an account of all rights reaches anyway.
_BACKUPS = {"backups.allowed_path": "/"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; 1 with a sentence on stderr if the server cannot start."""
    options = _parser(os.environ).parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s"
    )
    try:
        passwords = _passwords(os.environ)
        lock = DataLock(options.data.absolute())
        listener = _listen(options.host, options.port)
    except (AlreadyRunningError, CannotStartError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        _serve(options, passwords, listener)
    finally:
        lock.release()
    return 0


class CannotStartError(Exception):
    """Something that the server needs is missing or taken."""


def _serve(
    options: argparse.Namespace, passwords: Mapping[str, str], listener: socket.socket
) -> None:
    path = options.data.absolute() / "engine"
    # A bare file name in a query is looked up in the current folder: let that be an empty one.
    empty = options.data.absolute() / "empty"
    empty.mkdir(exist_ok=True)
    memory = {"max_server_memory_usage": str(options.memory * _MIB)}
    engine = Engine(path, _SMALL | _BACKUPS | memory)
    os.chdir(empty)
    with engine.connect() as connection:
        for database in ("pacekeeper", "bi"):
            connection.text(f"CREATE DATABASE IF NOT EXISTS {database}")
    house = House(engine, Sessions(), Guard.of(engine), Spool(options.data.absolute() / "spool"))
    server = Server(house, Door(passwords, UserFile(users_path(options.data.absolute()))))
    config = uvicorn.Config(
        server,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=300,
        timeout_graceful_shutdown=15,
    )
    logging.getLogger("clickhouse").info(
        "ready version=%s port=%d data=%s", engine.version, options.port, options.data
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn drains on these and then raises them once more; the engine still has to close.
        signal.signal(number, lambda *_: None)
    http = uvicorn.Server(config)
    server.metrics.connections.set_function(lambda: len(http.server_state.connections))
    try:
        http.run(sockets=[listener])
    finally:
        server.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise CannotStartError(
            f"端口 {port} 已被占用,请用 PACEKEEPER_CLICKHOUSE_PORT 换一个。 | "
            f"Port {port} on {host} is taken ({error.strerror}): "
            "choose another with PACEKEEPER_CLICKHOUSE_PORT."
        ) from error
    return listener


def _passwords(environment: Mapping[str, str]) -> dict[str, str]:
    missing = [name for name in _PASSWORDS.values() if not environment.get(name)]
    if missing:
        raise CannotStartError(
            f"缺少环境变量 {'、'.join(missing)}(账户密码),请设置后再启动。 | "
            f"Environment variable {', '.join(missing)} is missing (an account's password): "
            "set it and start again."
        )
    return {account: environment[name] for account, name in _PASSWORDS.items()}


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    home = Path(environment.get("PACEKEEPER_HOME") or ".pacekeeper")
    port = environment.get("PACEKEEPER_CLICKHOUSE_PORT") or "8123"
    parser = argparse.ArgumentParser(prog="python -m deploy.local.clickhouse", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=home / "clickhouse",
        help="folder of the data (clickhouse in PACEKEEPER_HOME)",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=port, help="port to listen on (PACEKEEPER_CLICKHOUSE_PORT)"
    )
    parser.add_argument(
        "--memory", type=int, default=3072, help="MiB that all queries together may use"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
