"""Fixtures that more than one folder of tests shares."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.command_line import Run, command_line
from tests.stack import RunningStack, running_stack

# What passed once passes again, however busy the machine is; each night tries other examples.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("PACEKEEPER_EXAMPLES", "same"))


# A scheme of lamps that an office brings with it.
OWN_LAMPS = """
- name: district-2024
  name_zh: 区督查室三色灯
  name_en: Lamps of the district office
  origin: 举例 / an example
  measure: pace
  green: "0.95"
  yellow: 0.8
"""


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The whole embedded stack, once for all tests that only add to it."""
    home = Path(tempfile.mkdtemp(prefix="pacekeeper-"))
    (home / "lamps.yaml").write_text(OWN_LAMPS, encoding="utf-8")
    try:
        with running_stack(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command in this process; its exit code, stdout and stderr."""
    return command_line(monkeypatch, capfd)
