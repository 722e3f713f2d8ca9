"""Figures as they were told, for the tests of findings: what is found in them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from schemas import period, unit
from schemas.data import IndicatorDefined, Measure
from schemas.events import parse_event
from services.aggregate.decode import fact_span
from services.aggregate.facts import Series
from services.aggregate.findings.kinds import find
from services.aggregate.findings.known import Known
from services.aggregate.store import Figure, Vintage
from services.aggregate.tables import Finding
from tests.builders import defined

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


class Told(NamedTuple):
    """A figure as sent, on the `day` after the first of January 2024; a deletion has no value."""

    period: str
    value: str | None
    measure: str = "period"
    day: float = 1
    status: str = "P"
    scope: str = ""
    note: str = ""
    unit: str = "万辆"
    id: str = ""


def indicator(**changed: object) -> IndicatorDefined:
    data = parse_event(defined(**({"due_days": None} | changed))).data
    assert isinstance(data, IndicatorDefined)
    return data


def series(of: IndicatorDefined, *told: Told) -> Series:
    found: dict[tuple[str, str, date, date], list[Vintage]] = {}
    for offset, each in enumerate(told):
        span = fact_span(Measure(each.measure), period.parse(each.period))
        kept = "%" if each.measure == "rate" else of.unit
        value = None if each.value is None else Decimal(each.value)
        vintage = Vintage(
            FIRST + timedelta(days=each.day),
            0,
            offset,
            0,
            None if value is None else unit.convert(value, unit.parse(each.unit), unit.parse(kept)),
            kept,
            "M" if value is None else each.status,
            each.id or f"e-{offset}",
            each.value or "",
            each.unit,
            each.note,
        )
        found.setdefault((each.scope, each.measure, *span), []).append(vintage)
    figures = [
        Figure("i", "e", scope, Measure(measure), start, end, tuple(sorted(vintages)), FIRST)
        for (scope, measure, start, end), vintages in found.items()
    ]
    return Series(of, sorted(figures, key=lambda f: (f.scope, f.end, f.start, f.measure)))


def found(*told: Told, **changed: object) -> list[Finding]:
    of = indicator(**changed)
    return find(Known.of(of, "changzhou", series(of, *told)))


def short(*told: Told, **changed: object) -> list[tuple[str, str, str]]:
    """Kind, period and state of each."""
    return [(each.kind, each.period, each.state) for each in found(*told, **changed)]
