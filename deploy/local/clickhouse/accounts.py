"""The two accounts of the embedded server, and whether a client is one of them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.local.clickhouse import allowed
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.request import Credentials


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


WRITER = Account("pacekeeper", guarded=False, database="default")
READER = Account(
    "bi",
    guarded=True,
    database="bi",
    settings={
        "max_execution_time": "30",
        "max_memory_usage": str(3 << 29),
        "max_result_rows": "1000000",
        "max_result_bytes": str(64 << 20),
        "result_overflow_mode": "throw",
        "timeout_overflow_mode": "throw",
        # A dashboard leaves the processor to inserts first.
        "os_threads_nice_value_query": "10",
        # Rows of other databases are hidden wherever `system` is read, by SHOW too.
        "additional_table_filters": _as_map(allowed.ROW_FILTERS),
        # The engine's own second lock behind the guard: no writes, no change of `readonly`.
        "readonly": "2",
    },
)


class Accounts:
    """Checks credentials against the two passwords."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = {name: secret.encode() for name, secret in passwords.items()}

    def authenticate(self, who: Credentials) -> Account:
        """The account of these credentials; raises DatabaseError 516 in the server's words."""
        expected = self._passwords.get(who.user, b"")
        same = hmac.compare_digest(expected, who.password.encode("utf-8", "surrogateescape"))
        for account in (WRITER, READER):
            if same and expected and account.name == who.user:
                return account
        raise DatabaseError(
            516,
            f"{who.user}: Authentication failed: password is incorrect, "
            "or there is no user with such name",
        )
