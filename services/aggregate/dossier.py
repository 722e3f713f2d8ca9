"""A dossier as it crosses the wire; `schemas.records.dossier.Dossier` reads it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel

from schemas.data import FLOW, IndicatorDefined, Measure
from schemas.exact import as_sent
from schemas.records.dossier import OpenFinding, ProjectStage, TargetVersion
from services.aggregate.fact import Fact
from services.aggregate.year_to_date import new_year

# Scope, last day, and when it was recorded.
Moment = tuple[str, date, datetime]


class About(NamedTuple):
    """What a dossier tells besides its figures: the fields of `Dossier` in their order."""

    indicator: IndicatorDefined
    entity: str
    entity_zh: str
    entity_en: str
    partition: int
    offset: int
    through: Mapping[int, int]
    at: datetime
    clock: datetime | None = None


class Other(NamedTuple):
    """Another series that targets are set beside: the fields of `Comparand`."""

    indicator: IndicatorDefined
    entity: str
    entity_zh: str
    entity_en: str
    facts: Sequence[Fact]


class Beside(NamedTuple):
    """What the targets of a series are set beside: the last fields of `Dossier`."""

    earlier: Sequence[Fact] = ()
    parent: str = ""
    peers: Sequence[str] = ()
    comparands: Sequence[Other] = ()
    projects: Sequence[ProjectStage] | None = None


ALONE = Beside()


class Writer:
    """Writes the dossiers of one batch: a definition that they share is put in words once."""

    def __init__(self) -> None:
        # The record is kept beside its words, so that no other one can get its identity.
        self._written: dict[int, tuple[BaseModel, orjson.Fragment]] = {}

    def write(
        self,
        about: About,
        facts: Sequence[Fact],
        targets: Sequence[TargetVersion],
        findings: Sequence[OpenFinding] = (),
        beside: Beside = ALONE,
    ) -> bytes:
        """The JSON of a dossier; defaults are left out."""
        said: dict[str, Any] = about._asdict()
        said["indicator"] = self._once(about.indicator)
        said["through"] = {str(partition): offset for partition, offset in about.through.items()}
        said["facts"] = _facts(facts)
        said["targets"] = [_written(target) for target in targets]
        if findings:
            said["findings"] = [_written(finding) for finding in findings]
        if beside is not ALONE:
            said |= self._beside(beside)
        return orjson.dumps(said, option=orjson.OPT_UTC_Z)

    def _beside(self, beside: Beside) -> dict[str, Any]:
        said: dict[str, Any] = {"parent": beside.parent, "peers": beside.peers}
        said["earlier"] = _facts(beside.earlier)
        said["comparands"] = [
            other._asdict()
            | {"indicator": self._once(other.indicator), "facts": _facts(other.facts)}
            for other in beside.comparands
        ]
        if beside.projects is not None:
            said["projects"] = [_written(stage) for stage in beside.projects]
        return said

    def _once(self, record: BaseModel) -> orjson.Fragment:
        there = self._written.get(id(record))
        if there is None:
            there = self._written[id(record)] = (record, _written(record))
        return there[1]


def _written(record: BaseModel) -> orjson.Fragment:
    return orjson.Fragment(record.model_dump_json(by_alias=True, exclude_defaults=True))


def _tied(facts: Sequence[Fact]) -> set[Moment]:
    """When a year-to-date was recorded under both of its names at once: alike but for its place."""
    periods = {
        (fact.scope, fact.end, fact.recorded_at)
        for fact in facts
        if fact.measure is Measure.PERIOD and not fact.derived and fact.start == new_year(fact.end)
    }
    if not periods:
        return periods
    return {
        moment
        for fact in facts
        if fact.measure is Measure.CUMULATIVE
        and not fact.derived
        and (moment := (fact.scope, fact.end, fact.recorded_at)) in periods
    }


def _facts(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    tied = _tied(facts)
    return [_fact(fact, tied) for fact in facts]


def _fact(fact: Fact, tied: set[Moment]) -> dict[str, Any]:
    scope, measure, start, end, name, value, status, at, first, vintages, derived, *_ = fact
    said = {
        "scope": scope,
        "measure": measure,
        "start": start,
        "end": end,
        "period": name,
        "value": exactly(value),
        "status": status,
        "recorded_at": at,
        "first_recorded_at": first,
    }
    if vintages != 1:
        said["vintages"] = vintages
    if derived:
        said["derived"] = True
    said["basis"] = fact.basis
    if tied and (scope, end, at) in tied and measure in FLOW and start == new_year(end):
        said["coordinates"] = fact.coordinates
    return said


def exactly(value: Decimal) -> str:
    """As `as_sent`, which takes several times as long where there is no exponent to avoid."""
    shown = str(value)
    return as_sent(value) if "E" in shown else shown
