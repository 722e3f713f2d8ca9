"""What several faults are compared with."""

from typing import Any

import pytest

from tests.faults.small_city import year
from tests.faults.years import replayed


@pytest.fixture(scope="session")
def undisturbed() -> dict[str, Any]:
    """The year of the small city as it came to without any fault."""
    return replayed(year())
