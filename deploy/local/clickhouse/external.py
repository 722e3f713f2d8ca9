"""External data: file parts of a form that a query reads as temporary tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.clickhouse import statement
from deploy.local.clickhouse.engine import identifier
from deploy.local.clickhouse.errors import DatabaseError

_FIELDS = ("structure", "types", "format")


@dataclass(frozen=True, slots=True)
class ExternalTable:
    """A table that lives as long as its query."""

    name: str
    structure: str
    format: str
    data: bytes

    @property
    def create(self) -> bytes:
        return (
            f"CREATE TEMPORARY TABLE {identifier(self.name)} ({self.structure}) ENGINE = Memory"
        ).encode("utf-8", "surrogateescape")

    @property
    def insert(self) -> bytes:
        return f"INSERT INTO {identifier(self.name)}".encode("utf-8", "surrogateescape")

    @property
    def drop(self) -> bytes:
        return f"DROP TEMPORARY TABLE IF EXISTS {identifier(self.name)}".encode(
            "utf-8", "surrogateescape"
        )


def external_tables(
    files: Mapping[str, bytes], fields: Mapping[str, str]
) -> tuple[tuple[ExternalTable, ...], dict[str, str]]:
    """The tables that these file parts mean, and the fields that are not about them.

    `NAME_structure`, `NAME_types` and `NAME_format` are only taken where there is a file NAME:
    settings may end in those words too.
    """
    theirs = {f"{name}_{field}" for name in files for field in _FIELDS}
    tables = tuple(_table(name, data, fields) for name, data in files.items())
    return tables, {name: value for name, value in fields.items() if name not in theirs}


def _table(name: str, data: bytes, fields: Mapping[str, str]) -> ExternalTable:
    structure = fields.get(f"{name}_structure") or _numbered(fields.get(f"{name}_types", ""))
    if not structure:
        raise DatabaseError(
            36,
            f"External table {name} has neither a structure nor types: "
            f"give {name}_structure or {name}_types",
            "BAD_ARGUMENTS",
        )
    if any(token.text == b";" for token in statement.tokens(structure.encode("utf-8", "replace"))):
        raise DatabaseError(62, f"Syntax error in {name}_structure: it holds a semicolon")
    return ExternalTable(name, structure, fields.get(f"{name}_format") or "TabSeparated", data)


def _numbered(types: str) -> str:
    """Columns _1, _2, … of these types."""
    text = types.encode("utf-8", "surrogateescape")
    commas = [t.start for t in statement.tokens(text) if t.text == b"," and not t.depth]
    parts = [
        text[start:end].strip()
        for start, end in zip([0, *(at + 1 for at in commas)], [*commas, len(text)], strict=True)
    ]
    named = (b"_%d %s" % (place, part) for place, part in enumerate(parts, 1) if part)
    return b", ".join(named).decode("utf-8", "surrogateescape")
