"""Examples of docs/judgement.md, part 5: which lamp."""

from dataclasses import replace

from schemas.lamps import read
from schemas.records.dossier import Fact
from services.alerts.domain.schemes import with_own
from tests.unit.judgement.told import (
    CITY,
    DISTRICT,
    HUNDRED,
    MONTHS,
    Example,
    beside,
    rate,
    told,
    vehicles,
)
from tests.unit.judging import fact, target

OWN = """
- name: district
  name_zh: 区督查室三色灯
  name_en: Lamps of the district office
  origin: 举例 / an example
  measure: pace
  green: 0.95
  yellow: 0.8
  escalate_after: 2
"""


def _to(**values: str) -> list[Fact]:
    """Years-to-date of 2024 by month (m04="34")."""
    return [fact(f"2024-{month[1:]}", value) for month, value in values.items()]


def _growth(**values: str) -> list[Fact]:
    """Reported growth over the year to date."""
    return [rate(f"2024-01/2024-{month[1:]}", value) for month, value in values.items()]


def _tianjin(facts: list[Fact], city: list[Fact]) -> Example:
    return told(
        facts,
        target(HUNDRED, trajectory=MONTHS, lamps="tianjin"),
        of=DISTRICT,
        beside={"parent": "city", "comparands": (beside(CITY, "city", *city),)},
    )


LAMPS = {
    "standard": vehicles(_to(m04="34", m05="38", m06="44"), trajectory=MONTHS),
    "xuancheng": vehicles(_to(m03="25", m06="49.9", m11="91.7"), lamps="xuancheng"),
    "points": vehicles(_to(m04="24", m05="31", m06="19"), trajectory=MONTHS, lamps="points"),
    "tianjin": _tianjin(
        _to(m04="34", m05="38", m06="44") + _growth(m04="8", m05="8", m06="7"),
        _growth(m04="7", m05="7", m06="7"),
    ),
    "no_parent": _tianjin(_to(m04="34") + _growth(m04="8"), []),
    "ouhai": vehicles(_to(m03="20", m04="32", m05="42"), trajectory=MONTHS, lamps="ouhai"),
    "own": replace(
        vehicles(_to(m05="38", m06="45"), trajectory=MONTHS, lamps="district"),
        schemes=with_own(read(OWN)),
    ),
}
