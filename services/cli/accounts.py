"""What commands for accounts have in common: a password told once, a list, a file in trouble."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from services.cli.failures import CommandError
from services.cli.screen import put_json, put_table, say, stdout


def tell_made(account: dict[str, Any], password: str, was_given: bool, as_json: bool) -> None:
    """Show the password, this once, unless whoever ran the command gave it."""
    if as_json:
        put_json(account if was_given else account | {"password": password})
    elif not was_given:
        stdout.out(password, highlight=False)


def tell_removed(name: str, as_json: bool) -> None:
    """Say that an account is gone."""
    if as_json:
        put_json({"removed": name})
    else:
        say(f"已删除 {name} / removed")


def tell_all(
    kind: str, titles: Sequence[str], accounts: Sequence[dict[str, Any]], as_json: bool
) -> None:
    """List accounts; of each the same members in the order of the titles."""
    if as_json:
        put_json({kind: accounts})
    else:
        put_table("", titles, [list(account.values()) for account in accounts])


@contextmanager
def spoken(unreadable: type[Exception]) -> Iterator[None]:
    """Say in words why the file of accounts cannot be read or changed."""
    try:
        yield
    except unreadable as error:
        raise CommandError(
            f"账户文件无法读取，请修复它，或删除后重建账户；内置账户仍可登录：{error}",
            "the file of accounts cannot be read: mend it, or delete it and make the accounts"
            f" again; built-in accounts can still sign in ({error})",
        ) from error
    except OSError as error:
        raise CommandError(
            f"账户文件无法改动，请检查目录权限和磁盘：{error}",
            f"the file of accounts cannot be changed, look at its folder and disk: {error}",
        ) from error
