"""Simulated months where the city published none: a national profile up to the city's total.

January is given like every month, so that the rule shows which keeps it grey when it stands alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from schemas.catalogue.events import Event, event
from schemas.catalogue.model import Catalogue
from schemas.status import Status
from services.cli.demo.naming import observation_id
from services.cli.demo.published import read_rows

SCOPE = "simulated"
PROFILE_SERIES, PROFILE_YEAR = "cpca_car_output", 2023
PUBLISHED_ON = 20
ENTITY = "changzhou"


@dataclass(frozen=True)
class Simulated:
    """One indicator's published year totals and the places its months are rounded to."""

    indicator: str
    unit: str
    places: Decimal
    totals: dict[int, Decimal]


# The totals of the government's own work reports. The press also has 7680 亿元 for 2023 and, for
# new-energy vehicles alone, more than 70 万辆; the target was set against the report's figures.
SIMULATED = (
    Simulated("vehicle_output", "万辆", Decimal("0.01"), {2023: Decimal(68), 2024: Decimal(80)}),
    Simulated(
        "new_energy_output", "亿元", Decimal("0.1"), {2023: Decimal(7600), 2024: Decimal(8500)}
    ),
)


def profile() -> list[Decimal]:
    """Share of the year's national car output that was made by the end of each month of 2023."""
    months = {
        row["period"]: Decimal(row["value"])
        for row in read_rows()
        if row["series"] == PROFILE_SERIES and row["period"].startswith(f"{PROFILE_YEAR}-")
    }
    values = [months[f"{PROFILE_YEAR}-{month:02d}"] for month in range(1, 13)]
    whole = sum(values)
    return [sum(values[:month], Decimal(0)) / whole for month in range(1, 13)]


def simulated_months(one: Simulated, year: int) -> list[Decimal]:
    """Year-to-date by month; the last is the published total exactly."""
    total = one.totals[year]
    return [(total * share).quantize(one.places, ROUND_HALF_EVEN) for share in profile()[:-1]] + [
        total
    ]


def simulated_observations(catalogue: Catalogue) -> Iterator[Event]:
    """Every simulated month as an observation under the scope `simulated`, status G."""
    for one in SIMULATED:
        owner = catalogue.indicators()[one.indicator].owner
        for year, total in one.totals.items():
            for month, value in enumerate(simulated_months(one, year), start=1):
                day = date(year + month // 12, month % 12 + 1, PUBLISHED_ON)
                data = {
                    "indicator": one.indicator,
                    "entity": ENTITY,
                    "period": f"{year}-{month:02d}",
                    "measure": "cumulative",
                    "value": str(value),
                    "unit": one.unit,
                    "status": Status.EXPERIMENTAL.value,
                    "scope": SCOPE,
                    "note": _note(year, total, one.unit),
                }
                yield event("metric.observed", observation_id(data, day), owner, day, data)


def _note(year: int, total: Decimal, unit: str) -> str:
    return (
        "模拟数据，非发布值：全市未按月发布，按2023年全国乘用车产量的月度进度分摊，"
        f"年末等于已发布的{year}年合计{total}{unit}；发布日期为推定（次月20日） / "
        "simulated, not published: the city gives no months, so the published total of "
        f"{total} {unit} for {year} follows the 2023 profile of national car output; "
        "assumed publication date: the 20th of the next month"
    )
