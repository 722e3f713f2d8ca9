"""What a test needs of the machine and does not find there."""

import os
from typing import NoReturn

import pytest


def not_run(reason: str) -> NoReturn:
    """Skip for want of something; where all of it has to be there, that is a failure."""
    if os.environ.get("PACEKEEPER_REQUIRE_CLIENTS") == "1":
        pytest.fail(f"{reason} (PACEKEEPER_REQUIRE_CLIENTS=1)")
    pytest.skip(reason)
