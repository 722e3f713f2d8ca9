"""Stories of docs/judgement.md, part 6: every step of the alert of one target."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from schemas.events import COMMANDS, AlertCommandEvent
from schemas.records.alert import AlertChanged
from schemas.records.books import Balance, Refused
from schemas.records.dossier import Fact, TargetVersion
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import take_balance, take_command, take_dossier
from services.alerts.domain.state import SeriesState
from tests.unit.judgement.told import HUNDRED, MONTHS
from tests.unit.judging import at_least, dossier, fact, moment, target

# A figure, a version of the target, a day that begins, or a command.
Event = Fact | TargetVersion | datetime | str
GOAL = target(HUNDRED, trajectory=MONTHS)
LOWER = target(at_least("80"), 2, trajectory=MONTHS, effective_from="2024-04-01")
LAST_YEAR = [
    fact(period, value)
    for period, value in (
        ("2023-03", "24"),
        ("2023-04", "32"),
        ("2023-05", "60"),
        ("2023-12", "80"),
    )
]


def month(number: int, value: str) -> Fact:
    """The year-to-date at the end of a month, published in the middle of the next."""
    return fact(f"2024-{number:02d}", value, f"2024-{number + 1:02d}-15")


def story(*events: Event, past: list[Fact] | None = None, **defined: int) -> list[AlertChanged]:
    """Every transition, in order."""
    state, facts, targets = SeriesState(), {f.period: f for f in past or []}, [GOAL]
    clock, told = moment("2024-01-02"), list[AlertChanged]()
    for number, event in enumerate(events):
        if isinstance(event, str):
            step = take_command(state, _command(event))
        else:
            clock += timedelta(hours=1)
            if isinstance(event, Fact):
                facts[event.period] = event
            elif isinstance(event, TargetVersion):
                targets.append(event)
            else:
                clock = event
            given = dossier([*facts.values()], *targets, at=clock, **defined)
            step = take_dossier(state, given, number, Settings())
        state = step.state
        told += step.transitions
    return told


def _command(action: str) -> AlertCommandEvent:
    data = {"command_id": action, "alert": "t-behind-1", "action": action}
    return COMMANDS.validate_json(
        json.dumps(
            {
                "specversion": "1.0",
                "id": action,
                "source": "urn:pacekeeper:czzfb",
                "type": "pacekeeper.alert.command.v1",
                "time": "2024-05-16T09:00:00+08:00",
                "data": data,
            }
        )
    )


def refused(*rejects: Refused | None) -> list[AlertChanged]:
    """Every transition of a department's alert, in order."""
    state, told = SeriesState(), list[AlertChanged]()
    for number, reject in enumerate(rejects):
        at = moment("2024-07-12") + timedelta(hours=number)
        step = take_balance(state, Balance(department="czgxj", at=at, refused=reject), number)
        state = step.state
        told += step.transitions
    return told


NOT_DEFINED = Refused(
    count=2,
    codes=("unknown_indicator",),
    received_at=moment("2024-07-10"),
    event_id="e-2",
    code="unknown_indicator",
    field="data.indicator",
    message_zh="指标 x 尚未定义",
    message_en="the indicator x is not defined",
)
NO_UNIT = Refused(
    count=3,
    codes=("unknown_indicator", "unknown_unit"),
    received_at=moment("2024-07-11"),
    event_id="e-3",
    code="unknown_unit",
    field="data.unit",
    message_zh="不认识单位 车",
    message_en="the unit 车 is not known",
)

STORIES: Mapping[str, list[AlertChanged]] = {
    "withdrawn": story(month(3, "24"), target({"kind": "withdrawn"}, 2)),
    "behind": story(month(3, "24"), month(4, "20")),
    "cured": story(month(3, "24"), month(4, "34")),
    "request_close": story(month(3, "24"), "request_close"),
    "correction": story(month(3, "24"), month(3, "25")),
    "reopened": story(month(3, "24"), month(4, "34"), month(5, "30")),
    "target_changed": story(month(3, "24"), LOWER),
    "forecast_miss": story(month(3, "26"), month(4, "35"), month(5, "76"), past=LAST_YEAR),
    "rejected": refused(NOT_DEFINED, NO_UNIT, None),
    "overdue_report": story(
        month(5, "42"), moment("2024-07-22"), moment("2024-07-23"), month(6, "50"), due_days=20
    ),
}
