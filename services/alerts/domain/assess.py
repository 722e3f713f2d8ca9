"""A dossier judged: every target of the series at every period end that has a figure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from schemas.data import TargetSet
from schemas.exact import CONTEXT
from schemas.goals import Milestone
from schemas.period import Span, end_name
from schemas.records import Assessment, Dossier, Fact, Lamp, TargetVersion
from services.alerts.domain.figures import Found, find, is_january_alone
from services.alerts.domain.forecasts import Forecast, Required, forecast, required
from services.alerts.domain.goals import GOALS
from services.alerts.domain.index import FactIndex, Family, family_of
from services.alerts.domain.months import day_in_china
from services.alerts.domain.reasons import Reason, Subject, grey, verdict
from services.alerts.domain.schemes import SCHEMES, Scheme, is_blue, lamp_of
from services.alerts.domain.standing import Case, Grey, Standing

_AMOUNT = Decimal("0.0001")
_RATIO = Decimal("0.000001")


@dataclass(frozen=True)
class Opinion:
    """An assessment, and whether its forecast falls short of the goal (None: no forecast)."""

    assessment: Assessment
    short: bool | None = None


@dataclass(frozen=True)
class TargetOpinions:
    """Every current judgement of one target, by period end; `withdrawn` ended it."""

    target: str
    newest: TargetSet
    opinions: tuple[Opinion, ...]
    withdrawn: bool = False


def assess(dossier: Dossier, sequence: int = 0) -> tuple[Assessment, ...]:
    """The current assessments of every target of the series, oldest period first."""
    return tuple(
        opinion.assessment for judged in judge(dossier, sequence) for opinion in judged.opinions
    )


def judge(dossier: Dossier, sequence: int) -> tuple[TargetOpinions, ...]:
    """Judge the series; `sequence` is the dossier's offset."""
    by_target: dict[str, list[TargetVersion]] = defaultdict(list)
    for version in dossier.targets:
        by_target[version.data.target].append(version)
    with localcontext(CONTEXT):
        bench = _Bench(dossier, FactIndex(dossier.facts), sequence)
        return tuple(bench.target(versions) for _, versions in sorted(by_target.items()))


def in_force(versions: Iterable[TargetSet], day: date) -> TargetSet:
    """The newest version in force on a day, else the earliest."""
    ordered = sorted(versions, key=_order)
    started = [version for version in ordered if version.effective_from <= day]
    return started[-1] if started else ordered[0]


def _order(version: TargetSet) -> tuple[date, int]:
    return version.effective_from, version.version


