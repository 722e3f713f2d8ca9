"""One series, one step: state and input in, state and what is to be published out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.events import AlertCommandEvent
from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment
from schemas.records.books import Balance
from schemas.records.dossier import Dossier
from services.alerts.domain.assess import TargetOpinions, judge
from services.alerts.domain.commands import obey
from services.alerts.domain.grounds import OF_DEPARTMENT, Ground, Subject, of_series, stand
from services.alerts.domain.loop import TARGET_WITHDRAWN, Settings, follow
from services.alerts.domain.overdue import of_reports
from services.alerts.domain.state import (
    Published,
    SeriesState,
    TargetState,
    digest,
    published,
)
from services.alerts.domain.unanswered import ESCALATED, escalate, waiting
from services.series.answers import Answers

# No target has this name.
_ITSELF = ""


@dataclass(frozen=True)
class Step:
    """What one input changed. `reason` names what became of it."""

    state: SeriesState
    reason: str
    assessments: tuple[Assessment, ...] = ()
    transitions: tuple[AlertChanged, ...] = ()


def resume(state: SeriesState) -> Step:
    """What the last step published, once more: a crash may have kept it from leaving."""
    return Step(state, "resumed", state.taken_back, state.transitions)


def take_dossier(
    state: SeriesState,
    dossier: Dossier,
    offset: int,
    settings: Settings,
    model: Answers | None = None,
    *,
    all_rows: bool = False,
) -> Step:
    """Judge a dossier; one that was judged before changes nothing.

    Only rows that say something new are published, or every current one with `all_rows`: an
    unchanged row then goes out exactly as it did the first time. A step that leaves the model
    questions is none to keep: it is taken anew once they are answered.
    """
    if offset < state.offset or (offset == state.offset and not all_rows):
        return Step(state, "seen_before")
    replayed = offset == state.offset
    targets = dict(state.targets)
    rows: list[Assessment] = []
    taken_back: list[Assessment] = []
    transitions: list[AlertChanged] = []
    now = max(dossier.at, dossier.clock or dossier.at)
    for judged in judge(dossier, offset, now=now, schemes=settings.schemes, model=model):
        before = state.targets.get(judged.target, TargetState())
        after, changed, unchanged = _publish(before, judged)
        rows += changed + (unchanged if all_rows else [])
        if not replayed:
            key = (dossier.indicator.indicator, dossier.entity)
            taken_back += _take_back(before, after, judged.target, dossier, offset, now)
            moved, made = follow(before, judged, key, now, settings)
            reports = of_reports(dossier, judged.versions, now)
            moved, late = stand(moved, *reports, now, TARGET_WITHDRAWN if judged.withdrawn else "")
            transitions += made + late
            targets[judged.target] = moved.model_copy(update={"rows": after})
    if replayed:
        return Step(state, "replayed", tuple(rows))
    transitions += _stand(targets, *of_series(dossier), now)
    new = SeriesState(
        offset=offset,
        targets=waiting(state.targets, targets),
        commands=state.commands,
        transitions=tuple(transitions),
        taken_back=tuple(taken_back),
        modelled=model.used if model else {},
    )
    return Step(new, "judged", (*taken_back, *rows), tuple(transitions))


def take_balance(state: SeriesState, balance: Balance, offset: int) -> Step:
    """What the books say of a department; what was said before changes nothing."""
    if offset <= state.offset:
        return Step(state, "seen_before")
    targets = dict(state.targets)
    transitions = tuple(
        transition
        for grounds_of in OF_DEPARTMENT
        for transition in _stand(targets, *grounds_of(balance), balance.at)
    )
    changed = {
        "offset": offset,
        "targets": waiting(state.targets, targets),
        "transitions": transitions,
        "taken_back": (),
    }
    return Step(state.model_copy(update=changed), "weighed", transitions=transitions)


def _stand(
    targets: dict[str, TargetState], subject: Subject, grounds: Sequence[Ground], at: datetime
) -> tuple[AlertChanged, ...]:
    """The alert of the series itself, or of the department."""
    before = targets.get(_ITSELF, TargetState())
    after, transitions = stand(before, subject, grounds, at)
    if transitions:
        targets[_ITSELF] = after
    return transitions


def _publish(
    before: TargetState, judged: TargetOpinions
) -> tuple[dict[str, Published], list[Assessment], list[Assessment]]:
    """Rows to remember, rows that are new, and rows that still say what they said."""
    after: dict[str, Published] = {}
    changed: list[Assessment] = []
    unchanged: list[Assessment] = []
    for opinion in judged.opinions:
        row = opinion.assessment
        known, fingerprint = before.rows.get(row.period), digest(row)
        if known is not None and known.digest == fingerprint:
            after[row.period] = known
            stamps = {"assessed_at": known.assessed_at, "sequence": known.sequence}
            unchanged.append(row.model_copy(update=stamps))
        else:
            after[row.period] = published(row, fingerprint)
            changed.append(row)
    return after, changed, unchanged


def _take_back(
    before: TargetState,
    after: dict[str, Published],
    target: str,
    dossier: Dossier,
    offset: int,
    now: datetime,
) -> list[Assessment]:
    return [
        Assessment(
            target=target,
            version=row.version,
            indicator=dossier.indicator.indicator,
            entity=dossier.entity,
            scope=row.scope,
            period=period,
            period_end=row.end,
            as_of=row.as_of,
            actual=row.actual,
            expected=row.expected,
            gap=row.gap,
            lamp=row.lamp,
            scheme=row.scheme,
            reason="no_data",
            reason_zh="该期已无可评判的数据，原评判作废",
            reason_en="nothing to judge for this period any more: the verdict is taken back",
            assessed_at=now,
            sequence=offset,
            superseded=True,
        )
        for period, row in before.rows.items()
        if period not in after
    ]


def take_tick(state: SeriesState, at: datetime, settings: Settings) -> Step:
    """What the hour brings: alerts that nobody acknowledged go to the supervisor."""
    targets, transitions = escalate(state, at, settings)
    if not transitions:
        return Step(state, "nothing_due")
    changes = {"targets": targets, "transitions": transitions, "taken_back": ()}
    return Step(state.model_copy(update=changes), ESCALATED, transitions=transitions)


def take_command(state: SeriesState, event: AlertCommandEvent) -> Step:
    """Obey or refuse a command; one whose id was seen before changes nothing."""
    command = event.data
    if command.command_id in state.commands:
        return Step(state, "seen_before")
    for name, target in state.targets.items():
        for kind, alert in target.alerts.items():
            if alert.last.alert != command.alert:
                continue
            changed = obey(alert.last, event)
            alerts = target.alerts | {kind: alert.model_copy(update={"last": changed})}
            targets = state.targets | {name: target.model_copy(update={"alerts": alerts})}
            new = state.model_copy(
                update={
                    "targets": waiting(state.targets, targets),
                    "commands": (*state.commands, command.command_id),
                    "transitions": (changed,),
                    "taken_back": (),
                }
            )
            return Step(new, changed.reason, transitions=(changed,))
    return Step(state, "unknown_alert")
