"""All that findings look at: the figures of a series from moment to moment; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from schemas import unit
from schemas.data import IndicatorDefined, Measure
from schemas.status import Status
from services.aggregate.derived import Derived, Key
from services.aggregate.fact import Fact, period_of
from services.aggregate.facts import Series, unit_of
from services.aggregate.findings.timeline import Said, Timeline, merged, newer, rather
from services.aggregate.store import Vintage
from services.aggregate.year_to_date import new_year

Lines = Mapping[Key, Timeline]
Totals = dict[tuple[str, date], Timeline | None]
Vintages = Sequence[tuple[datetime, Said | None]]


@dataclass(frozen=True)
class Known:
    """One series: every vintage of its figures, what was reported and what followed from it.

    `children` is what was reported of each entity below, where they must add up.
    """

    indicator: IndicatorDefined
    entity: str
    vintages: Mapping[Key, Vintages]
    reported: Lines
    derived: Mapping[Key, Sequence[Derived]]
    children: Mapping[str, Lines] = field(default_factory=dict)
    _reported_totals: Totals = field(default_factory=dict, repr=False)
    _totals: Totals = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        indicator: IndicatorDefined,
        entity: str,
        series: Series,
        children: Mapping[str, Series] | None = None,
    ) -> "Known":
        """The series as findings look at it."""
        vintages = _vintages(indicator, series)
        below = {
            child: _reported(_vintages(indicator, part)) for child, part in (children or {}).items()
        }
        return cls(indicator, entity, vintages, _reported(vintages), series.followed, below)

    @property
    def unit(self) -> str:
        """The unit of its amounts."""
        return self.indicator.unit

    def reported_total(self, scope: str, end: date) -> Timeline | None:
        """The year-to-date that was reported under either of its names."""
        if (scope, end) not in self._reported_totals:
            first = new_year(end)
            self._reported_totals[scope, end] = merged(
                newer,
                self.reported.get(Key(scope, Measure.CUMULATIVE, first, end)),
                self.reported.get(Key(scope, Measure.PERIOD, first, end)),
            )
        return self._reported_totals[scope, end]

    def total(self, scope: str, end: date) -> Timeline | None:
        """The year-to-date, reported or else followed from its pieces."""
        if (scope, end) not in self._totals:
            followed = self.followed(Key(scope, Measure.CUMULATIVE, new_year(end), end))
            self._totals[scope, end] = merged(rather, self.reported_total(scope, end), followed)
        return self._totals[scope, end]

    def followed(self, key: Key) -> Timeline | None:
        """What followed from its pieces."""
        every = self.derived.get(key)
        if every is None:
            return None
        return Timeline([(each.recorded_at, _followed(key, each)) for each in every])


def _vintages(indicator: IndicatorDefined, series: Series) -> dict[Key, Vintages]:
    return {
        Key(figure.scope, figure.measure, figure.start, figure.end): [
            (v.recorded_at, _told(series.fact(place, n), v, unit_of(indicator, figure.measure)))
            for n, v in enumerate(figure.vintages, start=1)
        ]
        for place, figure in enumerate(series.figures)
    }


def _reported(vintages: Mapping[Key, Vintages]) -> Lines:
    # A forecast is no actual: as long as it is the newest, nothing is known.
    return {
        key: Timeline(
            [(at, None if said and said.status is Status.FORECAST else said) for at, said in every]
        )
        for key, every in vintages.items()
    }


def _told(fact: Fact | None, vintage: Vintage, shown: str) -> Said | None:
    if fact is None:
        return None
    return Said(
        fact.recorded_at,
        fact.first_recorded_at,
        fact.period,
        fact.value,
        _rounding(vintage, shown),
        fact.status,
        vintage.note,
        fact.basis,
        fact.where,
    )


def _rounding(vintage: Vintage, shown: str) -> Decimal:
    if not vintage.sent_value:
        return Decimal(0)
    _, _, decimals = vintage.sent_value.partition(".")
    return _half(len(decimals), vintage.sent_unit, shown)


@lru_cache(maxsize=4096)
def _half(decimals: int, sent: str, shown: str) -> Decimal:
    """Half a unit of the last decimal."""
    half = Decimal((0, (5,), -decimals - 1))
    return unit.convert(half, unit.parse(sent), unit.parse(shown))


def _followed(key: Key, derived: Derived) -> Said | None:
    if derived.value is None:
        return None
    return Said(
        derived.recorded_at,
        derived.first_recorded_at,
        period_of(key.measure, key.start, key.end),
        derived.value,
        Decimal(0),
        derived.status,
        "",
        derived.basis,
    )
