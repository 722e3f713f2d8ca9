"""A series as it is stored: what it says now, every vintage, and what it lacks; pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate, chain
from typing import Any

from schemas.data import IndicatorDefined, Measure
from schemas.exact import CONTEXT
from services.aggregate.derived import Derived, Key
from services.aggregate.fact import Fact, period_of
from services.aggregate.figures import Vintage
from services.aggregate.tables import Finding, SeriesRow

# Until when the newest vintage is the newest: the last day that a column can tell.
UNENDED = datetime(2299, 12, 31, tzinfo=UTC)

Reported = tuple[Key, Sequence[Vintage], Sequence[Fact | None]]


def unit_of(indicator: IndicatorDefined, measure: Measure) -> str:
    """The unit of a figure: a growth reported beside amounts is in %."""
    beside = measure is Measure.RATE and indicator.measure is not Measure.RATE
    return "%" if beside else indicator.unit


class Rows:
    """Makes the rows of one indicator's series; what follows is rounded to so many places.

    A series has hundreds of vintages: they are handled column by column, as they are stored.
    """

    def __init__(self, indicator: IndicatorDefined, places: int) -> None:
        self._indicator = indicator.indicator
        self._units = {measure: unit_of(indicator, measure) for measure in Measure}
        self._smallest = Decimal(1).scaleb(-places)

    def row(
        self,
        entity: str,
        version: int,
        facts: Sequence[Fact],
        reported: Sequence[Reported],
        derived: Mapping[Key, Sequence[Derived]],
        lacks: Mapping[Key, str],
        found: Sequence[Finding],
    ) -> SeriesRow:
        """One series: what holds now, every vintage, what it lacks, and what was found in it."""
        lack = [(*key, period_of(*key[1:]), reason) for key, reason in lacks.items()]
        return SeriesRow(
            self._indicator,
            entity,
            version,
            *self._now(facts),
            *map(list.__add__, self._reported(reported), self._derived(derived)),
            *_columns(lack, 6),
            *_columns(found, len(Finding._fields)),
        )

    def _now(self, facts: Sequence[Fact]) -> list[list[Any]]:
        scope, measure, start, end, name, value, status, at, _, vintages, derived, *_ = _columns(
            facts, len(Fact._fields)
        )
        value = [self._rounded(v) if d else v for v, d in zip(value, derived, strict=True)]
        units = [self._units[each] for each in measure]
        return [scope, measure, start, end, name, value, units, status, at, vintages, derived]

    def _reported(self, reported: Sequence[Reported]) -> list[list[Any]]:
        keys, histories, said = _columns(reported, 3)
        facts = chain.from_iterable(said)
        values = [None if fact is None else fact.value for fact in facts]
        numbers = list(chain.from_iterable(range(1, len(past) + 1) for past in histories))
        return self._past(keys, histories, values, numbers, False)

    def _derived(self, derived: Mapping[Key, Sequence[Derived]]) -> list[list[Any]]:
        histories = list(derived.values())
        vintages = chain.from_iterable(histories)
        values = [None if one.value is None else self._rounded(one.value) for one in vintages]
        numbers: list[int] = []
        for past in histories:
            numbers += accumulate([int(one.holds) for one in past])
        return self._past(list(derived), histories, values, numbers, True)

    def _past(
        self,
        keys: Sequence[Key],
        histories: Sequence[Sequence[Vintage]] | Sequence[Sequence[Derived]],
        values: list[Decimal | None],
        numbers: list[int],
        derived: bool,
    ) -> list[list[Any]]:
        """The columns of `past`: each vintage is the newest until the next one was recorded."""
        counts = list(map(len, histories))
        each = [key for key, count in zip(keys, counts, strict=True) for _ in range(count)]
        scope, measure, start, end = _columns(each, 4)
        names = list(map(period_of, measure, start, end))
        units = [self._units[of] for of in measure]
        vintages: list[Vintage | Derived] = list(chain.from_iterable(histories))
        status = [vintage.status for vintage in vintages]
        at = [vintage.recorded_at for vintage in vintages]
        until = at[1:] + [UNENDED] * bool(at)
        for count in accumulate(counts):
            until[count - 1] = UNENDED
        marks = [derived] * len(at)
        return [scope, measure, start, end, names, values, units, status, at, until, numbers, marks]

    def _rounded(self, value: Decimal) -> Decimal:
        return value.quantize(self._smallest, context=CONTEXT)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return list(map(list, zip(*rows, strict=True))) or [[] for _ in range(width)]
