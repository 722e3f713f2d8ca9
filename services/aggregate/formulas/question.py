"""The shape that all formulas have: what they read, whom they reach, and their answer; pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from schemas.data import IndicatorDefined
from services.aggregate.derived import Key
from services.aggregate.fact import Fact
from services.aggregate.formulas.arguments import Arguments, Timeline

SeriesKey = tuple[str, str]


class Tree(Protocol):
    """Which entity lies below which."""

    def parent(self, entity: str) -> str | None:
        """The entity above."""

    def children(self, entity: str) -> Iterable[str]:
        """The entities directly below."""


class Value(NamedTuple):
    """What the formula gives, and the figures it was made from."""

    value: Decimal
    pieces: tuple[Fact, ...]

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it was made from."""
        return tuple(event for piece in self.pieces for event in piece.basis)

    @property
    def first_recorded_at(self) -> datetime:
        """When the first vintage of the last of them was recorded."""
        return max(piece.first_recorded_at for piece in self.pieces)


class Undefined(NamedTuple):
    """Why the first argument alone gives nothing."""

    reason: str


# None: there is no first argument, so nothing is asked.
Answer = Value | Undefined | None


@dataclass(frozen=True)
class Question:
    """One figure of a derived indicator: when its answer may have changed, and the answers."""

    moments: set[datetime]
    answer: Callable[[datetime], Answer]


class Case(NamedTuple):
    """A derived indicator of one entity. `look` gives the arguments of any series."""

    indicator: IndicatorDefined
    entity: str
    tree: Tree
    look: Callable[[str, str], Arguments]

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
