"""The shape that all formulas have: what they read, whom they reach, and their answer; pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from schemas.data import IndicatorDefined
from schemas.status import Status
from services.aggregate.counts import Step
from services.aggregate.derived import Key
from services.aggregate.fact import Coordinates, Fact, Ground, least_final
from services.aggregate.formulas.arguments import Arguments, Timeline

SeriesKey = tuple[str, str]


class Tree(Protocol):
    """Which entity lies below which."""

    def parent(self, entity: str) -> str | None:
        """The entity above."""

    def children(self, entity: str) -> Iterable[str]:
        """The entities directly below."""


class Answered(Ground, Protocol):
    """What the formula gives. Answers that rest on other figures have other `marks`."""

    @property
    def value(self) -> Decimal:
        """The figure."""

    @property
    def status(self) -> Status:
        """The least final of what it was made from."""

    @property
    def marks(self) -> Sequence[int]:
        """Compared between answers of one question that are kept."""


class Value(NamedTuple):
    """What the formula gives, and the figures it was made from."""

    value: Decimal
    pieces: tuple[Fact, ...]

    @property
    def status(self) -> Status:
        """The least final of the pieces'."""
        return least_final(piece.status for piece in self.pieces)

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it was made from."""
        return tuple(event for piece in self.pieces for event in piece.basis)

    @property
    def first_recorded_at(self) -> datetime:
        """When the first vintage of the last of them was recorded."""
        return max(piece.first_recorded_at for piece in self.pieces)

    @property
    def coordinates(self) -> Coordinates:
        """Where the last of them lies."""
        return max(self.places)

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Where each of them lies."""
        return tuple(piece.coordinates for piece in self.pieces)

    @property
    def marks(self) -> Sequence[int]:
        """A vintage is an object of its own for as long as anything rests on it."""
        return [id(piece) for piece in self.pieces]


class Undefined(NamedTuple):
    """Why the first argument alone gives nothing."""

    reason: str


# None: there is no first argument, so nothing is asked.
Answer = Answered | Undefined | None


class Question(Protocol):
    """One figure of a derived indicator."""

    @property
    def moments(self) -> set[datetime]:
        """When the answer may have changed."""

    def answers(self, moments: Iterable[datetime]) -> Iterator[Answer]:
        """What it was at each of these moments, the earliest first."""


@dataclass(frozen=True)
class Anew:
    """A question that is answered anew for every moment."""

    moments: set[datetime]
    answer: Callable[[datetime], Answer]

    def answers(self, moments: Iterable[datetime]) -> Iterator[Answer]:
        """See Question."""
        return map(self.answer, moments)


class Case(NamedTuple):
    """A derived indicator of one entity.

    `look` gives the arguments of any series; `counts` are of what is counted instead.
    """

    indicator: IndicatorDefined
    entity: str
    tree: Tree
    look: Callable[[str, str], Arguments]
    counts: Mapping[Key, Sequence[Step]] = MappingProxyType({})

    @property
    def formula(self) -> Any:
        """Its formula; the rule knows the kind."""
        return self.indicator.formula


@dataclass(frozen=True)
class Rule:
    """One kind of formula.

    `first` are the series of the first argument, `others` the rest of what it reads. `reach` are
    the entities whose value rests on a series of it; None is every one that has a first argument.
    `places` are the decimals that are stored: what is divided is rounded, a sum is kept whole.
    """

    ask: Callable[[Case, Key], Question]
    first: Callable[[Any, str, Tree], Iterable[SeriesKey]]
    others: Callable[[Any, str, Tree], Iterable[SeriesKey]]
    reach: Callable[[Any, str, str, Tree], Iterable[str] | None]
    above: Callable[[str, Tree], Iterable[str]]
    places: int


def lines(*timelines: Timeline) -> set[datetime]:
    """Every moment at which one of them changed."""
    return {moment for line in timelines for moment in line.moments}


def missing(of: Arguments, scope: str, key: Key, at: datetime) -> Undefined:
    """Why there is nothing to set beside a figure."""
    return Undefined("scope_differs" if of.elsewhere(scope, key, at) else "no_comparison")
