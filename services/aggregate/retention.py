"""How long topics and the raw table keep what they are given, applied at every start."""

from collections.abc import Callable
from typing import Literal

from schemas.topics import DAY_MS, TOPICS, TOUCHED

Months = int | Literal["keep"]


def topic_configs(days: int) -> dict[str, dict[str, str]]:
    """The settings of every topic that forgets; `touched` is read at once, and keeps its week."""
    return {
        topic.name: {"retention.ms": str(days * DAY_MS)}
        for topic in TOPICS
        if topic.retention_ms is not None and topic is not TOUCHED
    }


def keep_raw(months: Months, now: str, command: Callable[[str], object]) -> None:
    """Make the raw table keep arrivals for so many months of receipt; `now` is its definition."""
    wanted = "" if months == "keep" else f"TTL toDate(received_at) + toIntervalMonth({months})"
    if wanted and wanted not in now:
        # Whole parts are dropped, by the month of receipt: nothing is rewritten.
        command("ALTER TABLE pacekeeper.raw MODIFY SETTING ttl_only_drop_parts = 1")
        command(f"ALTER TABLE pacekeeper.raw MODIFY {wanted}")
    elif not wanted and "TTL " in now:
        command("ALTER TABLE pacekeeper.raw REMOVE TTL")
