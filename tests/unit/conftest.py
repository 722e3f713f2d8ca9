"""What the tests of the door share, and those of the supervisor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.statefolder import StateFolder
from tests.unit.ingest_front_door import FrontDoor


@pytest.fixture
def door() -> Iterator[FrontDoor]:
    """The ingest service on its in-memory ends, which knows an indicator and a city."""
    with FrontDoor() as made:
        made.set_out()
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    """A folder of state in which nothing ever ran."""
    made = StateFolder(tmp_path)
    made.make()
    return made
