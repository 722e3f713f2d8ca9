"""Fixtures that more than one folder of tests shares."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import RunningStack, running_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The whole embedded stack, once for all tests that only add to it."""
    home = Path(tempfile.mkdtemp(prefix="pacekeeper-"))
    try:
        with running_stack(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)
