"""Builders for judging: facts, targets and dossiers with what a test does not care about."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas import period as periods
from schemas.data import IndicatorDefined, Measure, TargetSet
from schemas.goals import Stage
from schemas.records.assessment import Assessment
from schemas.records.dossier import Comparand, Dossier, Fact, ProjectStage, TargetVersion
from schemas.status import Status
from services.alerts.domain.assess import assess

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
CHINA_NOON = timedelta(hours=4)


def moment(day: str) -> datetime:
    """Noon in China on a day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + CHINA_NOON


def fact(
    period: str,
    value: str,
    recorded: str = "2024-12-31",
    measure: str = "cumulative",
    status: str = "P",
    **changed: Any,
) -> Fact:
    """One current value; `first` is the day of its first vintage."""
    span = periods.parse(period)
    start = date(span.end.year, 1, 1) if measure == "cumulative" else span.start
    start = span.end if measure == "stock" else start
    first = changed.pop("first", recorded)
    scope = changed.get("scope", "")
    name = f"{measure}-{period}-{scope}".rstrip("-")
    given: dict[str, Any] = {
        "scope": "",
        "measure": Measure(measure),
        "start": start,
        "end": span.end,
        "period": period,
        "value": Decimal(value),
        "status": Status(status),
        "recorded_at": moment(recorded),
        "first_recorded_at": moment(first),
        "basis": (name,),
    }
    return Fact(**(given | changed))


def year_to_date(
    year: int, *values: str, recorded: str = "2024-12-31", **changed: Any
) -> list[Fact]:
    """Cumulative values by month from January; an empty string leaves a month out."""
    return [
        fact(f"{year}-{month:02d}", value, recorded, **changed)
        for month, value in enumerate(values, 1)
        if value
    ]


def indicator(**changed: Any) -> IndicatorDefined:
    """A flow reported by month, higher is better."""
    given: dict[str, Any] = {
        "indicator": "vehicle_output",
        "name_zh": "整车产量",
        "name_en": "Vehicle output",
        "unit": "万辆",
        "measure": Measure.CUMULATIVE,
        "direction": "higher",
        "owner": "czgxj",
        "frequency": "month",
    }
    given |= changed
    return IndicatorDefined(**(given | {"measure": Measure(given["measure"])}))


def target(goal: dict[str, Any], version: int = 1, **changed: Any) -> TargetVersion:
    """A version of a target of 2024."""
    given: dict[str, Any] = {
        "target": "t",
        "indicator": "vehicle_output",
        "entity": "changzhou",
        "year": 2024,
        "version": version,
        "effective_from": "2024-01-01",
        "goal": goal,
    }
    given |= changed
    if "from" in given:
        given.pop("year")
    data = TargetSet.model_validate_json(json.dumps(given))
    return TargetVersion(event_id=f"t-v{version}", recorded_at=moment("2024-01-01"), data=data)


def comparand(entity: str, *facts: Fact, **defined: Any) -> Comparand:
    """Another series; its indicator is the target's own unless told otherwise."""
    return Comparand(indicator=indicator(**defined), entity=entity, entity_zh="江苏省", facts=facts)


def stage(name: str, on: str, recorded: str, project: str = "base") -> ProjectStage:
    """What one event says of a project."""
    return ProjectStage(
        project=project,
        stage=Stage(name),
        on=date.fromisoformat(on),
        recorded_at=moment(recorded),
        event_id=f"{project}-{name}-{recorded}",
    )


def dossier(
    facts: list[Fact],
    *targets: TargetVersion,
    at: datetime = AT,
    beside: dict[str, Any] | None = None,
    **defined: Any,
) -> Dossier:
    """A series as the aggregate would describe it; `beside` is the rest of the world."""
    return Dossier(
        indicator=indicator(**defined),
        entity="changzhou",
        entity_zh="常州市",
        entity_en="Changzhou",
        partition=0,
        offset=7,
        at=at,
        facts=tuple(facts),
        targets=targets,
        **(beside or {}),
    )


def judged(facts: list[Fact], *targets: TargetVersion, **defined: Any) -> dict[str, Assessment]:
    """Assessments by period."""
    found = assess(dossier(facts, *targets, **defined))
    assert len({row.period for row in found}) == len(found)
    return {row.period: row for row in found}


def at_least(value: str, **changed: Any) -> dict[str, Any]:
    """A goal."""
    return {"kind": "at_least", "value": value} | changed


PROFILE = {"kind": "last_year_profile"}
