"""The series of one batch with all that formulas add, each derived once; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Protocol

from schemas.data import IndicatorDefined
from schemas.formulas import parts
from services.aggregate.facts import Series
from services.aggregate.formulas.arguments import Arguments
from services.aggregate.formulas.counted import Count
from services.aggregate.formulas.evaluate import evaluate
from services.aggregate.formulas.question import Case, SeriesKey, Tree
from services.aggregate.formulas.table import rule_of
from services.aggregate.store import Figure


class Definitions(Tree, Protocol):
    """The catalogue as far as formulas need it."""

    def indicator(self, name: str) -> IndicatorDefined | None:
        """The definition in force."""


class Evaluation:
    """Made from the figures of all series that are needed.

    `refused` tells of which of them something was set aside, and when it was received; `counts` is
    what was counted for those that rest on no other series.
    """

    def __init__(
        self,
        definitions: Definitions,
        figures: Mapping[SeriesKey, Sequence[Figure]],
        refused: Mapping[SeriesKey, datetime] = MappingProxyType({}),
        counts: Mapping[SeriesKey, Count] = MappingProxyType({}),
    ) -> None:
        self._definitions = definitions
        self._figures = figures
        self._refused = refused
        self._counts = counts
        self._series: dict[SeriesKey, Series] = {}
        self._arguments: dict[SeriesKey, Arguments] = {}
        self._reads: dict[SeriesKey, set[SeriesKey]] = {}

    def series(self, key: SeriesKey) -> Series | None:
        """What a series says; None without a definition."""
        indicator = self._definitions.indicator(key[0])
        return None if indicator is None else self._known(key, indicator)

    def received(self, key: SeriesKey) -> list[datetime]:
        """When what a series rests on was received or refused; it was asked for before."""
        reads = sorted(self._reads[key])
        figures = [figure.received_at for read in reads for figure in self._figures.get(read, ())]
        counted = [self._counts[read].received_at for read in reads if read in self._counts]
        refused = [self._refused[read] for read in reads if read in self._refused]
        return figures + refused + [each for each in counted if each is not None]

    def _known(self, key: SeriesKey, indicator: IndicatorDefined) -> Series:
        if key not in self._series:
            # Entered before it is complete: a formula that went in a circle would end here.
            self._series[key] = series = Series(indicator, self._figures.get(key, ()))
            self._reads[key] = {key}
            rule = rule_of(indicator)
            # The door lets no formula in before its parts, but a record may be unreadable here.
            if rule is not None and self._has_parts(indicator):
                look = partial(self._look, key)
                counts = self._counts[key].figures if key in self._counts else {}
                case = Case(indicator, key[1], self._definitions, look, counts)
                series.form(evaluate(case, rule, series.told()))
        return self._series[key]

    def _has_parts(self, indicator: IndicatorDefined) -> bool:
        named = [] if indicator.formula is None else parts(indicator.formula)
        return all(self._definitions.indicator(name) is not None for _, name in named)

    def _look(self, reader: SeriesKey, name: str, entity: str) -> Arguments:
        key = name, entity
        if key not in self._arguments:
            indicator = self._definitions.indicator(name)
            assert indicator is not None  # else the rule had not been asked
            self._arguments[key] = Arguments(indicator, self._known(key, indicator).told())
        self._reads[reader] |= self._reads[key]
        return self._arguments[key]
