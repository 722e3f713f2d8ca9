"""How a command ends: 0 done, 1 refused or failed, 2 wrong usage, 70 internal; said in one line."""

import sys
from collections.abc import Callable

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
        sys.stderr.write(f"内部错误 / internal error: {type(error).__name__}: {error}\n")
        sys.exit(INTERNAL)
