"""A dossier judged: every target of the series at every period end that has a figure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import localcontext

from schemas.data import TargetSet
from schemas.exact import CONTEXT
from schemas.period import Span
from schemas.records.assessment import Assessment, Lamp
from schemas.records.dossier import Dossier, TargetVersion
from services.alerts.domain import reasons
from services.alerts.domain.escalation import escalated
from services.alerts.domain.figures import Found, find, is_january_alone
from services.alerts.domain.forecasts import Forecast, Required, forecast, required
from services.alerts.domain.goals import GOALS, ON_CLOCK
from services.alerts.domain.goals.milestone import Waiting
from services.alerts.domain.rows import Desk, amount, outlook, where, why
from services.alerts.domain.rows import Opinion as Opinion
from services.alerts.domain.schemes import SCHEMES, Scheme, is_blue, light_of
from services.alerts.domain.standing import Case, Grey, Standing
from services.alerts.domain.subject import Subject
from services.alerts.domain.versions import at_end, in_force, in_order
from services.alerts.domain.world import World, world_of
from services.series.index import FactIndex
from services.series.measured import Family, family_of
from services.series.models import Model
from services.series.months import day_in_china


@dataclass(frozen=True)
class TargetOpinions:
    """Every current judgement of one target, by period end; `withdrawn` while that is in force.

    `versions` are those in force today: the newest, then those of other spans.
    """

    target: str
    versions: tuple[TargetSet, ...]
    opinions: tuple[Opinion, ...]
    withdrawn: bool = False

    @property
    def current(self) -> TargetSet:
        """The version in force."""
        return self.versions[0]


def assess(dossier: Dossier, sequence: int = 0) -> tuple[Assessment, ...]:
    """The current assessments of every target of the series, oldest period first."""
    return tuple(
        opinion.assessment for judged in judge(dossier, sequence) for opinion in judged.opinions
    )


def judge(
    dossier: Dossier,
    sequence: int,
    *,
    now: datetime | None = None,
    schemes: Mapping[str, Scheme] = SCHEMES,
    model: Model | None = None,
) -> tuple[TargetOpinions, ...]:
    """Judge the series; `sequence` is the dossier's offset.

    `now` is the time on the clock, for what is judged by the day; without it the dossier's own.
    `schemes` are those that an office may name, `model` may take the place of the profile.
    """
    by_target: dict[str, list[TargetVersion]] = defaultdict(list)
    for version in dossier.targets:
        by_target[version.data.target].append(version)
    at = now or dossier.at
    with localcontext(CONTEXT):
        index = FactIndex(dossier.facts)
        earlier = FactIndex((*dossier.facts, *dossier.earlier)) if dossier.earlier else index
        bench = _Bench(
            dossier,
            index,
            earlier,
            world_of(dossier),
            schemes,
            day_in_china(at),
            Desk(dossier, sequence, at),
            model,
        )
        return tuple(bench.target(versions) for _, versions in sorted(by_target.items()))


@dataclass(frozen=True)
class _Bench:
    dossier: Dossier
    index: FactIndex
    vintages: FactIndex
    world: World
    schemes: Mapping[str, Scheme]
    today: date
    desk: Desk
    model: Model | None

    def target(self, given: list[TargetVersion]) -> TargetOpinions:
        versions = in_order(version.data for version in given)
        held = in_force(versions, self.today)
        today = held[0]
        if today.goal.kind == "withdrawn":
            return TargetOpinions(today.target, (today,), (), withdrawn=True)
        opinions = tuple(escalated(self._at_ends(versions), self.schemes))
        if today.goal.kind in ON_CLOCK:
            both = (*opinions, self._on_clock(today))
            opinions = tuple(sorted(both, key=lambda each: str(each.assessment.period_end)))
        return TargetOpinions(today.target, tuple(held), opinions or (self._silent(today),))

    def _at_ends(self, versions: list[TargetSet]) -> Iterator[Opinion]:
        reading = [version for version in versions if version.goal.kind in GOALS]
        ends = {
            end
            for version in reading
            for end in self.index.ends(self._family(version), version.span)
        }
        for end in sorted(ends):
            chosen = at_end(versions, end, self._find)
            if chosen is not None and chosen[0].goal.kind != "withdrawn":
                yield self._judge(*chosen, end)

    def _family(self, version: TargetSet) -> Family:
        return GOALS[version.goal.kind].reads(version.goal, self.dossier.indicator)

    def _find(self, version: TargetSet, end: date) -> Found | None:
        if version.goal.kind in ON_CLOCK:
            return None
        indicator = self.dossier.indicator
        return find(self.index, indicator, self._family(version), version, end)

    def _judge(self, version: TargetSet, found: Found, end: date) -> Opinion:
        family = self._family(version)
        subject = self._subject(version, family, found.span)
        if found.figure is None:
            return self._grey(version, end, subject, found.lack or Grey("no_data"))
        case = Case(
            self.index,
            self.dossier.indicator,
            self.dossier.entity,
            version,
            family,
            end,
            found.figure,
            self.world,
            self.vintages,
        )
        outcome = GOALS[version.goal.kind].judge(case)
        if isinstance(outcome, Grey):
            return self._grey(version, end, subject, outcome)
        scheme = self.schemes.get(version.lamps)
        if scheme is None:
            words = {"missing": f"lamps: {version.lamps}"}
            unknown = Grey("no_comparison", words, outcome.actual, found.figure.facts)
            return self._grey(version, end, subject, unknown)
        return self._verdict(case, outcome, scheme, subject)

    def _verdict(self, case: Case, standing: Standing, scheme: Scheme, subject: Subject) -> Opinion:
        columns, version, end = where(standing), case.target, case.end
        if is_january_alone(case) and not is_blue(scheme, standing):
            reason = reasons.verdict("jan_feb", subject, standing, Forecast(), Required())
            columns |= why(reason)
            return Opinion(self.desk.row(version, end, Lamp.GREY, standing.facts, columns))
        light = light_of(scheme, standing, case)
        if isinstance(light, Grey):
            columns |= why(reasons.grey(light, subject))
            return Opinion(self.desk.row(version, end, Lamp.GREY, standing.facts, columns))
        ahead, needed = forecast(case, standing, self.model), required(case, standing)
        code = _code(light.lamp, case.at_end)
        reason = reasons.verdict(code, subject, standing, ahead, needed)
        columns |= outlook(standing, ahead, needed) | why(reason)
        facts = standing.facts + light.facts + ahead.facts + needed.facts
        short = None if ahead.value is None else standing.falls_short(ahead.value)
        return Opinion(self.desk.row(version, end, light.lamp, facts, columns), short)

    def _grey(self, version: TargetSet, end: date, subject: Subject, grey: Grey) -> Opinion:
        reason = reasons.grey(grey, subject)
        columns = {"actual": amount(grey.actual)} | why(reason)
        return Opinion(self.desk.row(version, end, Lamp.GREY, grey.facts, columns))

    def _on_clock(self, version: TargetSet) -> Opinion:
        """A target that reads no figure of the series is judged by the day."""
        indicator = self.dossier.indicator
        waiting = Waiting(self.index, indicator, version, self.today, self.world)
        arrived = ON_CLOCK[version.goal.kind](waiting)
        subject = self._subject(version, family_of(indicator), None)
        reason = reasons.milestone(arrived.code, subject, arrived.words)
        return Opinion(self.desk.milestone(version, arrived, reason))

    def _silent(self, version: TargetSet) -> Opinion:
        """A target without any figure is shown from the day it is set."""
        subject = self._subject(version, family_of(self.dossier.indicator), None)
        reason = reasons.grey(Grey(GOALS[version.goal.kind].silent), subject)
        return Opinion(self.desk.row(version, None, Lamp.GREY, (), why(reason)))

    def _subject(self, version: TargetSet, family: Family, span: Span | None) -> Subject:
        dossier = self.dossier
        names = (dossier.entity_zh or dossier.entity, dossier.entity_en or dossier.entity)
        return Subject(dossier.indicator, names, family, span, version.scope)


def _code(lamp: Lamp, at_end: bool) -> str:
    if lamp is Lamp.BLUE:
        return "met"
    if lamp is Lamp.GREEN:
        return "on_pace"
    return "missed" if at_end else "behind"
