"""Who takes part, and one run of each in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.parts import Parts
from services.aggregate.tables import RAW
from tests.integration.embedded_clickhouse import WRITER

PYTHON = Path(".venv-peers/bin/python")
PACKED = 500
OURS = ("write", "write+derive")
PEERS = {
    "confluent": "confluent-kafka",
    "aio": "aiokafka",
    "kafka_python": "kafka-python",
    "faststream_app": "FastStream",
    "bytewax_flow": "bytewax",
    "quix": "quixstreams",
    "faust_agent": "Faust take(5000)",
}
# One run of Faust over the whole topic would take longer than all others together.
FEWER = {"faust_agent": 5}
_SECONDS = 900

# The current values as ClickHouse's documentation suggests: the newest row of a key, by a view.
_TABLES = (
    "CREATE TABLE pacekeeper.peer AS pacekeeper.raw",
    "CREATE TABLE pacekeeper.peer_current (indicator LowCardinality(String),"
    " entity LowCardinality(String), scope LowCardinality(String), measure LowCardinality(String),"
    " period_start Date, period_end Date, period LowCardinality(String),"
    " value Nullable(Decimal(38, 10)), unit LowCardinality(String), status LowCardinality(String),"
    " recorded_at DateTime64(6, 'UTC')) ENGINE = ReplacingMergeTree(recorded_at)"
    " ORDER BY (indicator, entity, scope, measure, period_start, period_end)",
    "CREATE MATERIALIZED VIEW pacekeeper.peer_newest TO pacekeeper.peer_current AS"
    " SELECT indicator, entity, scope, measure, period_start, period_end, period, value, unit,"
    " status, recorded_at FROM pacekeeper.peer",
)
_DROPS = tuple(
    f"DROP TABLE IF EXISTS pacekeeper.{t}" for t in ("peer_newest", "peer_current", "peer")
)
_OWN = "SELECT name FROM system.tables WHERE database = 'pacekeeper' AND engine LIKE '%MergeTree'"


class Layout(NamedTuple):
    """A topic, how many events it holds and how many of them lie in a record."""

    topic: str
    events: int
    packed: int


def run_peer(parts: Parts, name: str, layout: Layout, under: Sequence[str]) -> dict[str, Any]:
    """One run of a peer into tables of its own, made anew; RuntimeError if it lost an event."""
    client = parts.engine.client(autogenerate_session_id=False)
    for statement in (*_DROPS, *_TABLES):
        client.command(statement)
    count = layout.events // FEWER.get(name, 1)
    task = {
        "bootstrap": parts.broker.bootstrap,
        "topic": layout.topic,
        "events": count,
        "packed": layout.packed,
        "table": "pacekeeper.peer",
    }
    environment = {
        "BENCH_CONTEST": json.dumps(task),
        "BENCH_ENGINE": parts.engine.url.replace("://", f"://{WRITER[0]}@"),
        "BENCH_PASSWORD": WRITER[1],
    }
    command = [*under, str(PYTHON), "-m", f"bench.peers.{name}"]
    found = _measured(parts, command, os.environ | environment, count)
    _verify(client, name, "pacekeeper.peer", count)
    for statement in _DROPS:
        client.command(statement)
    client.close()
    return found


def run_ours(
    parts: Parts, roles: str, layout: Layout, run: str, under: Sequence[str]
) -> dict[str, Any]:
    """One run of our roles into the product's tables, emptied before; RuntimeError as above."""
    client = parts.engine.client(autogenerate_session_id=False)
    for (name,) in client.query(_OWN).result_rows:
        if name != "migrations":
            client.command(f"TRUNCATE TABLE pacekeeper.{name}")
    task = {"topic": layout.topic, "events": layout.events, "roles": roles, "run": run}
    environment = parts.environment() | {"BENCH_TASK": json.dumps(task)}
    command = [*under, sys.executable, "-m", "bench.drain"]
    found = _measured(parts, command, environment, layout.events)
    written = found.pop("written")
    if roles != "write":
        found["rate_in_raw"] = layout.events / written
    _verify(client, roles, RAW.name, layout.events)
    client.close()
    return found


def _measured(
    parts: Parts, command: list[str], environment: dict[str, str], count: int
) -> dict[str, Any]:
    before = parts.cpu()
    with tempfile.TemporaryDirectory(prefix="pacekeeper-bench-") as scratch:
        ran = subprocess.run(
            command,
            env=environment | {"TMPDIR": scratch},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    after = parts.cpu()
    answers = [line for line in ran.stdout.splitlines() if line.startswith('{"seconds"')]
    if not answers:
        raise RuntimeError(f"{command[-1]}: {ran.stdout[-500:]}\n{ran.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(answers[-1])
    count = found.setdefault("events", count)
    found["rate"] = count / found["seconds"]
    cost = {"client": found.pop("cpu")} | {name: after[name] - before[name] for name in before}
    found["cpu_us"] = {name: 1e6 * seconds / count for name, seconds in cost.items()}
    return found


def _verify(client: Any, name: str, table: str, count: int) -> None:
    """Every event once: more is not wrong where a framework had read on, less always is."""
    ((kept, places),) = client.query(
        f"SELECT count(), uniqExact(kafka_partition, kafka_offset, line) FROM {table}"
    ).result_rows
    if kept != places or places < count:
        raise RuntimeError(f"{name}: {kept} rows of {places} events, {count} were asked for")
