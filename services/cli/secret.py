"""A password for an account: made here, or the first line of standard input."""

import sys
from typing import Annotated

import typer

from services.cli.failures import CommandError
from services.runtime.passwords import new_password

SHORTEST, LONGEST = 12, 1000
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读口令 / read it from stdin")
]


def new_secret(from_stdin: bool) -> str:
    """The password. CommandError if the line that was given is none."""
    if not from_stdin:
        return new_password()
    try:
        given = sys.stdin.readline().rstrip("\r\n")
        # Python may keep bytes that are no text; nobody could type them into a form.
        given.encode()
    except UnicodeError as error:
        raise CommandError(
            "标准输入不是 UTF-8 文本，请改用 UTF-8", "stdin is not UTF-8 text: give it as UTF-8"
        ) from error
    if not SHORTEST <= len(given) <= LONGEST:
        raise CommandError(
            f"口令长度不对，标准输入的第一行至少要 {SHORTEST} 个字符，最多 {LONGEST} 个",
            f"the password is too short or too long: the first line of stdin needs at least"
            f" {SHORTEST} characters and at most {LONGEST}",
        )
    return given
