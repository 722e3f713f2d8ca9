"""The door: whose password is right is let in at once, whose is wrong waits."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from deploy.local.clickhouse.accounts import READER, WRITER, Account, reader, writer
from deploy.local.clickhouse.brakes import Brakes
from deploy.local.clickhouse.credentials import Credentials
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.users import UnreadableUsersError, User, UserFile
from services.runtime import passwords

_log = logging.getLogger("clickhouse")


class Door:
    """Checks credentials against the two built-in accounts and the file of added users.

    A password that was found right is remembered by a keyed digest, so that only the first request
    pays for scrypt, and that in a thread of its own; a change of the file forgets it.
    """

    def __init__(self, built_in: Mapping[str, str], file: UserFile) -> None:
        self._secret = secrets.token_bytes(32)
        self._built_in = {name: self._digest(password) for name, password in built_in.items()}
        self._file = file
        self._stamp: object = None
        self._users: dict[str, User] = {}
        self._found_right: dict[str, bytes] = {}
        self._brakes = Brakes()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="scrypt")

    async def admit(self, who: Credentials, address: str) -> Account:
        """The account of these credentials; raises DatabaseError 516 in the server's words."""
        sender = (who.user, address)
        if self._brakes.jammed(sender):
            raise _wrong(who)
        if self._is_known(who):
            self._brakes.passed(sender)
            return self._account(who.user)
        now = time.monotonic()
        with self._brakes.trying(sender, now):
            if await self._is_right(who):
                self._brakes.passed(sender)
                return self._account(who.user)
            seconds = self._brakes.failed(sender, now)
            await asyncio.sleep(now + seconds - time.monotonic())
        raise _wrong(who)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _is_known(self, who: Credentials) -> bool:
        """Whether this password was found right before, or belongs to a built-in account."""
        self._look_at_file()
        known = self._built_in.get(who.user) or self._found_right.get(who.user)
        return known is not None and hmac.compare_digest(self._digest(who.password), known)

    async def _is_right(self, who: Credentials) -> bool:
        user = self._users.get(who.user)
        if user is None:
            return False
        right = await asyncio.get_running_loop().run_in_executor(
            self._thread, passwords.matches, who.password, user.password
        )
        # The file may have changed meanwhile: only what still stands there counts.
        self._look_at_file()
        if right and self._users.get(who.user) == user:
            self._found_right[who.user] = self._digest(who.password)
            return True
        return False

    def _look_at_file(self) -> None:
        stamp = self._file.stamp()
        if stamp == self._stamp:
            return
        self._stamp, self._users = stamp, {}
        self._found_right.clear()
        try:
            self._users = self._file.read()
        except UnreadableUsersError as error:
            _log.error("added users are shut out: %s", error)

    def _account(self, name: str) -> Account:
        for account in (WRITER, READER):
            if account.name == name:
                return account
        return writer(name) if self._users[name].access == "all" else reader(name)

    def _digest(self, password: str) -> bytes:
        secret = password.encode("utf-8", "surrogateescape")
        return hashlib.blake2b(secret, key=self._secret, digest_size=32).digest()


def _wrong(who: Credentials) -> DatabaseError:
    return DatabaseError(
        516,
        f"{who.user}: Authentication failed: password is incorrect, "
        "or there is no user with such name.",
    )
