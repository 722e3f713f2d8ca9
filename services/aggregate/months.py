"""Values of months that follow from year-to-dates at two month ends; pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from schemas.data import Measure
from schemas.exact import CONTEXT
from schemas.period import is_month_end
from schemas.records import Fact
from schemas.status import Status
from services.aggregate.year_to_date import Total, least_final


class Month(NamedTuple):
    """A month nobody reported: the year-to-date at its end less the one before it."""

    start: date
    end: date
    value: Decimal
    pieces: tuple[Fact, ...]

    @property
    def status(self) -> Status:
        """The least final of the pieces'."""
        return least_final(self.pieces)


def derive(facts: Sequence[Fact], totals: Mapping[date, Total]) -> Iterator[Month]:
    """The months of one year that nobody reported and both of whose ends are known."""
    reported = {
        (fact.start, fact.end)
        for fact in facts
        if fact.measure is Measure.PERIOD and fact.status is not Status.FORECAST
    }
    for end, total in totals.items():
        start = end.replace(day=1)
        if not is_month_end(end) or (start, end) in reported:
            continue
        if start.month == 1:
            yield Month(start, end, total.value, total.pieces)
        elif (before := totals.get(start - timedelta(days=1))) is not None:
            value = CONTEXT.subtract(total.value, before.value)
            yield Month(start, end, value, total.pieces + before.pieces)
