"""Applies migrations/*.sql in order, each once; a changed file that was applied is refused."""

from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from services.runtime import logs
from services.runtime.clickhouse import translated
from services.runtime.errors import RefusedError

log = logs.get("migrate")


class Migration(NamedTuple):
    """One file: its name, its text and the checksum it was applied with."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration, in order of its name."""
    folder = files("services.aggregate") / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return [
        Migration(entry.name, entry.read_text("utf-8"))
        for entry in sorted(found, key=lambda entry: entry.name)
    ]


def statements(text: str) -> list[str]:
    """The statements of a file. A `;` ends one only at the end of a line."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    whole = "\n".join(lines)
    return [part.strip() for part in whole.split(";\n") if part.strip().strip(";")]


def migrate(client: Client) -> list[str]:
    """Bring the tables to the newest form; answers the names that were applied now.

    A migration that died half-way is continued: its statements say IF NOT EXISTS.
    """
    with translated():
        client.command("CREATE DATABASE IF NOT EXISTS pacekeeper")
        client.command("CREATE DATABASE IF NOT EXISTS bi")
        client.command(
            "CREATE TABLE IF NOT EXISTS pacekeeper.migrations"
            " (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))"
            " ENGINE = ReplacingMergeTree ORDER BY name"
        )
        rows = client.query("SELECT name, checksum FROM pacekeeper.migrations FINAL").result_rows
        applied = {str(name): str(checksum) for name, checksum in rows}
        done: list[str] = []
        for migration in migrations():
            known = applied.get(migration.name)
            if known == migration.checksum:
                continue
            if known is not None:
                raise RefusedError(
                    f"{migration.name} was applied in another form: add a new migration instead"
                )
            for statement in statements(migration.text):
                client.command(statement)
            client.insert(
                "pacekeeper.migrations",
                [[migration.name, migration.checksum]],
                column_names=["name", "checksum"],
            )
            log.info("migrated", name=migration.name)
            done.append(migration.name)
    return done


def definitions(client: Client) -> dict[str, str]:
    """The statement that would make each of our tables as it is now."""
    rows = client.query(
        "SELECT database || '.' || name, create_table_query FROM system.tables"
        " WHERE database = 'pacekeeper'"
    ).result_rows
    return {str(name): str(statement) for name, statement in rows}
