"""Accounts: what a user may do, within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.local.clickhouse import allowed


@dataclass(frozen=True, slots=True)
class Account:
    """Who may ask, and within which limits; a `guarded` account reads listed things only."""

    name: str
    guarded: bool
    database: str
    settings: Mapping[str, str] = field(default_factory=dict)


def _as_map(filters: Mapping[str, str]) -> str:
    pairs = (
        f"'{table}': '{rule.translate({39: chr(92) + chr(39)})}'" for table, rule in filters.items()
    )
    return "{" + ", ".join(pairs) + "}"


_READER_SETTINGS = {
    "max_execution_time": "30",
    "max_memory_usage": str(3 << 29),
    "max_result_rows": "1000000",
    "max_result_bytes": str(64 << 20),
    "result_overflow_mode": "throw",
    "timeout_overflow_mode": "throw",
    # What does not fit into memory is sorted and joined on disk, which is not endless either.
    "max_temporary_data_on_disk_size_for_query": str(4 << 30),
    # A dashboard leaves the processor to inserts first.
    "os_threads_nice_value_query": "10",
    # Rows of other databases are hidden wherever `system` is read, by SHOW too.
    "additional_table_filters": _as_map(allowed.ROW_FILTERS),
    # The engine's own second lock behind the guard: no writes, no change of `readonly`.
    "readonly": "2",
}


def writer(name: str) -> Account:
    """One who may do everything but end the server."""
    return Account(name, guarded=False, database="default")


def reader(name: str) -> Account:
    """One who reads the views of `bi`."""
    return Account(name, guarded=True, database="bi", settings=_READER_SETTINGS)


WRITER = writer("pacekeeper")
READER = reader("bi")
