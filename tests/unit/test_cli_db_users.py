"""`pacekeeper db user`: what it writes, prints and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.clickhouse.users import User, UserFile, users_path
from services.cli.db import app
from services.cli.failures import CommandError
from services.runtime.passwords import matches


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.delenv("PACEKEEPER_CLICKHOUSE_URL", raising=False)
    return tmp_path


def run(*arguments: str, stdin: str = "") -> str:
    """What the command prints; its refusal is raised."""
    result = CliRunner().invoke(app, ["user", *arguments], input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def kept(home: Path) -> dict[str, User]:
    return UserFile(users_path(home / "clickhouse")).read()


def test_the_password_stands_alone_on_stdout(home: Path) -> None:
    password = run("add", "anna").strip()
    assert "\n" not in password
    assert matches(password, kept(home)["anna"].password)
    assert kept(home)["anna"].access == "read-only"


def test_a_password_may_come_from_stdin_and_is_not_shown(home: Path) -> None:
    assert run("add", "bert", "--all", "--password-stdin", stdin="a long enough one\n") == ""
    assert matches("a long enough one", kept(home)["bert"].password)
    assert kept(home)["bert"].access == "all"


def test_accounts_are_listed_without_passwords_and_removed(home: Path) -> None:
    made = json.loads(run("add", "anna", "--json"))
    listed = run("list", "--json")
    assert [user["name"] for user in json.loads(listed)["users"]] == ["anna"]
    assert made["password"] not in listed
    assert kept(home)["anna"].password not in listed
    assert "anna" in run("list")
    run("remove", "anna")
    assert kept(home) == {}


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "bi"), "", "cannot be an account's name"),
        (("add", "a b"), "", "账户名"),
        (("add", "anna", "--password-stdin"), "short\n", "at least 12 characters"),
        (("remove", "nobody"), "", "no account nobody"),
    ],
)
def test_refusals_say_what_to_do(arguments: tuple[str, ...], stdin: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(*arguments, stdin=stdin)


def test_an_account_is_not_added_twice() -> None:
    run("add", "anna")
    with pytest.raises(CommandError, match="there is an account anna"):
        run("add", "anna")


def test_a_broken_file_is_named(home: Path) -> None:
    run("add", "anna")
    users_path(home / "clickhouse").write_text("{")
    with pytest.raises(CommandError, match=r"users\.json"):
        run("list")


def test_accounts_of_another_server_are_made_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACEKEEPER_CLICKHOUSE_URL", "http://db:8123")
    with pytest.raises(CommandError, match="CREATE USER"):
        run("list")
