"""A series as it is stored: what it says now, every vintage, and what it lacks; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
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
    """Makes the rows of one indicator's series; what follows is rounded to so many places."""

    def __init__(self, indicator: IndicatorDefined, places: int) -> None:
        self._indicator = indicator.indicator
        self._units = {measure: unit_of(indicator, measure) for measure in Measure}
        self._smallest = Decimal(1).scaleb(-places)

    def row(
        self,
        entity: str,
        version: int,
        facts: Iterable[Fact],
        reported: Iterable[Reported],
        derived: Mapping[Key, Sequence[Derived]],
        lacks: Mapping[Key, str],
        found: Sequence[Finding],
    ) -> SeriesRow:
        """One series: what holds now, every vintage, what it lacks, and what was found in it."""
        past = [*self._reported(reported), *self._derived(derived)]
        lack = [(*key, period_of(*key[1:]), reason) for key, reason in lacks.items()]
        return SeriesRow(
            self._indicator,
            entity,
            version,
            *_columns(list(self._now(facts)), 11),
            *_columns(past, 12),
            *_columns(lack, 6),
            *_columns(found, len(Finding._fields)),
        )

    def _now(self, facts: Iterable[Fact]) -> Iterator[tuple[Any, ...]]:
        for fact in facts:
            yield (
                *fact[:5],
                self._rounded(fact.value) if fact.derived else fact.value,
                self._units[fact.measure],
                fact.status,
                fact.recorded_at,
                fact.vintages,
                fact.derived,
            )

    def _reported(self, reported: Iterable[Reported]) -> Iterator[tuple[Any, ...]]:
        for key, vintages, said in reported:
            name, unit = period_of(*key[1:]), self._units[key.measure]
            ends = _ends(vintages)
            for number, (vintage, fact) in enumerate(zip(vintages, said, strict=True)):
                value = None if fact is None else fact.value
                at, until = vintage.recorded_at, ends[number]
                yield (*key, name, value, unit, vintage.status, at, until, number + 1, False)

    def _derived(self, derived: Mapping[Key, Sequence[Derived]]) -> Iterator[tuple[Any, ...]]:
        for key, vintages in derived.items():
            name, unit = period_of(*key[1:]), self._units[key.measure]
            held = 0
            for one, until in zip(vintages, _ends(vintages), strict=True):
                held += one.holds
                value = None if one.value is None else self._rounded(one.value)
                yield (*key, name, value, unit, one.status, one.recorded_at, until, held, True)

    def _rounded(self, value: Decimal) -> Decimal:
        return value.quantize(self._smallest, context=CONTEXT)


def _ends(vintages: Sequence[Vintage] | Sequence[Derived]) -> list[datetime]:
    return [*(vintage.recorded_at for vintage in vintages[1:]), UNENDED]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
