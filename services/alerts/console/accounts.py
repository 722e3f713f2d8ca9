"""The accounts as the console sees them: who is let in, and who still is."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from schemas.operators import ADMIN, Operator, Role, as_kept
from services.alerts.console import sessions
from services.runtime import logs, passwords
from services.runtime.operators import ByName, OperatorFile, UnreadableOperatorsError


@dataclass(frozen=True)
class Account:
    """Somebody with an account; `mark` is another one after every change of role or password."""

    name: str
    role: Role
    department: str = ""
    added_at: datetime | None = None
    mark: str = ""


# Its sessions end with its password by themselves: the key of the cookies is made of it.
_ADMIN = Account(ADMIN, Role.ADMIN)


class Accounts:
    """`admin`, whose password is a setting, and the accounts of the file, read when it changes.

    While the file cannot be read only `admin` is let in, and `trouble` says why.
    """

    def __init__(self, admin_password: str, file: OperatorFile) -> None:
        self._admin_password = admin_password
        self._file = file
        self._stamp: object = None
        self._operators: ByName = {}
        self._trouble = ""
        self._reading = threading.Lock()
        # Each try takes 16 MiB and a core: a flood of them must not take them all.
        self._trying = threading.Lock()
        self._nobody = passwords.hashed(passwords.new_password())

    def enter(self, name: str, password: str) -> Account | None:
        """The account, if that is its password. UnreadableOperatorsError if it cannot be told."""
        if name == ADMIN:
            right = sessions.right(password, self._admin_password)
            return _ADMIN if right else None
        operator = self._now().get(as_kept(name))
        if self._trouble:
            raise UnreadableOperatorsError(self._trouble)
        # A name that nobody has costs the same time, so that time does not tell which exist.
        kept = operator.password if operator else self._nobody
        with self._trying:
            right = passwords.matches(password, kept)
        if not right or operator is None:
            return None
        return self.known(operator.name, _mark(operator))

    def known(self, name: str, mark: str) -> Account | None:
        """The account of a session, unless it is gone or was changed since."""
        found = self.find(name)
        return found if found and found.mark == mark else None

    def find(self, name: str) -> Account | None:
        """The account of this name."""
        if name == ADMIN:
            return _ADMIN
        operator = self._now().get(as_kept(name))
        return _account(operator) if operator else None

    def everyone(self) -> Sequence[Account]:
        """`admin`, then the others by name."""
        operators = self._now()
        return [_ADMIN, *(_account(operators[name]) for name in sorted(operators))]

    @property
    def trouble(self) -> str:
        """Why the file cannot be read; empty if it can."""
        self._now()
        return self._trouble

    def _now(self) -> ByName:
        """The accounts of the file as it is now."""
        with self._reading:
            # The stamp is taken first: what is written while it is read is seen next time.
            stamp = self._file.stamp()
            if stamp != self._stamp:
                self._stamp, self._operators, self._trouble = stamp, {}, ""
                try:
                    self._operators = self._file.read()
                except UnreadableOperatorsError as error:
                    self._trouble = str(error)
                    logs.get("console").error("operators shut out", error=self._trouble)
            return self._operators


def _account(operator: Operator) -> Account:
    department = operator.department or ""
    return Account(
        operator.name, operator.role, department, operator.added_at, mark=_mark(operator)
    )


def _mark(operator: Operator) -> str:
    """Tells this password and role from any other; its salt keeps it from telling the password."""
    return sha256(f"{operator.role} {operator.password}".encode()).hexdigest()
