"""What tests of the whole stack share."""

import pytest

from tests.command_line import Run
from tests.stack import RunningStack


@pytest.fixture
def run(stack: RunningStack, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command that meets the stack; its exit code, stdout and stderr."""
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    return run
