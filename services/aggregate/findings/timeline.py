"""What was known of a figure from moment to moment; pure."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from schemas.status import Status
from services.aggregate.fact import NOWHERE, Coordinates


class Said(NamedTuple):
    """A figure as it was known from a moment on, in the unit of the definition.

    `rounding` is half a unit of its last decimal as sent; of what follows from others their sum.
    """

    recorded_at: datetime
    first_recorded_at: datetime
    period: str
    value: Decimal
    rounding: Decimal
    status: Status
    note: str
    events: tuple[str, ...]
    where: Coordinates = NOWHERE

    @property
    def simulated(self) -> bool:
        """Simulated figures are compared among themselves."""
        return self.status is Status.EXPERIMENTAL


class Timeline:
    """What was known of one figure; None where it was not reported, or taken back."""

    def __init__(self, entries: Sequence[tuple[datetime, Said | None]]) -> None:
        self.moments = [moment for moment, _ in entries]
        self._said = [said for _, said in entries]

    @cached_property
    def simulates(self) -> bool:
        """Was it ever simulated?"""
        return any(said is not None and said.simulated for said in self._said)

    def at(self, moment: datetime) -> Said | None:
        """What was known then."""
        count = bisect_right(self.moments, moment)
        return self._said[count - 1] if count else None

    def steady_since(self, moment: datetime) -> bool:
        """Was it really measured, and never taken back, from then on?"""
        count = bisect_right(self.moments, moment)
        return count > 0 and all(s and not s.simulated for s in self._said[count - 1 :])


def newer(one: Said | None, other: Said | None) -> Said | None:
    """Of two names of one fact the one published later."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda said: (said.recorded_at, said.where))


def rather(one: Said | None, other: Said | None) -> Said | None:
    """The first, and the other only where there is no first."""
    return one or other


def merged(
    choose: Callable[[Said | None, Said | None], Said | None],
    one: Timeline | None,
    other: Timeline | None,
) -> Timeline | None:
    """Two timelines as one; None if there is neither."""
    if one is None or other is None or one is other:
        return one or other
    moments = sorted({*one.moments, *other.moments})
    return Timeline([(at, choose(one.at(at), other.at(at))) for at in moments])
