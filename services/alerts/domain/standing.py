"""Where a target stands at the end of a period, or why that cannot be said."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from schemas.data import IndicatorDefined, TargetSet
from schemas.period import Span
from schemas.records.assessment import Lamp
from schemas.records.dossier import Fact
from services.alerts.domain.world import NOWHERE, World
from services.series.index import FactIndex
from services.series.measured import Family, Figure
from services.series.profile import History


class Sort(StrEnum):
    """What lamps compare: amounts by pace, rates by points, the rest is met or not."""

    AMOUNT = "amount"
    RATE = "rate"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Case:
    """One version of a target at the end of one period, with the figure to judge.

    `vintages` has, beside the newest vintage of every figure, that of every other status class.
    """

    index: FactIndex
    indicator: IndicatorDefined
    entity: str
    target: TargetSet
    family: Family
    end: date
    figure: Figure
    world: World = NOWHERE
    vintages: FactIndex = field(default_factory=lambda: FactIndex(()))

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

    @property
    def growth(self) -> Figure | None:
        """The reported year-on-year rate at the same day, that of the span to date first."""
        span = Span(self.span.start, self.end)
        return self.index.figure(Family.RATE, self.target.scope, span, self.figure.beside)


@dataclass(frozen=True)
class Grey:
    """Cannot be judged: a reason code and the words that fill its sentence.

    `english` are those that read otherwise in the English one.
    """

    code: str
    words: dict[str, str] = field(default_factory=dict)
    actual: Decimal | None = None
    facts: tuple[Fact, ...] = ()
    english: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A figure beside what is expected of it.

    `goal` is that of the whole span, tolerance of an amount already taken off; `goal_moves` where
    it is another series' figure. `taken_off` is the base that pace disregards; None when it is
    not known. `facts` are those behind all this. `measured` is the gap where it is no difference
    of actual and expected. `against` says what is expected in words (reasons.AGAINST), `beside`
    names the other series in Chinese and English, `unit` is that of the figures if it is not the
    indicator's.
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
    goal_moves: bool = False
    measured: Decimal | None = None
    against: str = "plan"
    beside: tuple[str, str] = ("", "")
    unit: str | None = None

    @property
    def gap(self) -> Decimal:
        """How far ahead; negative is behind, whatever the direction."""
        if self.measured is not None:
            return self.measured
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
    def equal(self) -> bool:
        """Is it exactly what the goal asks for? Of an amount that counts at the span's end."""
        if self.sort is Sort.AMOUNT:
            return self.at_end and self.actual == self.goal
        return self.gap == -self.tolerance

    @property
    def met(self) -> bool:
        """Is it as far as it should be by now? A strict goal wants more than exactly that."""
        return self.gap >= -self.tolerance and not (self.strict and self.equal)

    @property
    def reached(self) -> bool:
        """Has the goal of the whole span been reached?"""
        return not self.falls_short(self.actual)

    @property
    def threshold(self) -> Decimal | None:
        """The value that meets the goal at the span's end; None where the goal moves."""
        if self.goal_moves:
            return None
        allowed = self.tolerance if self.sort is Sort.RATE else Decimal(0)
        return self.goal - allowed if self.higher else self.goal + allowed

    def falls_short(self, value: Decimal) -> bool:
        """Would the span end short of the goal with this value?"""
        allowed = self.tolerance if self.sort is Sort.RATE else Decimal(0)
        ahead = (value - self.goal if self.higher else self.goal - value) + allowed
        return ahead < 0 or (self.strict and ahead == 0)


Outcome = Standing | Grey
