"""What follows from reported figures, at every moment one of them changed; pure."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from schemas.data import Measure
from schemas.status import Status
from services.aggregate.fact import Ground


class Key(NamedTuple):
    """What makes it the same figure at another moment."""

    scope: str
    measure: Measure
    start: date
    end: date


class Derived(NamedTuple):
    """One vintage of a derived figure; without a value it ceased to follow from anything."""

    recorded_at: datetime
    value: Decimal | None
    status: Status
    grounds: tuple[Ground, ...]

    @property
    def holds(self) -> bool:
        """Did it follow from something?"""
        return self.value is not None

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it rests on."""
        return tuple(event for ground in self.grounds for event in ground.basis)

    @property
    def first_recorded_at(self) -> datetime:
        """When the first vintage of the last of its pieces was recorded."""
        return max(ground.first_recorded_at for ground in self.grounds)


def merged(*histories: Iterable[Derived]) -> list[Derived]:
    """One figure that followed from several things in turn: where one ends another may begin."""
    both = sorted(chain(*histories), key=lambda each: (each.recorded_at, each.holds))
    return list({each.recorded_at: each for each in both}.values())
