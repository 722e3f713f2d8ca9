"""`pacekeeper …` run in this process, as a person or a program would type it."""

from collections.abc import Callable

import pytest

from services.cli import __main__ as cli

# Its exit code, stdout and stderr.
Run = Callable[..., tuple[int, str, str]]


def command_line(monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Run:
    """What runs one command, its words as given."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["pacekeeper", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capture.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
