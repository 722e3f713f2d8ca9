"""How a command ends: 0 done, 1 refused or failed, 2 wrong usage, 70 internal; said in one line."""

import sys
from collections.abc import Callable

from pydantic import ValidationError

REFUSED = 1
INTERNAL = 70


class CommandError(Exception):
    """Refused or failed for a reason the user can act on; said in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


def run(app: Callable[[], object]) -> None:
    """Run one command; a failure is one line on stderr."""
    try:
        app()
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
    except Exception as error:
        if isinstance(error, ValidationError) and error.title == "Settings":
            sys.stderr.write(f"{_of_settings(error)}\n")
            sys.exit(REFUSED)
        sys.stderr.write(f"内部错误 / internal error: {type(error).__name__}: {error}\n")
        sys.exit(INTERNAL)


def _of_settings(error: ValidationError) -> CommandError:
    """Which variable of the environment, or of secrets.env, cannot be."""
    first = error.errors(include_url=False)[0]
    name = f"PACEKEEPER_{first['loc'][0]}".upper()
    return CommandError(
        f"环境变量 {name} 的值无效，取值见 docs/settings.md",
        f"{name} is not valid: {first['msg']}; see docs/settings.md",
    )
