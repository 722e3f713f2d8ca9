"""Examples of docs/judgement.md, parts 3 and 4: trajectories, the numbers of an assessment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from schemas.records.dossier import Fact
from tests.unit.judgement.told import (
    CHARGERS,
    DELIVERIES,
    DISTRICT,
    MAKER,
    MONTHS,
    Example,
    month,
    rate,
    stock,
    told,
    vehicles,
    with_sums,
)
from tests.unit.judging import PROFILE, at_least, fact, target

_TO_MAY = [fact("2024-05", "22"), fact("2023-05", "20.4"), fact("2023-12", "68")]
_PLAN = {"2024-03": "20", "2024-06": "45", "2024-12": "100"}
_STEPS = [
    {"on": "2024-03-31", "value": "20"},
    {"on": "2024-06-30", "value": "45"},
    {"on": "2024-12-31", "value": "100"},
]

TRAJECTORIES = {
    "linear_days": vehicles(_TO_MAY, trajectory={"kind": "linear_days"}),
    "linear_months": vehicles(_TO_MAY, trajectory=MONTHS),
    "last_year_profile": vehicles(_TO_MAY, trajectory=PROFILE),
    "plan": vehicles(_TO_MAY, trajectory={"kind": "plan", "values": _PLAN}),
    "steps": vehicles(_TO_MAY, trajectory={"kind": "steps", "steps": _STEPS}),
}


@dataclass(frozen=True)
class _Mean:
    """Every month to come is like the mean of the last twelve."""

    installed: bool = True

    def ahead(self, points: Sequence[Decimal], months: int) -> Decimal | None:
        return sum(points[-12:], Decimal(0)) / 12 * months


def _months(year: int, *values: str) -> list[Fact]:
    return [month(f"{year}-{number:02d}", value) for number, value in enumerate(values, 1)]


def _chargers(*levels: Fact) -> Example:
    return told([*levels], target(at_least("1600")), named=CHARGERS, unit="台", measure="stock")


_CAR_MAKER = [fact("2023-06", "139117"), fact("2023-12", "376030"), fact("2024-06", "188981")]
_LEVELS = [fact("2023-06", "110"), fact("2023-12", "216.2"), fact("2024-06", "114.4")]
_HALF_YEARS = [
    fact("2022-06", "45"),
    fact("2022-12", "100"),
    fact("2023-06", "40"),
    fact("2023-12", "100"),
    fact("2024-06", "50"),
]
_THREE_YEARS = with_sums(
    *_months(2022, *["4"] * 6, *["6"] * 6),
    *_months(2023, *["10"] * 12),
    *_months(2024, *["10"] * 6),
)

NUMBERS = {
    "pace": _chargers(stock("2023-12", "1000"), stock("2024-06", "1240")),
    "no_baseline": _chargers(stock("2024-06", "1240")),
    "required_rate": told(
        [rate("2024-H1", "4"), *_LEVELS],
        target({"kind": "growth", "percent": "6"}),
        of=DISTRICT,
        named=("一般公共预算收入", "Budget revenue"),
        unit="亿元",
    ),
    "forecast": told(
        _CAR_MAKER,
        target(at_least("560000"), trajectory=PROFILE),
        of=MAKER,
        named=DELIVERIES,
        unit="辆",
        frequency="quarter",
    ),
    "autoets": replace(vehicles(_THREE_YEARS, at_least("130"), trajectory=MONTHS), model=_Mean()),
    "p_meet": vehicles(_HALF_YEARS, trajectory=PROFILE),
    "blue": vehicles([fact("2024-09", "100")]),
    "strict": vehicles([fact("2024-12", "100")], at_least("100", strict=True)),
    "tolerance": told(
        [fact("2024-06", "2450")],
        target(at_least("5000", tolerance="100")),
        of=DISTRICT,
        named=("工业用地", "Industrial land"),
        unit="亩",
    ),
}
