"""A catalogue as written: definitions and targets as the events have them, and what we assumed."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from schemas.data import EntityDefined, IndicatorDefined, TargetSet
from schemas.exact import Exact
from schemas.names import Contract, Day, NamedLine, Scope, Slug
from schemas.status import Status
from schemas.unit import UnitText

Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class _Judged(Contract):
    """Whatever the text does not say and we had to decide, each as `field: why`."""

    assumed: tuple[Reason, ...] = ()


class Text(_Judged):
    """A source text and the day its words became public."""

    title: NamedLine
    published: Day


class Entity(EntityDefined, _Judged):
    """An entity of the catalogue."""


class Indicator(IndicatorDefined, _Judged):
    """An indicator of the catalogue."""


class Target(TargetSet, _Judged):
    """A version of a target; `published` only where it differs from its text's day."""

    published: Day | None = None


class Actual(_Judged):
    """What a text gives as reached in 2023; `not_observed` says why it is no observation."""

    value: Exact
    unit: UnitText
    quote: NamedLine
    file: NamedLine
    indicator: Slug | None = None
    status: Status = Status.PRELIMINARY
    qualifier: str = ""
    scope: Scope = ""
    not_observed: Reason | None = None


class Figure(_Judged):
    """One figure of the texts (`seed` is its number there), or one beyond them (`why`)."""

    entity: Slug
    seed: Annotated[str, Field(pattern=r"^[WHC][0-9]{3}$")] | None = None
    quote: NamedLine | None = None
    file: NamedLine | None = None
    qualifier: str = ""
    why: Reason | None = None
    published: Day | None = None
    indicators: tuple[Indicator, ...] = ()
    targets: tuple[Target, ...] = ()
    actual_2023: Actual | None = None


class Catalogue(Contract):
    """Entities, and figures with their indicators and targets."""

    reasons: dict[str, Reason]
    texts: dict[str, Text]
    entities: tuple[Entity, ...]
    figures: tuple[Figure, ...]
    beyond: tuple[Figure, ...] = ()

    def all_figures(self) -> tuple[Figure, ...]:
        """Those of the texts, then those beyond them."""
        return self.figures + self.beyond

    def indicators(self) -> dict[str, Indicator]:
        """Every indicator by its id, in the order of the file."""
        return {entry.indicator: entry for one in self.all_figures() for entry in one.indicators}

    def targets(self) -> Iterator[tuple[Target, date]]:
        """Every version of every target with the day it became public."""
        for figure in self.all_figures():
            for target in figure.targets:
                yield target, target.published or self._day(figure, figure.file)

    def actuals(self) -> Iterator[tuple[Figure, Actual, date]]:
        """Every figure reached in 2023 that can be observed, with the day it became public."""
        for figure in self.all_figures():
            actual = figure.actual_2023
            if actual and not actual.not_observed:
                yield figure, actual, self._day(figure, actual.file)

    def _day(self, figure: Figure, file: str | None) -> date:
        if figure.published:
            return figure.published
        if file is None:
            raise ValueError(f"{figure.entity}: a figure without a text needs `published`")
        return self.texts[file].published
