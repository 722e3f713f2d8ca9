"""A small world for formulas: definitions, who lies below whom, and what was told when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas import period
from schemas.data import IndicatorDefined, Measure
from schemas.events import parse_event
from services.aggregate.decode import fact_span
from services.aggregate.evaluation import Evaluation
from services.aggregate.facts import Series
from services.aggregate.store import Figure, Vintage
from tests.builders import defined

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


class World:
    """`tell` what departments published; ask what follows."""

    def __init__(self, *indicators: IndicatorDefined, below: dict[str, str] | None = None) -> None:
        self.indicators = {each.indicator: each for each in indicators}
        self.parents = below or {}
        self.told: dict[tuple[Any, ...], list[Vintage]] = defaultdict(list)
        self.offset = 0

    def indicator(self, name: str) -> IndicatorDefined | None:
        return self.indicators.get(name)

    def parent(self, entity: str) -> str | None:
        return self.parents.get(entity)

    def children(self, entity: str) -> Iterable[str]:
        return sorted(child for child, above in self.parents.items() if above == entity)

    def tell(
        self,
        indicator: str,
        entity: str,
        name: str,
        value: str | None,
        status: str = "P",
        *,
        day: int | None = None,
        scope: str = "",
        measure: Measure | None = None,
        at: int | None = None,
        id: str | None = None,
    ) -> "World":
        """One figure, published on a day (each later than the last one unless it is given)."""
        self.offset += 1
        of = self.indicators[indicator]
        kind = measure or of.measure
        span = fact_span(kind, period.parse(name))
        key = (indicator, entity, scope, kind, span.start, span.end)
        self.told[key].append(
            Vintage(
                FIRST + timedelta(days=self.offset if day is None else day),
                0,
                self.offset if at is None else at,
                0,
                None if value is None else Decimal(value),
                "%" if kind is Measure.RATE and of.measure is not Measure.RATE else of.unit,
                "M" if value is None else status,
                id or f"e-{self.offset if at is None else at}",
            )
        )
        return self

    def figures(self) -> dict[tuple[str, str], list[Figure]]:
        found = defaultdict(list)
        for key, vintages in self.told.items():
            figure = Figure(*key, tuple(sorted(vintages)), FIRST)
            found[key[0], key[1]].append(figure)
        return found

    def series(self, indicator: str, entity: str) -> Series:
        found = Evaluation(self, self.figures()).series((indicator, entity))
        assert found is not None
        return found

    def said(self, indicator: str, entity: str) -> dict[str, str]:
        """The figures now, by period and scope, in the digits that are stored."""
        row = self.series(indicator, entity).row(entity, 1)
        names = zip(row.now_period, row.now_scope, row.now_value, strict=True)
        return {_name(name, scope): format(value.normalize(), "f") for name, scope, value in names}

    def lacks(self, indicator: str, entity: str) -> dict[str, str]:
        """Why others are undefined."""
        row = self.series(indicator, entity).row(entity, 1)
        names = zip(row.lack_period, row.lack_scope, row.lack_reason, strict=True)
        return {_name(name, scope): reason for name, scope, reason in names}

    def history(self, indicator: str, entity: str) -> list[tuple[int, str | None, str]]:
        """Every vintage of derived figures: day, value and status."""
        row = self.series(indicator, entity).row(entity, 1)
        told = zip(
            row.past_recorded_at, row.past_value, row.past_status, row.past_derived, strict=True
        )
        return [
            ((at - FIRST).days, None if v is None else format(v.normalize(), "f"), status)
            for at, v, status, derived in told
            if derived
        ]


def _name(period_name: str, scope: str) -> str:
    return f"{period_name} {scope}".strip()


def indicator(name: str, formula: dict[str, Any] | None = None, **changed: Any) -> IndicatorDefined:
    """A flow in 亿元, or a rate in % once it has a formula."""
    of_kind = {"unit": "亿元", "measure": "cumulative", "frequency": "month"}
    if formula is not None:
        of_kind |= {"unit": "%", "measure": "rate"}
    made = defined(**({"indicator": name, "formula": formula} | of_kind | changed))
    data = parse_event(made).data
    assert isinstance(data, IndicatorDefined)
    return data