@dataclass(frozen=True)
class _Bench:
    dossier: Dossier
    index: FactIndex
    sequence: int

    def target(self, given: list[TargetVersion]) -> TargetOpinions:
        versions = sorted((version.data for version in given), key=_order)
        newest = versions[-1]
        if newest.goal.kind == "withdrawn":
            return TargetOpinions(newest.target, newest, (), withdrawn=True)
        opinions = tuple(self._at_ends(versions))
        if not opinions:
            opinions = (self._silent(in_force(versions, day_in_china(self.dossier.at))),)
        return TargetOpinions(newest.target, newest, opinions)

    def _at_ends(self, versions: list[TargetSet]) -> Iterator[Opinion]:
        ends = {
            end
            for version in versions
            if (family := self._family(version))
            for end in self.index.ends(family, version.span)
        }
        for end in sorted(ends):
            chosen = self._version_at(versions, end)
            if chosen is not None and chosen[0].goal.kind != "withdrawn":
                yield self._judge(*chosen, end)

    def _family(self, version: TargetSet) -> Family | None:
        return GOALS[version.goal.kind].reads(version.goal, self.dossier.indicator)

    def _version_at(self, versions: list[TargetSet], end: date) -> tuple[TargetSet, Found] | None:
        """The version that judges the figure: the newest in force when it was first recorded.

        Which figure that is depends on the version's own scope and kind, so each is asked.
        """
        candidates: list[tuple[TargetSet, Found]] = []
        for version in versions:
            family = self._family(version)
            if family is None or not version.span.start <= end <= version.span.end:
                continue
            found = find(self.index, family, version, end)
            if found is not None:
                candidates.append((version, found))
        if not candidates:
            return None
        started = [
            (version, found)
            for version, found in candidates
            if version.effective_from <= found.first_recorded_on
        ]
        return started[-1] if started else candidates[0]

    def _judge(self, version: TargetSet, found: Found, end: date) -> Opinion:
        family = self._family(version) or family_of(self.dossier.indicator)
        subject = self._subject(family, found.span)
        if found.lack is not None:
            return self._grey(version, end, subject, found.lack)
        assert found.figure is not None
        case = Case(
            self.index,
            self.dossier.indicator,
            self.dossier.entity,
            version,
            family,
            end,
            found.figure,
        )
        outcome = GOALS[version.goal.kind].judge(case)
        if isinstance(outcome, Grey):
            return self._grey(version, end, subject, outcome)
        scheme = SCHEMES.get(version.lamps)
        if scheme is None:
            words = {"missing": f"lamps: {version.lamps}"}
            unknown = Grey("no_comparison", words, outcome.actual, found.figure.facts)
            return self._grey(version, end, subject, unknown)
        return self._verdict(case, outcome, scheme, subject)

    def _verdict(self, case: Case, standing: Standing, scheme: Scheme, subject: Subject) -> Opinion:
        if is_january_alone(case) and not is_blue(scheme, standing):
            reason = verdict("jan_feb", subject, standing, Forecast(), Required())
            january = _where(standing) | _why(reason)
            return Opinion(self._row(case.target, case.end, Lamp.GREY, standing.facts, january))
        lamp = lamp_of(scheme, standing)
        ahead, needed = forecast(case, standing), required(case, standing)
        reason = verdict(_code(lamp, case.at_end), subject, standing, ahead, needed)
        outlook = {
            "pace": _ratio(standing.pace),
            "required_rate": _amount(needed.value),
            "forecast": _amount(ahead.value),
            "method": ahead.method,
        }
        facts = standing.facts + ahead.facts + needed.facts
        columns = _where(standing) | outlook | _why(reason)
        short = None if ahead.value is None else standing.falls_short(ahead.value)
        return Opinion(self._row(case.target, case.end, lamp, facts, columns), short)

    def _grey(self, version: TargetSet, end: date, subject: Subject, why: Grey) -> Opinion:
        columns = {"actual": _amount(why.actual)} | _why(grey(why.code, subject, why.words))
        return Opinion(self._row(version, end, Lamp.GREY, why.facts, columns))

    def _silent(self, version: TargetSet) -> Opinion:
        """A target without any figure is shown from the day it is set."""
        goal, subject = version.goal, self._subject(family_of(self.dossier.indicator), None)
        words, due = {}, None
        if isinstance(goal, Milestone):
            words, due = {"name": goal.name, "due": goal.due.isoformat()}, goal.due
        columns = _why(grey(GOALS[goal.kind].silent, subject, words))
        return Opinion(self._row(version, due, Lamp.GREY, (), columns))

    def _subject(self, family: Family, span: Span | None) -> Subject:
        dossier = self.dossier
        names = (dossier.entity_zh or dossier.entity, dossier.entity_en or dossier.entity)
        return Subject(dossier.indicator, names, family, span)

    def _row(
        self,
        version: TargetSet,
        end: date | None,
        lamp: Lamp,
        facts: tuple[Fact, ...],
        columns: dict[str, Any],
    ) -> Assessment:
        return Assessment(
            target=version.target,
            version=version.version,
            indicator=version.indicator,
            entity=version.entity,
            scope=version.scope,
            period="" if end is None else end_name(end),
            period_end=end,
            as_of=max((fact.recorded_at for fact in facts), default=None),
            lamp=lamp,
            scheme=version.lamps,
            basis=tuple(dict.fromkeys(event for fact in facts for event in fact.basis)),
            assessed_at=self.dossier.at,
            sequence=self.sequence,
            **columns,
        )


def _where(standing: Standing) -> dict[str, Any]:
    return {
        "actual": _amount(standing.actual),
        "expected": _amount(standing.expected),
        "gap": _amount(standing.gap),
        "trajectory_used": standing.trajectory_used,
    }


def _why(reason: Reason) -> dict[str, Any]:
    return {"reason": reason.code, "reason_zh": reason.zh, "reason_en": reason.en}


def _code(lamp: Lamp, at_end: bool) -> str:
    if lamp is Lamp.BLUE:
        return "met"
    if lamp is Lamp.GREEN:
        return "on_pace"
    return "missed" if at_end else "behind"


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_AMOUNT, context=CONTEXT)


def _ratio(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_RATIO, context=CONTEXT)
