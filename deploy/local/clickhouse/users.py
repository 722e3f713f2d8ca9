"""The users that an operator added: their names, rights and hashed passwords in one file."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, cast

Access = Literal["read-only", "all"]
ACCESSES: tuple[Access, ...] = ("read-only", "all")
# Accounts that come with the server, or whose name means something to clients.
RESERVED = frozenset({"pacekeeper", "bi", "default"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class User:
    """One added user; `password` is what `passwords.hashed` made of it."""

    name: str
    access: Access
    password: str = field(repr=False)
    added_at: str


class UnreadableUsersError(Exception):
    """The file is there, but holds no users."""


def is_name(name: str) -> bool:
    """Whether a user may be called so."""
    return bool(_NAME.match(name)) and name not in RESERVED


def users_path(data: Path) -> Path:
    """The file in the data folder of a server."""
    return data / "users.json"


class UserFile:
    """The file of users: replaced as a whole, by one writer at a time, readable to its owner."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, User]:
        """All users by name; none if there is no file yet."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        try:
            return {name: _user(name, kept) for name, kept in json.loads(text).items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableUsersError(f"{self._path}: {error}") from error

    def change(self, step: Callable[[dict[str, User]], None]) -> None:
        """Let a step change the users and keep what it leaves."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            users = self.read()
            step(users)
            self._write(users)

    def stamp(self) -> object:
        """Something that changes whenever the file does."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._path.with_name(self._path.name + ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, users: Mapping[str, User]) -> None:
        draft = self._path.with_name(self._path.name + ".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({name: asdict(user) for name, user in users.items()}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _user(name: str, kept: Mapping[str, str]) -> User:
    access = {known: known for known in ACCESSES}.get(cast(Access, kept["access"]))
    if access is None or not is_name(name):
        raise ValueError(f"{name} is no user with an access of {' or '.join(ACCESSES)}")
    return User(name, access, kept["password"], kept["added_at"])
