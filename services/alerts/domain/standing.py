"""Where a target stands at the end of a period, or why that cannot be said."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from schemas.data import IndicatorDefined, TargetSet
from schemas.period import Span
from schemas.records import Fact, Lamp
from services.alerts.domain.index import FactIndex, Family, Figure
from services.alerts.domain.profile import History


class Sort(StrEnum):
    """What lamps compare: amounts by pace, rates by points, the rest is met or not."""

    AMOUNT = "amount"
    RATE = "rate"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Case:
    """One version of a target at the end of one period, with the figure to judge."""

    index: FactIndex
    indicator: IndicatorDefined
    entity: str
    target: TargetSet
    family: Family
    end: date
    figure: Figure

    @property
    def span(self) -> Span:
        """First and last day of the target."""
        return self.target.span

    @property
    def at_end(self) -> bool:
        """Does the figure cover the whole span?"""
        return self.end >= self.span.end

    @property
    def history(self) -> History:
        """Past values that may be set beside the figure."""
        return History(self.index, self.family, self.target.scope, self.figure.history)


@dataclass(frozen=True)
class Grey:
    """Cannot be judged: a reason code and the words that fill its sentence."""

    code: str
    words: dict[str, str] = field(default_factory=dict)
    actual: Decimal | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A figure beside what is expected of it.

    `goal` is that of the whole span, tolerance of an amount already taken off. `taken_off` is
    the base that pace disregards; None when it is not known. `facts` are those behind all this.
    """

    sort: Sort
    higher: bool
    actual: Decimal
    expected: Decimal
    goal: Decimal
    facts: tuple[Fact, ...]
    at_end: bool
    taken_off: Decimal | None = Decimal(0)
    tolerance: Decimal = Decimal(0)
    strict: bool = False
    can_be_blue: bool = False
    trajectory_used: str = ""
    fell_back: bool = False
    fixed_lamp: Lamp | None = None

    @property
    def gap(self) -> Decimal:
        """How far ahead; negative is behind, whatever the direction."""
        ahead = self.actual - self.expected
        return ahead if self.higher else -ahead

    @property
    def pace(self) -> Decimal | None:
        """Done over due, base taken off both; null for rates and where a ratio says nothing."""
        if self.sort is not Sort.AMOUNT or self.taken_off is None:
            return None
        done, due = self.actual - self.taken_off, self.expected - self.taken_off
        dividend, divisor = (done, due) if self.higher else (due, done)
        if divisor <= 0 or dividend < 0:
            return None
        return dividend / divisor

    @property
    def reached(self) -> bool:
        """Has the goal of the whole span been reached?"""
        return not self.falls_short(self.actual)

    def falls_short(self, value: Decimal) -> bool:
        """Would the span end short of the goal with this value?"""
        allowed = self.tolerance if self.sort is Sort.RATE else Decimal(0)
        ahead = (value - self.goal if self.higher else self.goal - value) + allowed
        return ahead < 0 or (self.strict and ahead == 0)


Outcome = Standing | Grey
