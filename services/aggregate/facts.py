"""What the figures of a series say, now and at an earlier moment; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas import unit
from schemas.data import IndicatorDefined
from schemas.exact import PLACES
from schemas.status import CLASS_OF, Status, StatusClass
from services.aggregate.derived import Derived, Key, merged, shown
from services.aggregate.fact import Fact, period_of
from services.aggregate.formulas.arguments import Line, Vintage
from services.aggregate.formulas.evaluate import Formed
from services.aggregate.history import Change, history
from services.aggregate.store import Figure
from services.aggregate.stored import Rows
from services.aggregate.stored import unit_of as unit_of
from services.aggregate.tables import Finding, SeriesRow

_STATUSES = {status.value: status for status in Status}


class Series:
    """The figures of one series, in the unit of its definition.

    A figure taken back (status M) is as if it had never been reported.
    """

    def __init__(self, indicator: IndicatorDefined, figures: Sequence[Figure]) -> None:
        self._indicator = indicator
        self.figures = figures
        self.keys = [Key(f.scope, f.measure, f.start, f.end) for f in figures]
        self.said = [_read(figure, unit_of(indicator, figure.measure)) for figure in figures]
        self.followed = history(self._changes()) if indicator.is_flow else {}
        self._derived = dict(self.followed)
        self._lacks: Mapping[Key, str] = {}
        self._places = PLACES
        self._facts: list[Fact] | None = None

    def form(self, formed: Formed) -> None:
        """Add what a formula gives."""
        for key, vintages in formed.figures.items():
            self._derived[key] = merged(self._derived.get(key, ()), vintages)
        self._lacks, self._places = formed.lacks, formed.places
        self._facts = None

    @property
    def says_nothing(self) -> bool:
        """Has it neither a figure nor a reason to have none, and never had one?"""
        return not (self.figures or self._derived or self._lacks)

    def told(self) -> dict[Key, list[Line]]:
        """Every figure with its vintages, the reported and the derived ones."""
        found: dict[Key, list[Line]] = {}
        for key, figure, said in zip(self.keys, self.figures, self.said, strict=True):
            found[key] = [
                [
                    Vintage(vintage.recorded_at, fact)
                    for vintage, fact in zip(figure.vintages, said, strict=True)
                ]
            ]
        for key, past in self._derived.items():
            found.setdefault(key, []).append(list(_vintages(key, past)))
        return found

    def _changes(self) -> Iterator[Change]:
        for key, figure, said in zip(self.keys, self.figures, self.said, strict=True):
            for vintage, fact in zip(figure.vintages, said, strict=True):
                yield vintage.recorded_at, key, fact

    def facts(self) -> list[Fact]:
        """What holds now: reported figures, forecasts too, then what follows from the others."""
        if self._facts is None:
            self._facts = self._held(self._derived)
        return self._facts

    def superseded(self) -> list[Fact]:
        """Of each figure that holds now, the newest vintage of every other status class."""
        derived = ([each.fact for each in _vintages(*one)] for one in self._derived.items())
        return [fact for said in (*self.said, *derived) for fact in _of_other_classes(said)]

    def _held(self, derived: Mapping[Key, Sequence[Derived]]) -> list[Fact]:
        reported = [said[-1] for said in self.said if said[-1] is not None]
        held = [_fact(key, past[-1], past) for key, past in derived.items() if past[-1].holds]
        return reported + held

    def _shown(self) -> dict[Key, list[Derived]]:
        """What is derived, without what something reported stands before."""
        found: dict[Key, list[Derived]] = {}
        for key, figure, said in zip(self.keys, self.figures, self.said, strict=True):
            if key in self._derived:
                there = zip(figure.vintages, said, strict=True)
                reported = {vintage.recorded_at: fact is not None for vintage, fact in there}
                found[key] = shown(self._derived[key], reported)
        if not found:
            return self._derived
        return {key: past for key, past in (self._derived | found).items() if past}

    def row(self, entity: str, version: int, found: Sequence[Finding] = ()) -> SeriesRow:
        """The series as it is stored, with what was found in it."""
        vintages = (figure.vintages for figure in self.figures)
        derived = self._shown()
        return Rows(self._indicator, self._places).row(
            entity,
            version,
            self.facts() if derived is self._derived else self._held(derived),
            list(zip(self.keys, vintages, self.said, strict=True)),
            derived,
            self._lacks,
            found,
        )


def _read(figure: Figure, wanted: str) -> list[Fact | None]:
    """What the first vintage of a figure says, the first two, and so on."""
    _, _, scope, measure, start, end, vintages, _ = figure
    name = period_of(measure, start, end)
    first = vintages[0].recorded_at
    found: list[Fact | None] = []
    for count, vintage in enumerate(vintages, start=1):
        value = vintage.value
        if value is None:
            found.append(None)
            continue
        if vintage.unit != wanted:
            value = unit.convert(value, unit.parse(vintage.unit), unit.parse(wanted))
        found.append(
            Fact(
                scope,
                measure,
                start,
                end,
                name,
                value,
                _STATUSES[vintage.status],
                vintage.recorded_at,
                first,
                count,
                False,
                vintage.event_id,
                (),
                vintage[1:4],
            )
        )
    return found


def _fact(key: Key, now: Derived, past: Sequence[Derived]) -> Fact:
    """What one vintage of a derived figure says, after those before it."""
    assert now.value is not None
    return Fact(
        key.scope,
        key.measure,
        key.start,
        key.end,
        period_of(key.measure, key.start, key.end),
        now.value,
        now.status,
        now.recorded_at,
        now.first_recorded_at,
        1 if len(past) == 1 else sum(each.holds for each in past),
        True,
        "",
        now.grounds,
    )


def _vintages(key: Key, past: Sequence[Derived]) -> Iterator[Vintage]:
    for count, one in enumerate(past, start=1):
        yield Vintage(one.recorded_at, _fact(key, one, past[:count]) if one.holds else None)


def _of_other_classes(said: Sequence[Fact | None]) -> Iterator[Fact]:
    """Behind the newest vintage; what was taken back in between is as if never reported."""
    met: set[StatusClass] = set()
    for fact in reversed(said):
        if fact is None:
            return
        of = CLASS_OF[fact.status]
        if met and of not in met:
            yield fact
        met.add(of)


def by_series(figures: Iterable[Figure]) -> dict[tuple[str, str], list[Figure]]:
    """The figures of each series."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        found.setdefault((figure.indicator, figure.entity), []).append(figure)
    return found
