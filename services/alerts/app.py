"""The Faust application: settings, topics and tables, and the outlet that writes to them.

What was read in faust-streaming 0.15.3 and is relied on here:
* an exception in an agent acknowledges its event, so does the stream when the agent asks for the
  next one, and also what it skips in a rebalance; therefore agents read the channel below the
  stream and acknowledge by hand, in the order of each partition;
* after a rebalance it goes back to committed offsets, where there are any (`Worker._ready`);
* a table writes its changelog with `send_soon` and nobody waits for it; therefore the changelog
  is sent by hand and awaited before the table is changed.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faust
from faust.types import TP, TableT

from schemas.topics import ALERTS, ASSESSMENTS, INDICATORS, TOPICS
from services.runtime.kafka import MAX_RECORD_BYTES, ensure_topics
from services.runtime.settings import Settings

NAME = "pacekeeper-alerts"
SERIES_TABLE = "series"
DELIVERED_TABLE = "delivered"
PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}
# How long the broker may be away before the process gives up and is started anew.
PATIENCE_SECONDS = 30.0


def changelog(table: str) -> str:
    """The topic a table is rebuilt from."""
    return f"{NAME}-{table}-changelog"


def create_topics(settings: Settings) -> None:
    """Every topic that this service reads or writes, the changelogs of its tables included."""
    size = {"max.message.bytes": str(MAX_RECORD_BYTES)}
    kept = {topic.name: topic.retention_ms for topic in TOPICS}
    topics = [
        (
            topic.name,
            topic.partitions,
            size
            | {"cleanup.policy": topic.cleanup}
            | ({} if topic.retention_ms is None else {"retention.ms": str(topic.retention_ms)}),
        )
        for topic in TOPICS
        if "alerts" in topic.writers + topic.readers or topic.name == "events.rejected"
    ]
    series = size | {"cleanup.policy": "compact"}
    # A message that was told needs to be remembered only as long as it can be read again.
    told = {"cleanup.policy": "compact,delete", "retention.ms": str(kept["notices"])}
    topics += [
        (changelog(SERIES_TABLE), PARTITIONS["indicators"], series),
        (changelog(DELIVERED_TABLE), PARTITIONS["notices"], told),
    ]
    ensure_topics(settings.kafka_bootstrap, topics, settings.replication_factor)


def _made(folder: Path) -> Path:
    # Faust makes the last part of the path only.
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def make_app(settings: Settings) -> faust.App:
    """The application; nothing connects before it is started."""
    return faust.App(
        NAME,
        broker=[f"aiokafka://{server}" for server in settings.kafka_bootstrap.split(",")],
        autodiscover=False,
        datadir=_made(settings.home / "run" / "faust"),
        store="memory://",
        web_enabled=False,
        processing_guarantee="at_least_once",
        topic_disable_leader=True,
        topic_partitions=PARTITIONS["indicators"],
        topic_replication_factor=settings.replication_factor,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=10,
        broker_heartbeat_interval=2,
        broker_rebalance_timeout=10,
        broker_commit_interval=1,
        broker_request_timeout=PATIENCE_SECONDS,
        producer_request_timeout=PATIENCE_SECONDS,
        producer_acks=-1,
        producer_linger=0,
        producer_max_request_size=MAX_RECORD_BYTES,
        producer_compression_type="lz4",
        table_standby_replicas=0,
    )


class FaustOutlet:
    """Writes to one table and to topics; every call waits for the broker's acknowledgement."""

    def __init__(self, app: faust.App, table: TableT[bytes, bytes]) -> None:
        self._app = app
        self._table = table

    def recall(self, key: bytes) -> bytes | None:
        """The value as last remembered."""
        found: bytes | None = self._table.data.get(key)
        return found

    def everything(self) -> list[tuple[bytes, bytes]]:
        """All keys and values of the partitions that are ours."""
        return list(self._table.data.items())

    async def remember(self, states: Sequence[tuple[int, bytes, bytes]]) -> None:
        """The changelog first: what the table knows must survive the process."""
        sent = [
            self._table.send_changelog(partition, key, value) for partition, key, value in states
        ]
        await asyncio.gather(*sent)
        for _, key, value in states:
            self._table.data[key] = value

    async def publish(self, records: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Each record goes to the partition that Kafka's default partitioner gives its key."""
        producer = await self._app.maybe_start_producer()
        sent = [
            await producer.send(topic, key, value, None, None, None)
            for topic, key, value in records
        ]
        await asyncio.gather(*sent)


async def published(app: faust.App) -> dict[tuple[str, int], int]:
    """How far each (topic, partition) goes that is written from what is ours."""
    consumer: Any = app.consumer
    where = [
        TP(name, tp.partition)
        for tp in consumer.assignment()
        if tp.topic == INDICATORS.name
        for name in (ASSESSMENTS.name, ALERTS.name)
    ]
    ends = await consumer.highwaters(*where) if where else {}
    return {(tp.topic, tp.partition): end or 0 for tp, end in ends.items()}


def flag(settings: Settings) -> Path:
    """The file that says the worker is ready."""
    return settings.home / "run" / "alerts.ready"


def run(app: faust.App, level: str) -> None:
    """Work until SIGTERM; ends by SystemExit, like the command that Faust brings for it."""
    worker = faust.Worker(app, loglevel=level, redirect_stdouts=False, quiet=True)
    worker.spinner = None  # escape codes of a terminal have no place in a log stream
    worker.execute_from_commandline()
