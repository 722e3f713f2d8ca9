"""`pacekeeper operators`: what it writes, prints and refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.operators import Operator, Role
from services.cli.failures import CommandError
from services.cli.operators import app
from services.runtime.operators import OperatorFile
from services.runtime.passwords import matches


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.delenv("PACEKEEPER_OPERATORS", raising=False)
    return tmp_path


def run(*arguments: str, stdin: str = "") -> str:
    """What the command prints; its refusal is raised."""
    result = CliRunner().invoke(app, arguments, input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def kept(home: Path) -> dict[str, Operator]:
    return OperatorFile(home / "operators.json").read()


def test_the_password_stands_alone_on_stdout_and_nowhere_else(home: Path) -> None:
    password = run("add", "李梅", "--role", "operate", "--department", "czgxj").strip()
    found = kept(home)["李梅"]
    assert (found.role, found.department) == (Role.OPERATE, "czgxj")
    assert matches(password, found.password)
    assert all(password not in path.read_text() for path in home.iterdir())


def test_a_password_may_come_from_stdin_and_is_not_shown(home: Path) -> None:
    given = "a long enough one"
    assert run("add", "li", "--role", "view", "--password-stdin", stdin=f"{given}\n") == ""
    told = run("password", "li", "--password-stdin", "--json", stdin=f"{given} 2\n")
    assert json.loads(told) == {"name": "li"}
    assert matches(f"{given} 2", kept(home)["li"].password)


def test_each_command_answers_one_json_object(home: Path) -> None:
    made = json.loads(run("add", "li", "--role", "view", "--json"))
    assert made.keys() == {"name", "role", "department", "password"}
    assert json.loads(run("role", "li", "supervise", "--json")) == {
        "name": "li",
        "role": "supervise",
    }
    listed = run("list", "--json")
    (one,) = json.loads(listed)["operators"]
    assert (one["name"], one["role"], one["department"]) == ("li", "supervise", None)
    assert "scrypt" not in listed
    new = json.loads(run("password", "li", "--json"))["password"]
    assert new != made["password"]
    assert matches(new, kept(home)["li"].password)
    assert json.loads(run("remove", "li", "--json")) == {"removed": "li"}
    assert kept(home) == {}


def test_people_read_a_table_and_sentences(home: Path) -> None:
    run("add", "li", "--role", "view")
    assert "view" in run("list")
    run("role", "li", "operate")
    assert kept(home)["li"].role is Role.OPERATE
    run("remove", "li")
    assert kept(home) == {}


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "admin", "--role", "view"), "", "cannot be an operator's name"),
        (("add", "a b", "--role", "view"), "", "用户名"),
        (("add", "li", "--role", "view", "--department", "A B"), "", "--department A B"),
        (("add", "li", "--role", "view", "--password-stdin"), "short\n", "at least 12"),
        (("add", "li", "--role", "view", "--password-stdin"), "x" * 1001, "at most 1000"),
        (("role", "li", "view"), "", "there is no operator li"),
        (("password", "admin"), "", "PACEKEEPER_CONSOLE_PASSWORD"),
        (("remove", "li"), "", "没有账户 li"),
    ],
)
def test_refusals_say_what_to_do_and_leave_no_file(
    home: Path, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        run(*arguments, stdin=stdin)
    assert kept(home) == {}


def test_a_name_is_taken_once_however_it_is_written() -> None:
    run("add", "li", "--role", "view")
    for name in ("li", "Li"):
        with pytest.raises(CommandError, match="there is an operator li"):
            run("add", name, "--role", "admin")


def test_a_broken_file_is_named_with_the_remedy_and_kept(home: Path) -> None:
    (home / "operators.json").write_text("{")
    for arguments in (("list",), ("remove", "li"), ("add", "li", "--role", "view")):
        with pytest.raises(CommandError, match=r"mend it.*operators\.json"):
            run(*arguments)
    assert (home / "operators.json").read_text() == "{"


def test_a_folder_that_cannot_be_written_is_said_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("PACEKEEPER_OPERATORS", str(home / "file" / "operators.json"))
    with pytest.raises(CommandError, match="cannot be changed"):
        run("add", "li", "--role", "view")


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (("list",), b"", 0),
        (("remove", "li"), b"", 1),
        (("add", "li", "--role", "view", "--password-stdin"), b"\xff\xfe secret secret\n", 1),
        (("add", "li", "--role", "root"), b"", 2),
        (("add", "li"), b"", 2),
    ],
)
def test_a_program_reads_the_exit_code_and_one_line(
    home: Path, arguments: tuple[str, ...], stdin: bytes, code: int
) -> None:
    environment = os.environ | {"PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "services.cli.operators", *arguments]
    ended = subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)
    assert ended.returncode == code, ended.stderr
    assert code != 1 or ended.stderr.count(b"\n") == 1
