"""Runs an INSERT whose data come with the request; every method is one step in a thread."""

from __future__ import annotations

from deploy.local.clickhouse import statement
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Stats
from deploy.local.clickhouse.house import House
from deploy.local.clickhouse.request import Request
from deploy.local.clickhouse.sessions import Lease
from deploy.local.clickhouse.statement import InsertHead


class Writing:
    """An INSERT whose data come with the request."""

    def __init__(self, house: House, request: Request, account: Account, head: InsertHead) -> None:
        house.guard.admit_insert(request, account)
        self._request = request
        self._lease: Lease | None = Lease(house.engine, house.sessions, request, account)
        try:
            # An insert takes no parameters of its own, but it sees those of its connection.
            self._lease.connection.set({f"param_{n}": v for n, v in request.params.items()})
            self._insert = self._lease.connection.insert(
                head.statement, head.format or request.format or "Values", house.spool.file()
            )
        except BaseException:
            self._give_back()
            raise

    def append(self, data: bytes) -> None:
        """Hand over more data; an error ends the insert."""
        try:
            self._insert.append(data)
        except BaseException:
            self.cancel()
            raise

    def finish(self) -> Stats:
        """Write everything and say what was written."""
        try:
            return self._insert.done()
        finally:
            self._give_back()

    def cancel(self) -> None:
        """Write nothing more."""
        if self._lease:
            try:
                self._insert.cancel()
            finally:
                self._give_back()

    def _give_back(self) -> None:
        lease, self._lease = self._lease, None
        if lease:
            lease.close()


def insert_head(request: Request, text: bytes) -> InsertHead | None:
    """Where an INSERT's data begin in the text of a request, if it is one that carries data."""
    if statement.first_word(text[:4096]) not in ("INSERT", "WITH"):
        return None
    whole = len(request.query) + 1 if request.query else None
    return statement.insert_head(text, whole=whole)
