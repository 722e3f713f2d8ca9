"""What follows from reported figures, at every moment one of them changed; pure."""

from collections.abc import Iterable, Mapping
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
        return max([ground.first_recorded_at for ground in self.grounds])


def shown(past: Iterable[Derived], reported: Mapping[datetime, bool]) -> list[Derived]:
    """A derived figure as it is shown: it gives way to what was reported under its own key.

    Below a forecast it goes on unseen, for others to rest on. `reported` tells from which moment
    on there was a reported one and from which there was none.
    """
    changes = {each.recorded_at: each for each in past}
    found: list[Derived] = []
    now: Derived | None = None
    hidden = False
    for at in sorted(changes.keys() | reported.keys()):
        now, hidden = changes.get(at, now), reported.get(at, hidden)
        held = bool(found) and found[-1].holds
        if now is None or not now.holds or hidden:
            if held:
                found.append(found[-1]._replace(recorded_at=at, value=None))
        elif at in changes or not held:
            found.append(now._replace(recorded_at=at))
    return found


def merged(*histories: Iterable[Derived]) -> list[Derived]:
    """One figure that followed from several things in turn: where one ends another may begin."""
    both = sorted(chain(*histories), key=lambda each: (each.recorded_at, each.holds))
    return list({each.recorded_at: each for each in both}.values())
