"""All that findings look at: the figures of a series from moment to moment; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache

from schemas import unit
from schemas.data import FLOW, IndicatorDefined, Measure
from schemas.exact import sum_of
from schemas.status import Status
from services.aggregate.derived import Derived, Key
from services.aggregate.fact import Coordinates, Fact, period_of
from services.aggregate.facts import Series, unit_of
from services.aggregate.findings.timeline import Said, Timeline, merged, newer, rather
from services.aggregate.store import Vintage
from services.aggregate.year_to_date import new_year

Bounds = tuple[Decimal, Decimal]
Totals = dict[tuple[str, date], Timeline | None]
Vintages = Sequence[tuple[datetime, Said | None]]


class Reported:
    """What was reported in a series; a figure's timeline is made when it is asked for."""

    def __init__(self, indicator: IndicatorDefined, series: Series) -> None:
        self._indicator = indicator
        self._series = series
        self._places = {key: place for place, key in enumerate(series.keys)}
        self._lines: dict[Key, Timeline] = {}

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def get(self, key: Key) -> Timeline | None:
        """What was known of one figure."""
        if key not in self._lines:
            if key not in self._places:
                return None
            # A forecast is no actual: as long as it is the newest, nothing is known.
            self._lines[key] = Timeline(
                [
                    (at, None if said and said.status is Status.FORECAST else said)
                    for at, said in self.vintages(key)
                ]
            )
        return self._lines[key]

    def vintages(self, key: Key) -> Vintages:
        """Every vintage of one figure, forecasts too."""
        place = self._places[key]
        unit = unit_of(self._indicator, key.measure)
        said = zip(self._series.figures[place].vintages, self._series.said[place], strict=True)
        return [(vintage.recorded_at, _told(fact, vintage, unit)) for vintage, fact in said]

    def rounding(self, derived: Derived) -> Decimal:
        """How far the pieces of what followed may be rounded off together.

        A month is what two year-to-dates differ by: a piece of both takes no part in it.
        """
        times = Counter(place for ground in derived.grounds for place in ground.places)
        once = (self._vintages[place] for place, count in times.items() if count == 1)
        return sum_of(_rounding(vintage, self._indicator.unit) for vintage in once)

    @cached_property
    def _vintages(self) -> dict[Coordinates, Vintage]:
        every = (vintage for figure in self._series.figures for vintage in figure.vintages)
        return {vintage[1:4]: vintage for vintage in every}

    def first_published(self) -> Iterator[tuple[Key, datetime]]:
        """When the first vintage of each figure was recorded."""
        moments = (figure.vintages[0].recorded_at for figure in self._series.figures)
        return zip(self._series.keys, moments, strict=True)

    def revised(self) -> list[Key]:
        """The figures with a second vintage."""
        figures = zip(self._series.keys, self._series.figures, strict=True)
        return [key for key, figure in figures if len(figure.vintages) > 1]


@dataclass(frozen=True)
class Known:
    """One series: what was reported of its figures, and what followed from it.

    `bounds` are the least and the greatest value that a figure ever had, as reported, forecast or
    followed from its pieces. Most series are plain: what cannot be is seen there, without a look
    at any moment. `children` is the same of each entity below, where they must add up.
    """

    indicator: IndicatorDefined
    entity: str
    series: Series = field(repr=False)
    reported: Reported = field(repr=False)
    children: Mapping[str, "Known"] = field(default_factory=dict)
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
        below = {child: cls.of(indicator, child, part) for child, part in (children or {}).items()}
        return cls(indicator, entity, series, Reported(indicator, series), below)

    @cached_property
    def bounds(self) -> Mapping[Key, Bounds]:
        """See above; of children nobody asks."""
        return _bounds(self.series)

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

    def figure(self, key: Key) -> Timeline | None:
        """A figure as it was reported, else under its other name, else as it followed."""
        reported = self.reported.get(key)
        if other_name(key) is None:
            return merged(rather, reported, self.followed(key))
        return merged(rather, reported, self.total(key.scope, key.end))

    def followed(self, key: Key) -> Timeline | None:
        """What followed from its pieces."""
        every = self.series.followed.get(key)
        if every is None:
            return None
        return Timeline([(each.recorded_at, self._followed(key, each)) for each in every])

    def _followed(self, key: Key, derived: Derived) -> Said | None:
        if derived.value is None:
            return None
        return Said(
            derived.recorded_at,
            derived.first_recorded_at,
            period_of(key.measure, key.start, key.end),
            derived.value,
            self.reported.rounding(derived),
            derived.status,
            "",
            derived.basis,
        )


def other_name(key: Key) -> Key | None:
    """A period value that begins on 1 January is also the year-to-date at its end; else None."""
    if key.measure not in FLOW or key.start != new_year(key.end):
        return None
    is_period = key.measure is Measure.PERIOD
    return key._replace(measure=Measure.CUMULATIVE if is_period else Measure.PERIOD)


def _bounds(series: Series) -> dict[Key, Bounds]:
    found: dict[Key, Bounds] = {}
    for key, said in zip(series.keys, series.said, strict=True):
        values = [fact.value for fact in said if fact is not None]
        if values:
            found[key] = (min(values), max(values)) if len(values) > 1 else (values[0], values[0])
    for key, past in series.followed.items():
        values = [each.value for each in past if each.value is not None]
        if key in found or len(values) > 1:
            values += found.get(key, ())
            found[key] = (min(values), max(values))
        else:
            found[key] = (values[0], values[0])
    return found


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
