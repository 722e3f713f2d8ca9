"""Fixtures that more than one folder of tests shares."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.stack import RunningStack, running_stack

# What passed once passes again, however busy the machine is; each night tries other examples.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("PACEKEEPER_EXAMPLES", "same"))


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The whole embedded stack, once for all tests that only add to it."""
    home = Path(tempfile.mkdtemp(prefix="pacekeeper-"))
    try:
        with running_stack(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)
