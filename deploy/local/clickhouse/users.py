"""The users that an operator added: their names, rights and hashed passwords in one file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, cast

from services.runtime.keptfile import KeptFile

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
        self._kept = KeptFile(path)

    def read(self) -> dict[str, User]:
        """All users by name; none if there is no file yet."""
        return self._users(self._kept.read())

    def change(self, step: Callable[[dict[str, User]], None]) -> None:
        """Let a step change the users and keep what it leaves."""

        def changed(text: str | None) -> str:
            users = self._users(text)
            step(users)
            return json.dumps({name: asdict(user) for name, user in users.items()}, indent=1)

        self._kept.change(changed)

    def stamp(self) -> object:
        """Something that changes whenever the file does."""
        return self._kept.stamp()

    def _users(self, text: str | None) -> dict[str, User]:
        if text is None:
            return {}
        try:
            return {name: _user(name, kept) for name, kept in json.loads(text).items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreadableUsersError(f"{self._kept.path}: {error}") from error


def _user(name: str, kept: Mapping[str, str]) -> User:
    access = {known: known for known in ACCESSES}.get(cast(Access, kept["access"]))
    if access is None or not is_name(name):
        raise ValueError(f"{name} is no user with an access of {' or '.join(ACCESSES)}")
    return User(name, access, kept["password"], kept["added_at"])
