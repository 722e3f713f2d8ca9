"""`db user`: add, list and remove accounts of the embedded ClickHouse; it need not be restarted."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy.local.clickhouse.users import (
    RESERVED,
    Access,
    UnreadableUsersError,
    User,
    UserFile,
    is_name,
    users_path,
)
from deploy.local.settings import read_settings
from services.cli.accounts import spoken, tell_all, tell_made, tell_removed
from services.cli.failures import CommandError
from services.cli.secret import PasswordStdin, new_secret
from services.cli.stack import AsJson
from services.runtime.passwords import hashed

app = typer.Typer(no_args_is_help=True, help="数据库账户 / accounts of the database")

Name = Annotated[str, typer.Argument(help="账户名 / name of the account")]


@app.command()
def add(
    name: Name,
    everything: Annotated[
        bool, typer.Option("--all/--read-only", help="全部权限，或只读 bi.* / all rights, or bi.*")
    ] = False,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """新建账户，口令只显示这一次 / make an account; its password is shown this once."""
    if not is_name(name):
        raise _no_name(name)
    password = new_secret(password_stdin)
    access: Access = "all" if everything else "read-only"
    user = User(name, access, hashed(password), datetime.now(UTC).isoformat(timespec="seconds"))

    def step(users: dict[str, User]) -> None:
        if name in users:
            raise CommandError(
                f"账户 {name} 已存在，先用 pacekeeper db user remove {name} 删除",
                f"there is an account {name}: remove it first with"
                f" `pacekeeper db user remove {name}`",
            )
        users[name] = user

    _change(step)
    tell_made({"name": name, "access": access}, password, password_stdin, as_json)


@app.command(name="list")
def list_users(as_json: AsJson = False) -> None:
    """列出新建的账户 / the accounts that were added."""
    with spoken(UnreadableUsersError):
        found = sorted(_file().read().values(), key=lambda user: user.name)
    titles = ["账户 name", "权限 access", "建立 added"]
    shown = [{"name": u.name, "access": u.access, "added": u.added_at} for u in found]
    tell_all("users", titles, shown, as_json)


@app.command()
def remove(name: Name, as_json: AsJson = False) -> None:
    """删除账户，立即生效 / remove an account, at once."""

    def step(users: dict[str, User]) -> None:
        if users.pop(name, None) is None:
            raise CommandError(
                f"没有新建过账户 {name}，见 pacekeeper db user list",
                f"no account {name} was added: see `pacekeeper db user list`",
            )

    _change(step)
    tell_removed(name, as_json)


def _file() -> UserFile:
    settings = read_settings(os.environ)
    if settings.clickhouse_url:
        raise CommandError(
            "PACEKEEPER_CLICKHOUSE_URL 指向外部服务器，请在那里用 CREATE USER 管理账户",
            "PACEKEEPER_CLICKHOUSE_URL names a server of your own: make its accounts there,"
            " with CREATE USER",
        )
    return UserFile(users_path(settings.home / "clickhouse"))


def _change(step: Callable[[dict[str, User]], None]) -> None:
    with spoken(UnreadableUsersError):
        _file().change(step)


def _no_name(name: str) -> CommandError:
    reserved = "、".join(sorted(RESERVED))
    return CommandError(
        f"账户名 {name} 不可用：以字母或下划线开头，只含字母、数字和 _ . -，最多 64 个字符，"
        f"不能是 {reserved}",
        f"{name} cannot be an account's name: begin with a letter or _, then letters, digits,"
        f" _ . and -, at most 64 in all, and none of {', '.join(sorted(RESERVED))}",
    )
