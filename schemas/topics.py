"""Topics: what travels where, under which key, for how long, written and read by whom.

Every record of a packed topic is NDJSON, one line an event, compressed with lz4.
"""

from dataclasses import dataclass
from typing import Literal

DAY_MS = 86_400_000
SERIES_PARTITIONS = 4
MAX_PACKED_EVENTS = 500
# Who puts receipts, rejects, assessments, alerts and notices into their tables.
SINK_GROUP = "aggregate-sink"
MAX_PACKED_BYTES = 512 * 1024


@dataclass(frozen=True)
class Topic:
    """One topic; `retention_ms` of a compacted topic is None: its newest records stay."""

    name: str
    key: str
    partitions: int
    retention_ms: int | None
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    packed: bool
    doc: str

    @property
    def cleanup(self) -> Literal["compact", "delete"]:
        """Kafka's clean-up policy."""
        return "compact" if self.retention_ms is None else "delete"


EVENTS = Topic(
    "events",
    "subject: entity, indicator, project, or operator|station",
    SERIES_PARTITIONS,
    90 * DAY_MS,
    ("ingest",),
    ("aggregate",),
    True,
    "accepted events, each line with receipt, department and receivedtime",
)
REJECTED = Topic(
    "events.rejected",
    "department",
    1,
    90 * DAY_MS,
    ("ingest", "aggregate"),
    ("aggregate",),
    True,
    "what could not be taken, with its raw text, code, field and message",
)
CATALOGUE = Topic(
    "catalogue",
    "type/name[/version]",
    1,
    None,
    ("ingest",),
    ("ingest", "aggregate"),
    False,
    "definitions of indicators and entities, versions of targets",
)
KEYS = Topic(
    "keys",
    "key id",
    1,
    None,
    ("ingest",),
    ("ingest",),
    False,
    "API keys, hashed; an empty record revokes",
)
TOUCHED = Topic(
    "touched",
    "partition of events",
    1,
    7 * DAY_MS,
    ("aggregate",),
    ("aggregate",),
    False,
    "series keys that a written block touched",
)
INDICATORS = Topic(
    "indicators",
    "indicator|entity",
    SERIES_PARTITIONS,
    None,
    ("aggregate",),
    ("alerts",),
    False,
    "dossiers: one series' current state with its targets; |department: do its books balance",
)
RECEIPTS = Topic(
    "receipts",
    "department",
    1,
    90 * DAY_MS,
    ("ingest",),
    ("aggregate",),
    True,
    "per request: accepted, duplicate, rejected, and the verdict of each event",
)
ASSESSMENTS = Topic(
    "assessments",
    "indicator|entity",
    SERIES_PARTITIONS,
    90 * DAY_MS,
    ("alerts",),
    ("aggregate",),
    False,
    "targets judged, and a watermark behind each dossier",
)
ALERTS = Topic(
    "alerts",
    "indicator|entity",
    SERIES_PARTITIONS,
    90 * DAY_MS,
    ("alerts",),
    ("aggregate",),
    False,
    "transitions of alerts",
)
COMMANDS = Topic(
    "alert.commands",
    "indicator|entity",
    SERIES_PARTITIONS,
    90 * DAY_MS,
    ("ingest", "alerts"),
    ("alerts",),
    False,
    "what operators asked of alerts, and ticks of the clock",
)
NOTICES = Topic(
    "notices",
    "alert",
    SERIES_PARTITIONS,
    90 * DAY_MS,
    ("alerts",),
    ("alerts", "aggregate"),
    False,
    "the outbox: what has to be told to whom, and that it was delivered",
)

TOPICS: tuple[Topic, ...] = (
    EVENTS,
    REJECTED,
    CATALOGUE,
    KEYS,
    TOUCHED,
    INDICATORS,
    RECEIPTS,
    ASSESSMENTS,
    ALERTS,
    COMMANDS,
    NOTICES,
)
INTAKE_PREFIX = "intake."


def series_key(indicator: str, entity: str) -> str:
    """The key that keeps everything about one series in one partition and in order."""
    return f"{indicator}|{entity}"
