"""The engine without a server: `python -m bench.in_process FOLDER` does on stdin's word what the
server is asked to do, and answers with the seconds it took.

One process opens one data path and must not be forked, so this is a process of its own.
"""

import sys
import time
from pathlib import Path

from bench import city
from deploy.local.clickhouse.engine import Connection, Engine
from deploy.local.clickhouse.spool import Spool
from services.aggregate.migrate import migrations, statements

ROWS = 100_000


def _tables(connection: Connection) -> None:
    for database in ("pacekeeper", "bi"):
        connection.text(f"CREATE DATABASE IF NOT EXISTS {database}")
    for each in migrations():
        for statement in statements(each.text):
            connection.text(statement)
    connection.text(city.MILLION)


def main() -> None:
    """Answer words until stdin ends."""
    engine = Engine(Path(sys.argv[1]))
    spool = Spool(Path(sys.argv[1]).with_name("spool"))
    connection = engine.connect()
    _tables(connection)
    block = connection.query(city.rows_of(ROWS, 0).encode(), "Native").data
    offset = 0

    def insert() -> float:
        nonlocal offset
        offset += 1
        data = city.numbered(block, offset)
        started = time.perf_counter()
        writing = connection.insert(b"INSERT INTO pacekeeper.raw", "Native", spool.file())
        writing.append(data)
        writing.done()
        return time.perf_counter() - started

    def query(text: str) -> float:
        started = time.perf_counter()
        connection.query(text.encode(), "Native")
        return time.perf_counter() - started

    for line in sys.stdin:
        word = line.strip()
        seconds = insert() if word == "insert" else query(city.RESULTS.get(word, "SELECT 1"))
        sys.stdout.write(f"{seconds}\n")
        sys.stdout.flush()
    connection.close()
    engine.close()


if __name__ == "__main__":
    main()
