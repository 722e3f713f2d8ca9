"""Reports that are late (催报): nothing for the newest period that is due (DOMAIN §4).

Not yet due, late and behind are three different things: a late report has no lamp but grey.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from schemas.data import IndicatorDefined, TargetSet
from schemas.period import Span, span_name
from schemas.records.assessment import Lamp
from schemas.records.dossier import Dossier, Fact
from schemas.status import Status
from schemas.working_days import due_day
from services.alerts.domain.grounds import Ground, Subject
from services.series.months import CHINA, ONE_DAY, day_in_china, period_of

OVERDUE = "overdue_report"
_SUNDAY = 6
# What waits for somebody else's word, or for nothing any more, waits for no report.
_UNREPORTED = frozenset({"milestone", "assigned", "withdrawn"})


def of_reports(
    dossier: Dossier, versions: Sequence[TargetSet], now: datetime
) -> tuple[Subject, list[Ground]]:
    """The report that is late on the day of `now`, if any: its owner's to send.

    `versions` are those of the target in force, the newest first, each of a span of its own.
    """
    indicator, target = dossier.indicator, versions[0]
    subject = Subject(
        OVERDUE,
        indicator.indicator,
        dossier.entity,
        target.lead or indicator.owner or "",
        Lamp.GREY,
        target,
    )
    today = day_in_china(now)
    for version in versions:
        late = _late(indicator, version, dossier.facts, today)
        if late is not None:
            return subject, [_ground(dossier, late)]
    return subject, []


def _late(
    indicator: IndicatorDefined, target: TargetSet, facts: Iterable[Fact], today: date
) -> Span | None:
    """The newest due period of the target, until its last one is due, if nothing covers it."""
    days = indicator.due_days
    if days is None or indicator.formula is not None or target.goal.kind in _UNREPORTED:
        return None
    if today > due_day(target.span.end, days):
        return None
    newest = _newest_due(indicator, target.span, today, days)
    if newest is None or any(_covers(fact, target.scope, newest) for fact in facts):
        return None
    return newest


def _covers(fact: Fact, scope: str, period: Span) -> bool:
    # The week of a report need not end on a Sunday.
    first = period.start if period.days == 7 else period.end
    told = fact.scope == scope and fact.status is not Status.FORECAST
    return told and first <= fact.end <= period.end


def _newest_due(indicator: IndicatorDefined, span: Span, today: date, days: int) -> Span | None:
    """The newest regular period of the span whose day of report has passed."""
    end = min(span.end, today - timedelta(days=days + 1))
    while end >= span.start:
        period = _reported(indicator, end)
        if period is not None and due_day(end, days) < today:
            return period
        end = _end_before(indicator.frequency, end)
    return None


def _reported(indicator: IndicatorDefined, end: date) -> Span | None:
    """The period that is reported at this end; a flow's January is published with February."""
    if indicator.frequency == "week" and end.weekday() != _SUNDAY:
        return None
    if indicator.frequency == "month" and indicator.is_flow and end.month == 1:
        return None
    return period_of(indicator.frequency, end)


def _end_before(frequency: str, end: date) -> date:
    """The last day before this one on which a period may end."""
    return (end if frequency in ("day", "week") else end.replace(day=1)) - ONE_DAY


def _ground(dossier: Dossier, late: Span) -> Ground:
    indicator, name = dossier.indicator, span_name(late)
    assert indicator.due_days is not None
    due = due_day(late.end, indicator.due_days)
    zh = f"{dossier.entity_zh or dossier.entity}{indicator.name_zh}"
    en = f"{indicator.name_en} ({dossier.entity_en or dossier.entity})"
    return Ground(
        name,
        datetime.combine(due + ONE_DAY, time(), CHINA),
        name,
        f"{zh} {name} 应于 {due} 前报送，至今未报；请 {indicator.owner} 补报",
        f"{en}: the report for {name} was due on {due} and has not come;"
        f" {indicator.owner} is asked to send it",
    )
