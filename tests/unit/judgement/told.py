"""Builders for the examples of docs/judgement.md: a dossier under names that the page uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.period import end_name
from schemas.records.assessment import Assessment
from schemas.records.dossier import Comparand, Dossier, Fact, TargetVersion
from services.aggregate.derived import Key
from services.aggregate.fact import Fact as Known
from services.aggregate.history import history
from services.alerts.domain.assess import judge
from services.alerts.domain.schemes import SCHEMES, Scheme
from services.series.models import Model
from tests.unit.judging import at_least, comparand, dossier, fact, target

CITY, DISTRICT, MAKER = ("常州市", "Changzhou"), ("武进区", "Wujin"), ("理想汽车", "Li Auto")
GDP = ("地区生产总值", "GDP")
CHARGERS = ("充电设施", "Chargers")
DELIVERIES = ("交付量", "Deliveries")
SHARE = ("GDP占全市比重", "Share of the city's GDP")
COAL = ("煤炭消费量", "Coal consumption")
HUNDRED = at_least("100")
MONTHS = {"kind": "linear_months"}


@dataclass(frozen=True)
class Example:
    """A dossier, and by which schemes and which model it is judged."""

    dossier: Dossier
    schemes: Mapping[str, Scheme] = field(default_factory=lambda: SCHEMES)
    model: Model | None = None

    def rows(self) -> dict[str, Assessment]:
        """What the judge says, by period."""
        judged = judge(self.dossier, 0, schemes=self.schemes, model=self.model)
        return {o.assessment.period: o.assessment for each in judged for o in each.opinions}


def told(
    facts: list[Fact],
    *targets: TargetVersion,
    of: tuple[str, str] = CITY,
    named: tuple[str, str] = ("整车产量", "Vehicle output"),
    **defined: Any,
) -> Example:
    """A series under the names of its entity and its indicator, in Chinese and English."""
    defined |= {"name_zh": named[0], "name_en": named[1]}
    names = {"entity_zh": of[0], "entity_en": of[1]}
    return Example(dossier(facts, *targets, **defined).model_copy(update=names))


def vehicles(facts: list[Fact], goal: dict[str, Any] = HUNDRED, **changed: Any) -> Example:
    """Vehicle output of the city in 2024."""
    return told(facts, target(goal, **changed))


def beside(
    of: tuple[str, str],
    entity: str,
    *facts: Fact,
    named: tuple[str, str] = ("整车产量", "Vehicle output"),
    **defined: Any,
) -> Comparand:
    """Another series to compare with."""
    given = comparand(entity, *facts, name_zh=named[0], name_en=named[1], **defined)
    return given.model_copy(update={"entity_zh": of[0], "entity_en": of[1]})


def rate(period: str, value: str, **changed: Any) -> Fact:
    """A reported growth or share."""
    return fact(period, value, measure="rate", **changed)


def stock(period: str, value: str) -> Fact:
    """A level at the end of a period."""
    return fact(period, value, measure="stock")


def month(period: str, value: str) -> Fact:
    """What one month came to."""
    return fact(period, value, measure="period")


def with_sums(*facts: Fact) -> list[Fact]:
    """The figures, and the years-to-date and months that the aggregate adds to them."""
    told_by_key = {(f.scope, f.measure, f.start, f.end): f for f in facts}
    changes = [
        (
            f.recorded_at,
            Key(*key),
            Known(*key, f.period, f.value, f.status, f.recorded_at, f.first_recorded_at),
        )
        for key, f in told_by_key.items()
    ]
    followed = [
        fact(
            end_name(key.end),
            str(one[-1].value),
            measure=key.measure,
            start=key.start,
            derived=True,
        )
        for key, one in history(changes).items()
        if key not in told_by_key
    ]
    return [*facts, *followed]
