"""Counts of projects and chargers, how far investment is, what is in reach of a charger; pure.

Such a figure is final: it says of what was reported how many there are, and a later report is a
vintage.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from schemas import unit
from schemas.data import Measure
from schemas.exact import CONTEXT
from schemas.status import Status
from services.aggregate.counts import Amounts, Step
from services.aggregate.derived import Key
from services.aggregate.fact import NOWHERE, Coordinates
from services.aggregate.formulas.arguments import first_of_year
from services.aggregate.formulas.question import Anew, Answer, Case, Question, Undefined


class Count(NamedTuple):
    """The figures of one counted series with every vintage, and when it was received last."""

    figures: Mapping[Key, Sequence[Step]]
    received_at: datetime | None


PROJECTS, CHARGERS = "projects", "chargers"
_COUNTED = {
    "count_projects": PROJECTS,
    "investment_progress": PROJECTS,
    "count_chargers": CHARGERS,
    "coverage": CHARGERS,
}
_HUNDRED = Decimal(100)


def counted_by(formula: Any) -> str | None:
    """What a formula counts; None when it rests on other indicators."""
    return None if formula is None else _COUNTED.get(formula.kind)


def since_new_year(formula: Any) -> bool:
    """Does the count begin anew each year?"""
    if formula.kind == "count_chargers":
        return bool(formula.since == "year")
    return bool(formula.kind != "coverage")


def count_key(formula: Any, end: date) -> Key:
    """Under which key the count at a month end stands before the indicator's measure is asked."""
    if since_new_year(formula):
        return Key("", Measure.CUMULATIVE, first_of_year(end), end)
    return Key("", Measure.STOCK, end, end)


def count(case: Case, key: Key) -> Question:
    """How many there are, in the unit of the indicator."""
    factor = unit.parse(case.indicator.unit).factor

    def read(amounts: Amounts) -> Decimal | Undefined:
        return CONTEXT.divide(amounts[0], factor)

    return _question(case, key, read)


def coverage(case: Case, key: Key) -> Question:
    """Points in reach over all points of the boundary: see `coverage_of`."""
    times = _times(case)

    def read(amounts: Amounts) -> Decimal | Undefined:
        if len(amounts) < 2:
            return Undefined("unknown_area")
        return CONTEXT.divide(CONTEXT.multiply(amounts[0], times), amounts[1])

    return _question(case, key, read)


def coverage_of(
    figures: Mapping[Key, Sequence[Step]], points: int | None
) -> Mapping[Key, Sequence[Step]]:
    """The counts of points in reach beside the number of all; None of a boundary nobody knows."""
    all_of_them = () if points is None else (Decimal(points),)
    return {
        key: [step._replace(amounts=(*step.amounts, *all_of_them)) for step in steps]
        for key, steps in figures.items()
    }


def progress(case: Case, key: Key) -> Question:
    """Invested this year over the year's plan; two currencies are never added."""
    times = _times(case)

    def read(amounts: Amounts) -> Decimal | Undefined:
        if len(amounts) < 4 or not amounts[1]:
            return Undefined("no_plan")
        invested, plan, of_cny, of_usd = amounts
        if of_cny and of_usd:
            return Undefined("currency_differs")
        return CONTEXT.divide(CONTEXT.multiply(invested, times), plan)

    return _question(case, key, read)


def _times(case: Case) -> Decimal:
    return _HUNDRED if unit.parse(case.indicator.unit).kind == "%" else Decimal(1)


class _Tally(NamedTuple):
    """A count as it was known from a step on; see Answered."""

    value: Decimal
    step: Step
    first_recorded_at: datetime

    @property
    def status(self) -> Status:
        """Final: how many there are of what was reported."""
        return Status.FINAL

    @property
    def basis(self) -> tuple[str, ...]:
        """The event that made it so."""
        return (self.step.event_id,)

    @property
    def coordinates(self) -> Coordinates:
        """A count has no other name that it could be newer than."""
        return NOWHERE

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Told apart by its steps alone."""
        return (self.coordinates,)

    @property
    def marks(self) -> Sequence[int]:
        """Every step is another count."""
        return (id(self.step),)


def _question(case: Case, key: Key, read: Callable[[Amounts], Decimal | Undefined]) -> Question:
    steps = case.counts[key]

    def answer(at: datetime) -> Answer:
        place = bisect_right(steps, at, key=lambda step: step.at)
        if not place:
            return None
        value = read(steps[place - 1].amounts)
        return (
            value if isinstance(value, Undefined) else _Tally(value, steps[place - 1], steps[0].at)
        )

    return Anew({step.at for step in steps}, answer)
