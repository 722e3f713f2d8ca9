"""The figure a target judges at the end of a period, or why there is none."""

from dataclasses import dataclass
from datetime import date

from schemas.data import TargetSet
from schemas.period import Span, span_name
from schemas.records import Fact
from services.alerts.domain.index import FactIndex, Family, Figure, judgeable, new_year, recorded_on
from services.alerts.domain.standing import Case, Grey


@dataclass(frozen=True)
class Found:
    """A figure, or what its absence means; and the days it is about."""

    span: Span
    first_recorded_on: date
    figure: Figure | None = None
    lack: Grey | None = None


def find(index: FactIndex, family: Family, target: TargetSet, end: date) -> Found | None:
    """What the target judges at `end`; None when nothing of its kind ends there."""
    span, scope = Span(target.span.start, end), target.scope
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


def _lacking(span: Span, code: str, words: dict[str, str], facts: list[Fact]) -> Found:
    why = Grey(code, words, facts=tuple(facts))
    return Found(span, recorded_on(facts), lack=why)


def is_january_alone(case: Case) -> bool:
    """January of a monthly flow, or a growth rate over January alone: the holiday moves."""
    start, end = case.figure.start, case.end
    if start != new_year(end) or (end.month, end.day) != (1, 31):
        return False
    if case.family is Family.FLOW:
        return case.indicator.frequency == "month"
    return case.family is Family.RATE and case.target.goal.kind == "growth"
