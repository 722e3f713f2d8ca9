"""What exists in the engine and what of it an account may name: functions, tables, settings. Pure.

Every check raises the DatabaseError that a server gives to an account without the right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deploy.local.clickhouse import allowed, texts
from deploy.local.clickhouse.errors import DatabaseError


@dataclass(frozen=True)
class World:
    """What exists, what of it may be used, and by whom; function names are in lower case."""

    functions: frozenset[str]
    refused_functions: frozenset[str]
    combinators: tuple[str, ...]
    table_functions: frozenset[str]
    hidden_tables: frozenset[str]
    standard_tables: frozenset[str]
    limits: Mapping[str, str]
    is_public: Callable[[str], bool]
    account: str = "bi"

    def check_function(self, name: str) -> str:
        """The function behind a name, in lower case and without its combinators."""
        base = name
        # A whole name goes first: `getSettingOrDefault` is none of getSetting's combinations.
        while base.lower() not in self.functions:
            shorter = self._without_combinator(base)
            if base.lower() in self.refused_functions or shorter == base:
                raise self.refused(f"Function {name} is not available")
            base = shorter
        return base.lower()

    def check_table(
        self, parts: Sequence[str], database: str, ctes: frozenset[str] = frozenset()
    ) -> None:
        """A table by the parts of its name; `database` is the one that a bare name means."""
        if len(parts) == 1:
            if self._names_cte(parts[0], database, ctes):
                return
            parts = (database, parts[0])
        database, table = parts[0], ".".join(parts[1:])
        self.check_database(database)
        if len(parts) > 2 or (database == "system" and table not in allowed.SYSTEM_TABLES):
            raise self.refused(f"Table {database}.{table} is not available")
        if not self._exists(database, table):
            # The engine would say so too, and suggest tables of other databases.
            raise DatabaseError(60, f"Table {database}.{table} does not exist", "UNKNOWN_TABLE")

    def check_set(self, parts: Sequence[str], database: str, ctes: frozenset[str]) -> None:
        """The right side of IN: a table, or else a column, which has any name it likes."""
        if len(parts) > 1 or self._is_hidden(parts[0], database) or not parts[0].isidentifier():
            self.check_table(parts, database, ctes)

    def check_database(self, name: str) -> None:
        if name != "system" and name not in allowed.DATABASES:
            raise self.refused(f"Database {name} is not available")

    def check_setting(self, name: str, value: str) -> None:
        reason = allowed.setting_refusal(name, value, self.limits)
        if reason:
            raise DatabaseError(452, reason)

    def check_format(self, name: str) -> None:
        if name and not texts.is_format(name):
            raise self.refused(f"Format {name} is not available")

    def refused(self, what: str) -> DatabaseError:
        return DatabaseError(497, f"{self.account}: Not enough privileges. {what} to this account")

    def _exists(self, database: str, table: str) -> bool:
        if database == "system":
            return True
        return self.is_public(table) if database == "bi" else table in self.standard_tables

    def _names_cte(self, name: str, database: str, ctes: frozenset[str]) -> bool:
        # Where a common table expression is not seen, its name means the table again: the body of
        # `WITH errors AS (SELECT * FROM errors)` reads system.errors.
        return name in ctes and not self._is_hidden(name, database)

    def _is_hidden(self, name: str, database: str) -> bool:
        return database == "system" and name in self.hidden_tables

    def _without_combinator(self, name: str) -> str:
        for combinator in self.combinators:
            if name.endswith(combinator) and len(name) > len(combinator):
                return name[: -len(combinator)]
        return name
