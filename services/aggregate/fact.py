"""One figure as it was known at a moment, in the unit of its definition."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Protocol

from schemas.data import Measure
from schemas.period import Span
from schemas.status import Status
from services.aggregate.decode import fact_name

# Partition, offset and line of `events`: of what was published at one moment the greater is newer.
Coordinates = tuple[int, int, int]
NOWHERE: Coordinates = (-1, -1, -1)


class Ground(Protocol):
    """What a derived figure rests on: a reported one, or what was made of several."""

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it was made from."""

    @property
    def first_recorded_at(self) -> datetime:
        """When the first vintage of the last of them was recorded."""

    @property
    def coordinates(self) -> Coordinates:
        """Where the last of them lies."""

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Where each of them lies: an id may be of two sources."""


class Fact(NamedTuple):
    """`schemas.records.dossier.Fact`, which tells what the fields say, before it crosses the wire.

    A reported one is of an `event` that lies somewhere, `where`; a derived one has `grounds`.
    """

    scope: str
    measure: Measure
    start: date
    end: date
    period: str
    value: Decimal
    status: Status
    recorded_at: datetime
    first_recorded_at: datetime
    vintages: int = 1
    derived: bool = False
    event: str = ""
    grounds: tuple[Ground, ...] = ()
    where: Coordinates = NOWHERE

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it rests on, each once."""
        if not self.derived:
            return (self.event,)
        return tuple(dict.fromkeys([event for ground in self.grounds for event in ground.basis]))

    @property
    def coordinates(self) -> Coordinates:
        """Where its event lies; of a derived one, the last that it rests on."""
        return self.where if not self.derived else max(self.places, default=NOWHERE)

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Where each of its events lies."""
        if not self.derived:
            return (self.where,)
        return tuple(place for ground in self.grounds for place in ground.places)

    @property
    def age(self) -> tuple[datetime, Coordinates]:
        """Of two names of one fact the one of the greater age was published later."""
        return self.recorded_at, self.coordinates


# From the least to the most final: a sum is no better than its worst piece.
_FINALITY = {
    status: rank
    for rank, status in enumerate(
        (
            Status.EXPERIMENTAL,
            Status.ESTIMATE,
            Status.UNCHECKED,
            Status.DEFINITION,
            Status.BREAK,
            Status.PRELIMINARY,
            Status.FINAL,
        )
    )
}


def less_final(one: Status, other: Status) -> Status:
    """The status of what rests on figures of both."""
    return one if one is other or _FINALITY[one] < _FINALITY[other] else other


def least_final(statuses: Iterable[Status]) -> Status:
    """The status of what rests on figures of all these."""
    return min(statuses, key=_FINALITY.__getitem__)


@lru_cache(maxsize=65536)
def period_of(measure: Measure, start: date, end: date) -> str:
    """The canonical period of a figure over these days."""
    return fact_name(measure, Span(start, end))
