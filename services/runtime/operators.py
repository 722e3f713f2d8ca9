"""The file of the console's operators: the command line changes it, the console follows it."""

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from schemas.operators import Operator, Operators
from services.runtime.errors import RefusedError
from services.runtime.keptfile import KeptFile

ByName = dict[str, Operator]


class UnreadableOperatorsError(RefusedError):
    """The file is there, but cannot be read as accounts; it names the file, never its content."""


class OperatorFile:
    """All accounts by name; none if there is no file. A file that cannot be read stays as it is."""

    def __init__(self, path: Path) -> None:
        self._kept = KeptFile(path)

    def read(self) -> ByName:
        """Every account. UnreadableOperatorsError."""
        try:
            text = self._kept.read()
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableOperatorsError(f"{self._kept.path}: {error}") from error
        return self._parsed(text)

    def change(self, step: Callable[[ByName], None]) -> None:
        """Let a step change the accounts and keep what it leaves.

        UnreadableOperatorsError, OSError.
        """

        def changed(text: str | None) -> str:
            operators = self._parsed(text)
            step(operators)
            kept = Operators(operators=tuple(operators.values()))
            return kept.model_dump_json(indent=1) + "\n"

        try:
            self._kept.change(changed)
        except UnicodeDecodeError as error:
            raise UnreadableOperatorsError(f"{self._kept.path}: {error}") from error

    def stamp(self) -> object:
        """Something that changes whenever the file does, also what keeps it from being read."""
        try:
            return self._kept.stamp()
        except OSError as error:
            return str(error)

    def _parsed(self, text: str | None) -> ByName:
        if text is None:
            return {}
        try:
            found = Operators.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = [str(self._kept.path), ".".join(map(str, first["loc"])), first["msg"]]
            raise UnreadableOperatorsError(": ".join(filter(None, where))) from None
        return {operator.name: operator for operator in found.operators}
