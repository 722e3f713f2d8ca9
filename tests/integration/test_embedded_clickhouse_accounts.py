"""Accounts on a real embedded server: added while it runs, slowed when wrong, never stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from embedded_clickhouse import READER, WRITER, Running, embedded_server

from deploy.local.clickhouse.users import users_path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Running]:
    with embedded_server(home / "clickhouse") as running:
        running.ask("CREATE TABLE pacekeeper.t (a Int8) ENGINE = Memory").raise_for_status()
        yield running


def pacekeeper(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "services.cli", "db", "user", *arguments]
    environment = {k: v for k, v in os.environ.items() if k != "PACEKEEPER_CLICKHOUSE_URL"}
    environment |= {"PACEKEEPER_HOME": str(home)}
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True, timeout=60
    ).stdout


def code(response: httpx.Response) -> str | None:
    return response.headers.get("X-ClickHouse-Exception-Code")


def test_an_added_account_works_at_once_until_it_is_removed(server: Running, home: Path) -> None:
    anna = ("anna", pacekeeper(home, "add", "anna").strip())
    assert server.ask("SELECT currentUser()", account=anna).text == "anna\n"
    assert code(server.ask("SELECT * FROM pacekeeper.t", account=anna)) == "497"
    assert "anna: Not enough privileges" in server.ask("SHOW USERS", account=anna).text
    bert = ("bert", pacekeeper(home, "add", "bert", "--all").strip())
    assert server.ask("SELECT count() FROM pacekeeper.t", account=bert).text == "0\n"
    assert users_path(home / "clickhouse").stat().st_mode & 0o777 == 0o600
    pacekeeper(home, "remove", "anna")
    assert code(server.ask("SELECT 1", account=anna)) == "516"
    assert server.ask("SELECT 1", account=bert).text == "1\n"


def test_a_wrong_password_waits_and_others_do_not(server: Running) -> None:
    started = time.monotonic()
    with httpx.Client(verify=False, timeout=30) as http:
        wrong = http.post(server.url, content=b"SELECT 1", auth=("bi", "guess"))
        seconds = time.monotonic() - started
    assert wrong.status_code == 403
    assert "bi: Authentication failed: password is incorrect" in wrong.text
    assert seconds >= 0.3
    assert server.ask("SELECT 1", account=READER).text == "1\n"


def test_two_ways_of_logging_in_at_once_are_refused(server: Running) -> None:
    response = server.ask("SELECT 1", user=WRITER[0], password=WRITER[1])
    assert code(response) == "516"
    assert "it is not allowed to use Authorization HTTP header and" in response.text


@pytest.mark.parametrize(
    "statement",
    [
        "SYSTEM SHUTDOWN",
        "system\u3000shutdown",
        "SYSTEM /* */ KILL -- x",
        "SYSTEM\u200c#!\nSHUTDOWN",
    ]
    + ["SYSTEM\x00SHUTDOWN", "SELECT 1; SYSTEM SHUTDOWN", "SYSTEM SUSPEND FOR 9 SECOND", "exit"],
)
def test_no_account_ends_the_server(server: Running, statement: str) -> None:
    for account in (WRITER, READER):
        server.ask(statement, account=account)
        assert server.ask("SELECT 1", account=account).text == "1\n"
    if statement != "exit":
        assert code(server.ask(statement)) in {"497", "62"}


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("SHOW ACCESS", "497"),
        ("SHOW USERS", "497"),
        ("SELECT * FROM system.users", "497"),
        ("SELECT * FROM system.grants", "497"),
        ("SELECT * FROM system.roles", "497"),
        ("SELECT * FROM system.current_roles", None),
        ("SHOW CURRENT ROLES", None),
        ("SHOW GRANTS", None),
    ],
)
def test_questions_about_rights_get_the_servers_answer_or_nothing(
    server: Running, statement: str, answer: str | None
) -> None:
    for account in (WRITER, READER):
        assert code(server.ask(statement, account=account)) == answer
