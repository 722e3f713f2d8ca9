"""Who is let in, and how those who guess are slowed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.clickhouse.accounts import READER, WRITER
from deploy.local.clickhouse.credentials import Credentials
from deploy.local.clickhouse.door import Door
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.users import Access, User, UserFile
from services.runtime.passwords import hashed

HERE = "127.0.0.1"


@pytest.fixture
def file(tmp_path: Path) -> UserFile:
    return UserFile(tmp_path / "users.json")


@pytest.fixture
def door(file: UserFile) -> Iterator[Door]:
    made = Door({"pacekeeper": "writing", "bi": "reading"}, file)
    yield made
    made.close()


def admit(door: Door, user: str, password: str) -> object:
    """The account's name and guard, or the error's code."""
    try:
        account = asyncio.run(door.admit(Credentials(user, password), HERE))
    except DatabaseError as error:
        return error.code
    return account.name, account.guarded


def add(file: UserFile, name: str, password: str, access: Access = "read-only") -> None:
    file.change(lambda users: users.update({name: User(name, access, hashed(password), "")}))


def test_the_built_in_accounts_have_their_passwords(door: Door) -> None:
    assert admit(door, "pacekeeper", "writing") == (WRITER.name, False)
    assert admit(door, "bi", "reading") == (READER.name, True)
    for user, password in (("bi", "writing"), ("default", ""), ("", ""), ("bi", "")):
        assert admit(door, user, password) == 516


def test_added_users_are_let_in_at_once_and_removed_ones_no_more(
    door: Door, file: UserFile
) -> None:
    add(file, "anna", "first")
    add(file, "bert", "second", "all")
    assert admit(door, "anna", "first") == ("anna", True)
    assert admit(door, "bert", "second") == ("bert", False)
    assert admit(door, "anna", "second") == 516
    file.change(lambda users: users.pop("anna") and None)
    assert admit(door, "anna", "first") == 516
    assert admit(door, "bert", "second") == ("bert", False)


def test_a_changed_password_counts_from_the_next_request(door: Door, file: UserFile) -> None:
    add(file, "anna", "first")
    assert admit(door, "anna", "first") == ("anna", True)
    add(file, "anna", "other")
    assert admit(door, "anna", "first") == 516
    assert admit(door, "anna", "other") == ("anna", True)


def test_only_the_first_request_pays_for_the_hash(door: Door, file: UserFile) -> None:
    add(file, "anna", "first")
    admit(door, "anna", "first")
    started = time.process_time()
    for _ in range(50):
        asyncio.run(door.admit(Credentials("anna", "first"), HERE))
    assert time.process_time() - started < 0.5


def test_a_broken_file_shuts_out_added_users_alone(
    door: Door, file: UserFile, tmp_path: Path
) -> None:
    add(file, "anna", "first")
    (tmp_path / "users.json").write_text("{")
    assert admit(door, "anna", "first") == 516
    assert admit(door, "bi", "reading") == ("bi", True)


def test_a_guess_waits_and_a_right_password_does_not(door: Door) -> None:
    async def race() -> tuple[float, float]:
        started = time.monotonic()
        guess = asyncio.create_task(door.admit(Credentials("bi", "guess"), HERE))
        await asyncio.sleep(0)
        await door.admit(Credentials("bi", "reading"), HERE)
        right = time.monotonic() - started
        with pytest.raises(DatabaseError, match="Authentication failed: password is incorrect"):
            await guess
        return right, time.monotonic() - started

    right, wrong = asyncio.run(race())
    assert right < 0.2
    assert wrong >= 0.3


def test_a_storm_of_guesses_is_turned_away_unseen(door: Door) -> None:
    async def storm() -> int:
        guesses = [door.admit(Credentials("bi", str(number)), HERE) for number in range(200)]
        done, waiting = await asyncio.wait(map(asyncio.ensure_future, guesses), timeout=0.1)
        for task in (*done, *waiting):
            task.cancel()
        await asyncio.gather(*done, *waiting, return_exceptions=True)
        return len(waiting)

    assert asyncio.run(storm()) == 32
