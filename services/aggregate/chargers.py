"""How many charging facilities there are, and how many came in a year; pure.

A facility (充电设施) is the charger, 桩, whatever the number of its connectors.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from schemas.formulas import CountChargers, Use

_COMMISSIONED = ("in_service", "closed", "removed")


class Charger(NamedTuple):
    """A charger as it stands; its commissioning is reported, or observed as the first service."""

    use: Use
    stage: str
    commissioned_on: date | None


def count_chargers(formula: CountChargers, chargers: Iterable[Charger], until: date) -> int:
    """Commissioned from 1 January to the day (新增, also if closed since), or in service (保有)."""
    counts = _commissioned_in_the_year if formula.since == "year" else _in_service
    return sum(charger.use in formula.use and counts(charger, until) for charger in chargers)


def _commissioned_in_the_year(charger: Charger, until: date) -> bool:
    day = charger.commissioned_on
    first = until.replace(month=1, day=1)
    return charger.stage in _COMMISSIONED and day is not None and first <= day <= until


def _in_service(charger: Charger, until: date) -> bool:
    day = charger.commissioned_on
    return charger.stage == "in_service" and (day is None or day <= until)
