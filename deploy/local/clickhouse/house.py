"""What every request meets: the engine, its sessions, the guard, room on disk for results."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Chunk, Engine, quoted
from deploy.local.clickhouse.guard import Guard
from deploy.local.clickhouse.sessions import Sessions, comment_of
from deploy.local.clickhouse.spool import Spool


@dataclass(slots=True)
class House:
    """One engine and what stands around it."""

    engine: Engine
    sessions: Sessions
    guard: Guard
    spool: Spool

    def kill(self, account: Account, query_id: str) -> None:
        """Stop the query that a client of this account gave this id."""
        self.killed(account, query_id, "ASYNC", "Null")

    def killed(self, account: Account, query_id: str, mode: str, format: str) -> Chunk:
        """The same, and what the engine says about it."""
        mark = quoted(comment_of(account, query_id))
        text = f"KILL QUERY WHERE Settings['log_comment'] = {mark} {mode}"
        with self.engine.connect() as connection:
            return connection.query(text.encode("utf-8", "surrogateescape"), format)

    def progress(self, account: Account, query_id: str) -> str:
        """How far that query is, as a progress header says it; empty if it does not run."""
        mark = quoted(comment_of(account, query_id))
        with self.engine.connect() as connection:
            return connection.text(
                "SELECT read_rows, read_bytes, written_rows, written_bytes,"
                " total_rows_approx AS total_rows_to_read,"
                " toUInt64(elapsed * 1e9) AS elapsed_ns, memory_usage"
                f" FROM system.processes WHERE Settings['log_comment'] = {mark} LIMIT 1"
                " SETTINGS output_format_json_quote_64bit_integers = 1 FORMAT JSONEachRow"
            ).strip()
