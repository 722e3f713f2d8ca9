"""What the figures of a series say, now and at an earlier moment; pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from schemas import unit
from schemas.data import IndicatorDefined, Measure
from schemas.exact import CONTEXT, PLACES
from schemas.period import Span
from schemas.records import Fact
from schemas.status import Status
from services.aggregate.decode import fact_name
from services.aggregate.derived import Derived, Key, history, merged
from services.aggregate.formulas.arguments import Vintage
from services.aggregate.formulas.evaluate import Formed
from services.aggregate.store import Figure
from services.aggregate.tables import Finding, SeriesRow


class Series:
    """The figures of one series, in the unit of its definition.

    A figure taken back (status M) is as if it had never been reported.
    """

    def __init__(self, indicator: IndicatorDefined, figures: Sequence[Figure]) -> None:
        self._indicator = indicator
        self.figures = figures
        self._known: dict[tuple[int, int], Fact | None] = {}
        self.followed = history(self.years(), self.as_of) if indicator.is_flow else {}
        self._derived = dict(self.followed)
        self._lacks: Mapping[Key, str] = {}
        self._places = PLACES

    def form(self, formed: Formed) -> None:
        """Add what a formula gives."""
        for key, vintages in formed.figures.items():
            self._derived[key] = merged(self._derived.get(key, ()), vintages)
        self._lacks, self._places = formed.lacks, formed.places

    @property
    def says_nothing(self) -> bool:
        """Has it neither a figure nor a reason to have none, and never had one?"""
        return not (self.figures or self._derived or self._lacks)

    def told(self) -> dict[Key, list[Vintage]]:
        """Every figure with its vintages, reported and derived ones."""
        found: dict[Key, list[Vintage]] = {}
        for place, figure in enumerate(self.figures):
            found[Key(figure.scope, figure.measure, figure.start, figure.end)] = [
                Vintage(vintage.recorded_at, self.fact(place, count))
                for count, vintage in enumerate(figure.vintages, 1)
            ]
        for key, past in self._derived.items():
            derived = [
                Vintage(one.recorded_at, _derived_fact(key, past[:count]) if one.holds else None)
                for count, one in enumerate(past, 1)
            ]
            # A derived figure ends when one is reported in its place.
            both = derived + found.get(key, [])
            found[key] = sorted(both, key=lambda v: (v.recorded_at, v.fact is not None))
        return found

    def years(self) -> Iterator[tuple[list[int], list[datetime]]]:
        """The figures of each scope and year by their place, and when one of them changed."""
        groups: dict[tuple[str, int], list[int]] = {}
        for place, figure in enumerate(self.figures):
            groups.setdefault((figure.scope, figure.end.year), []).append(place)
        for places in groups.values():
            moments = {v.recorded_at for place in places for v in self.figures[place].vintages}
            yield places, sorted(moments)

    def as_of(self, place: int, at: datetime) -> Fact | None:
        """What was reported of one figure by then."""
        vintages = self.figures[place].vintages
        count = bisect_right(vintages, at, key=lambda vintage: vintage.recorded_at)
        return self.fact(place, count)

    def fact(self, place: int, count: int) -> Fact | None:
        """What the first `count` vintages of one figure say."""
        if (place, count) not in self._known:
            self._known[place, count] = self._read(self.figures[place], count)
        return self._known[place, count]

    def _read(self, figure: Figure, count: int) -> Fact | None:
        if not count:
            return None
        newest = figure.vintages[count - 1]
        if newest.value is None:
            return None
        return Fact(
            scope=figure.scope,
            measure=figure.measure,
            start=figure.start,
            end=figure.end,
            period=fact_name(figure.measure, Span(figure.start, figure.end)),
            value=unit.convert(
                newest.value,
                unit.parse(newest.unit),
                unit.parse(unit_of(self._indicator, figure.measure)),
            ),
            status=Status(newest.status),
            recorded_at=newest.recorded_at,
            first_recorded_at=figure.vintages[0].recorded_at,
            vintages=count,
            basis=(newest.event_id,),
        )

    def facts(self) -> list[Fact]:
        """What holds now: reported figures, then what follows from them."""
        every = (self.fact(n, len(f.vintages)) for n, f in enumerate(self.figures))
        reported = [fact for fact in every if fact is not None]
        held = (_derived_fact(key, past) for key, past in self._derived.items() if past[-1].holds)
        return reported + list(held)

    def row(self, entity: str, version: int, found: Sequence[Finding] = ()) -> SeriesRow:
        """The series as it is stored, with what was found in it."""
        facts = self.facts()
        past = [(key, one) for key, vintages in self._derived.items() for one in vintages]
        return SeriesRow(
            self._indicator.indicator,
            entity,
            version,
            [fact.scope for fact in facts],
            [fact.measure.value for fact in facts],
            [fact.start for fact in facts],
            [fact.end for fact in facts],
            [fact.period for fact in facts],
            [self._stored(fact) for fact in facts],
            [unit_of(self._indicator, fact.measure) for fact in facts],
            [fact.status.value for fact in facts],
            [fact.recorded_at for fact in facts],
            [fact.vintages for fact in facts],
            [fact.derived for fact in facts],
            [key.scope for key, _ in past],
            [key.measure.value for key, _ in past],
            [key.start for key, _ in past],
            [key.end for key, _ in past],
            [fact_name(key.measure, Span(key.start, key.end)) for key, _ in past],
            [None if one.value is None else self._rounded(one.value) for _, one in past],
            [unit_of(self._indicator, key.measure) for key, _ in past],
            [one.status.value for _, one in past],
            [one.recorded_at for _, one in past],
            [key.scope for key in self._lacks],
            [key.measure.value for key in self._lacks],
            [key.start for key in self._lacks],
            [key.end for key in self._lacks],
            [fact_name(key.measure, Span(key.start, key.end)) for key in self._lacks],
            list(self._lacks.values()),
            *(
                [list(column) for column in zip(*found, strict=True)]
                or [[] for _ in Finding._fields]
            ),
        )

    def _stored(self, fact: Fact) -> Decimal:
        return self._rounded(fact.value) if fact.derived else fact.value

    def _rounded(self, value: Decimal) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-self._places), context=CONTEXT)


def unit_of(indicator: IndicatorDefined, measure: Measure) -> str:
    """The unit of a figure: a growth reported beside amounts is in %."""
    beside = measure is Measure.RATE and indicator.measure is not Measure.RATE
    return "%" if beside else indicator.unit


def _derived_fact(key: Key, past: Sequence[Derived]) -> Fact:
    now = past[-1]
    return Fact(
        scope=key.scope,
        measure=key.measure,
        start=key.start,
        end=key.end,
        period=fact_name(key.measure, Span(key.start, key.end)),
        value=now.value,
        status=now.status,
        recorded_at=now.recorded_at,
        first_recorded_at=max(piece.first_recorded_at for piece in now.pieces),
        vintages=sum(each.holds for each in past),
        derived=True,
        basis=tuple(dict.fromkeys(event for piece in now.pieces for event in piece.basis)),
    )


def by_series(figures: Iterable[Figure]) -> dict[tuple[str, str], list[Figure]]:
    """The figures of each series."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        found.setdefault((figure.indicator, figure.entity), []).append(figure)
    return found
