"""How a command fails: said in one line on stderr, with the exit code of the contract."""

REFUSED = 1
INTERNAL = 70


class CommandError(Exception):
    """Refused or failed for a reason the user can act on; said in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
