"""What the tests of the door share."""

from collections.abc import Iterator

import pytest

from tests.unit.ingest_front_door import FrontDoor


@pytest.fixture
def door() -> Iterator[FrontDoor]:
    """The ingest service on its in-memory ends, which knows an indicator and a city."""
    with FrontDoor() as made:
        made.set_out()
        yield made
