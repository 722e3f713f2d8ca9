"""The figure a target judges at the end of a period, or why there is none."""

from dataclasses import dataclass
from datetime import date

from schemas.data import IndicatorDefined, TargetSet
from schemas.period import Span, span_name
from schemas.records.dossier import Fact
from services.alerts.domain.standing import Case, Grey
from services.series.index import FactIndex
from services.series.measured import Family, Figure, judgeable, new_year, recorded_on
from services.series.months import period_of


@dataclass(frozen=True)
class Found:
    """A figure, or what its absence means; and the days it is about."""

    span: Span
    first_recorded_on: date
    figure: Figure | None = None
    lack: Grey | None = None


def find(
    index: FactIndex, indicator: IndicatorDefined, family: Family, target: TargetSet, end: date
) -> Found | None:
    """What the target judges at `end`; None when nothing of its kind ends there."""
    span, scope = Span(target.span.start, end), target.scope
    if family is Family.PERIOD:
        span = _own_period(index, indicator, scope, end)
    figure = index.figure(family, scope, span, judgeable)
    if figure is not None:
        return Found(Span(figure.start, end), figure.first_recorded_on, figure=figure)
    pieces = index.ending(family, scope, end, judgeable)
    if pieces:
        missing = span_name(index.hole(scope, span.start, end))
        return _lacking(span, "incomplete", {"missing": missing}, pieces)
    others = index.elsewhere(family, scope, end, judgeable)
    if others:
        scopes = "、".join(sorted({fact.scope or "-" for fact in others}))
        return _lacking(span, "scope_differs", {"scopes": scopes, "scope": scope or "-"}, others)
    return None


def _own_period(index: FactIndex, indicator: IndicatorDefined, scope: str, end: date) -> Span:
    """The regular period that ends there, where it has a value; else the shortest that was sent."""
    regular = period_of(indicator.frequency, end)
    if regular is not None and index.between(scope, regular, judgeable):
        return regular
    sent = index.shortest(scope, end, judgeable)
    return sent or regular or Span(end.replace(day=1), end)


def _lacking(span: Span, code: str, words: dict[str, str], facts: list[Fact]) -> Found:
    why = Grey(code, words, facts=tuple(facts))
    return Found(span, recorded_on(facts), lack=why)


def is_january_alone(case: Case) -> bool:
    """January of a monthly flow, or a growth rate over January alone: the holiday moves."""
    start, end = case.figure.start, case.end
    if start != new_year(end) or (end.month, end.day) != (1, 31):
        return False
    if case.family in (Family.FLOW, Family.PERIOD):
        return case.indicator.frequency == "month"
    goal, formula = case.target.goal, case.indicator.formula
    growth = goal.kind == "growth" or getattr(goal, "of", None) == "growth"
    year_on_year = formula is not None and formula.kind == "yoy"
    return case.family is Family.RATE and (growth or year_on_year)
