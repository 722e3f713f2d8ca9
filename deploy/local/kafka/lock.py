"""The committed lock: every jar of the broker's class path with its SHA-256, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.refusal import Refusal

LOCK = Path(__file__).parent.parent / "kafka.lock"

_HEAD = """\
# The class path of the embedded Apache Kafka: SHA-256 and Maven coordinates of every jar.
# Written by `python -m deploy.local.kafka --lock`; do not edit.
"""


@dataclass(frozen=True, order=True)
class LockedJar:
    """One jar; `coordinates` are group:artifact:version."""

    coordinates: str
    sha256: str

    @property
    def filename(self) -> str:
        _, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"


def format_lock(jars: Iterable[LockedJar]) -> str:
    return _HEAD + "".join(f"{jar.sha256}  {jar.coordinates}\n" for jar in sorted(jars))


def parse_lock(text: str) -> tuple[LockedJar, ...]:
    """Read a lock, refusing a line that does not say hash and coordinates."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(_parse_line(fields) for fields in lines)


def read_lock(path: Path = LOCK) -> tuple[LockedJar, ...]:
    return parse_lock(path.read_text(encoding="utf-8"))


def _parse_line(fields: list[str]) -> LockedJar:
    if len(fields) == 2 and len(fields[0]) == 64 and fields[1].count(":") == 2:
        return LockedJar(coordinates=fields[1], sha256=fields[0])
    line = " ".join(fields)
    raise Refusal(
        f"kafka.lock 有无法识别的行：{line}", f"kafka.lock has an unreadable line: {line}"
    )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
