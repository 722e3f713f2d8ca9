"""What figures measure, which may be set beside one another, and a value with its facts."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from schemas.data import IndicatorDefined, Measure
from schemas.records.dossier import Fact
from schemas.status import Status
from services.series.months import day_in_china


class Family(StrEnum):
    """Figures of one family can stand for one another: what a flow came to, or came to since."""

    FLOW = "flow"
    PERIOD = "period"
    STOCK = "stock"
    RATE = "rate"


FAMILY_OF = {
    Measure.PERIOD: Family.FLOW,
    Measure.CUMULATIVE: Family.FLOW,
    Measure.STOCK: Family.STOCK,
    Measure.RATE: Family.RATE,
}

Pick = Callable[[Fact], bool]


def family_of(indicator: IndicatorDefined) -> Family:
    """The family that an indicator's own figures belong to."""
    return FAMILY_OF[indicator.measure]


def judgeable(fact: Fact) -> bool:
    """A forecast is shown, never judged."""
    return fact.status is not Status.FORECAST


def published_history(fact: Fact) -> bool:
    """Any status will do for a past value, except simulated."""
    return not simulated(fact)


def simulated(fact: Fact) -> bool:
    """What a simulated figure may be compared with."""
    return fact.status is Status.EXPERIMENTAL


def published(fact: Fact) -> bool:
    """What a published figure may be compared with."""
    return judgeable(fact) and not simulated(fact)


class Figure(NamedTuple):
    """A value over a span of days, with the facts it follows from."""

    value: Decimal
    start: date
    end: date
    first_recorded_on: date
    facts: tuple[Fact, ...]

    @property
    def history(self) -> Pick:
        """Which past facts may be set beside this figure: simulated with simulated only."""
        return simulated if any(map(simulated, self.facts)) else published_history

    @property
    def beside(self) -> Pick:
        """Which facts of the same period may be set beside it: a forecast is none."""
        return simulated if any(map(simulated, self.facts)) else published


def recorded_on(facts: Iterable[Fact]) -> date:
    """The day, in China, on which the last piece was first published."""
    return day_in_china(max(fact.first_recorded_at for fact in facts))


def new_year(day: date) -> date:
    """1 January of its year."""
    return date(day.year, 1, 1)
