"""`operators`: accounts of the console and their roles; the console follows at once.

`python -m services.cli.operators` is the same where the rest of the command line is not installed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from schemas.names import Slug
from schemas.operators import RESERVED, Operator, Role, is_name
from services.cli.accounts import spoken, tell_all, tell_made, tell_removed
from services.cli.failures import CommandError, run
from services.cli.screen import AsJson, put_json, say
from services.cli.secret import PasswordStdin, new_secret
from services.runtime import settings
from services.runtime.operators import ByName, OperatorFile, UnreadableOperatorsError
from services.runtime.passwords import hashed

app = typer.Typer(no_args_is_help=True, help="控制台账户 / operators of the console")

Name = Annotated[str, typer.Argument(help="用户名 / name of the operator")]
_ROLES = "view operate supervise admin"


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help=f"角色 / what it may do: {_ROLES}")],
    department: Annotated[str | None, typer.Option(help="部门代号 / department")] = None,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """新建账户，口令只显示这一次 / make an account; its password is shown this once."""
    if not is_name(name):
        raise _no_name(name)
    _check_department(department)
    password = new_secret(password_stdin)
    made = Operator(
        name=name,
        role=role,
        department=department,
        password=hashed(password),
        added_at=datetime.now(UTC).replace(microsecond=0),
    )

    def step(operators: ByName) -> None:
        same = next((one for one in operators if one.casefold() == name.casefold()), None)
        if same is not None:
            raise CommandError(
                f"账户 {same} 已存在，改角色用 pacekeeper operators role，换口令用 password",
                f"there is an operator {same}: `pacekeeper operators role` changes the role,"
                " `password` the password",
            )
        operators[name] = made

    _change(step)
    account = {"name": name, "role": role.value, "department": department}
    tell_made(account, password, password_stdin, as_json)


@app.command(name="list")
def list_operators(as_json: AsJson = False) -> None:
    """列出账户（内置的 admin 除外）/ the accounts beside the built-in admin."""
    with spoken(UnreadableOperatorsError):
        found = sorted(_file().read().values(), key=lambda one: one.name)
    titles = ["用户名 name", "角色 role", "部门 department", "建立 added"]
    shown = [one.model_dump(mode="json", exclude={"password"}) for one in found]
    tell_all("operators", titles, shown, as_json)


@app.command(name="role")
def set_role(
    name: Name,
    role: Annotated[Role, typer.Argument(help=f"新角色 / its new role: {_ROLES}")],
    as_json: AsJson = False,
) -> None:
    """改角色，须重新登录 / change the role; the operator signs in again."""
    _replace(name, role=role)
    if as_json:
        put_json({"name": name, "role": role.value})
    else:
        say(f"{name} 的角色改为 {role.value} / changed")


@app.command(name="password")
def set_password(
    name: Name, password_stdin: PasswordStdin = False, as_json: AsJson = False
) -> None:
    """换口令，须重新登录 / change the password; the operator signs in again."""
    password = new_secret(password_stdin)
    _replace(name, password=hashed(password))
    tell_made({"name": name}, password, password_stdin, as_json)


@app.command()
def remove(name: Name, as_json: AsJson = False) -> None:
    """删除账户，立即退出 / remove an account; it is signed out at once."""

    def step(operators: ByName) -> None:
        del operators[_known(operators, name)]

    _change(step)
    tell_removed(name, as_json)


def _replace(name: str, **changed: object) -> None:
    def step(operators: ByName) -> None:
        operators[name] = operators[_known(operators, name)].model_copy(update=changed)

    _change(step)


def _known(operators: ByName, name: str) -> str:
    if name not in operators:
        raise CommandError(
            f"没有账户 {name}，见 pacekeeper operators list；内置的 admin 由"
            " PACEKEEPER_CONSOLE_PASSWORD 决定",
            f"there is no operator {name}: see `pacekeeper operators list`; the built-in admin"
            " goes by PACEKEEPER_CONSOLE_PASSWORD",
        )
    return name


def _file() -> OperatorFile:
    return OperatorFile(settings.load().operators_file)


def _change(step: Callable[[ByName], None]) -> None:
    with spoken(UnreadableOperatorsError):
        _file().change(step)


def _check_department(department: str | None) -> None:
    try:
        TypeAdapter(Slug | None).validate_python(department)
    except ValidationError:
        raise CommandError(
            f"--department {department} 不是部门代号：应为小写字母、数字和 _ . -，最多 96 个字符",
            f"--department {department} is no department: lower-case letters, digits, _ . and -,"
            " at most 96",
        ) from None


def _no_name(name: str) -> CommandError:
    reserved = ", ".join(sorted(RESERVED))
    return CommandError(
        f"用户名 {name!r} 不可用：以文字、数字或 _ 开头，只含文字、数字和 _ . · -，最多 64 个字符，"
        f"不能是 {reserved}",
        f"{name!r} cannot be an operator's name: letters of any script, digits, _ . · and -,"
        f" the first no mark but _, at most 64, none of {reserved}",
    )


if __name__ == "__main__":
    run(app)
