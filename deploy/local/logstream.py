"""One log stream of many parts: time and coloured name before each line, and a file per part."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO

LIMIT_BYTES = 5 * 1024 * 1024
KEPT_FILES = 3
# A part that writes without ever ending its line must not grow the supervisor.
LONGEST_LINE = 256 * 1024

_RESET = "\x1b[0m"


class RotatingFile:
    """A log file that is moved to `.1`, `.2` … when it has grown beyond its limit."""

    def __init__(self, path: Path, limit: int = LIMIT_BYTES, kept: int = KEPT_FILES) -> None:
        self._path = path
        self._limit = limit
        self._kept = kept
        self._file: BinaryIO = path.open("ab")
        self._size = self._file.tell()

    def write(self, line: bytes) -> None:
        if self._size and self._size + len(line) > self._limit:
            self._rotate()
        self._file.write(line)
        self._file.flush()
        self._size += len(line)

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        for number in range(self._kept - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))
        self._file = self._path.open("ab")
        self._size = 0

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


class LineSplitter:
    """Cuts a byte stream into lines, whatever the sizes in which it arrives."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        return [_decode(line) for line in lines]

    def flush(self) -> list[str]:
        rest, self._rest = self._rest, b""
        return [_decode(rest)] if rest else []


def _decode(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", errors="replace")


class LogStream:
    """Writes every line to the part's file and, if there is a console, to that as well."""

    def __init__(
        self, logs: Path, colours: Mapping[str, str], console: TextIO | None, coloured: bool
    ) -> None:
        self._logs = logs
        self._colours = colours
        self._console = console
        self._coloured = coloured
        self._width = max((len(name) for name in colours), default=0)
        self._files: dict[str, RotatingFile] = {}

    def write(self, part: str, line: str) -> None:
        now = datetime.now(UTC).astimezone()
        # A full disk must not end the supervisor: the stack may well be what frees it again.
        with contextlib.suppress(OSError):
            self._file(part).write(f"{now.isoformat(timespec='milliseconds')} {line}\n".encode())
        if self._console is not None:
            stamp = now.strftime("%H:%M:%S.") + f"{now.microsecond // 1000:03}"
            self._show(self._console, f"{stamp} {self._name(part)} {line}\n")

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, part: str) -> RotatingFile:
        if part not in self._files:
            self._files[part] = RotatingFile(self._logs / f"{part}.log")
        return self._files[part]

    def _name(self, part: str) -> str:
        name = f"{part:<{self._width}} |"
        colour = self._colours.get(part, "")
        return f"\x1b[{colour}m{name}{_RESET}" if self._coloured and colour else name

    def _show(self, console: TextIO, text: str) -> None:
        try:
            console.write(text)
            console.flush()
        except OSError:
            # Whoever read the stream is gone (`| head`); the files go on.
            self._console = None


def wants_colour(console: TextIO, env: Mapping[str, str]) -> bool:
    """Colour only on a terminal, and never against NO_COLOR."""
    return console.isatty() and not env.get("NO_COLOR") and env.get("TERM") != "dumb"


def last_lines(path: Path, count: int = 15) -> list[str]:
    """The end of a log file, for the message that names the part which failed."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64 * 1024))
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-count:]
