"""The clock as a port: what reads the time takes one of these."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system() -> datetime:
    """The time of the machine, in UTC."""
    return datetime.now(UTC)
