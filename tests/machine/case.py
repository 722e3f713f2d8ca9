"""One version of a target at one end, with what was there in the past."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.period import is_month_end, same_day_last_year
from tests.machine.figures import Fact
from tests.machine.standing import FLOW, RATE, STOCK, Figure, Kind, Sight, past_of

_YEAR_MONTHS = 12
# A value and what it rests on.
Based = tuple[Decimal, tuple[Fact, ...]]


def kind_of(version: dict[str, Any], definition: dict[str, Any]) -> Kind:
    """Which figures a target reads."""
    if version["goal"]["kind"] == "growth" or definition["measure"] == "rate":
        return RATE
    return STOCK if definition["measure"] == "stock" else FLOW


@dataclass
class Case:
    """One version of a target at one end."""

    sight: Sight
    definition: dict[str, Any]
    version: dict[str, Any]
    end: date
    figure: Figure

    def __post_init__(self) -> None:
        self.goal, self.scope = self.version["goal"], self.version.get("scope", "")
        self.kind = kind_of(self.version, self.definition)
        self.past = past_of(self.figure)
        self.at_end = (self.end.month, self.end.day) == (12, 31)

    def tolerance(self) -> Decimal:
        """The goal's, else the indicator's."""
        return Decimal(self.goal.get("tolerance") or self.definition.get("tolerance") or 0)

    def strict(self) -> bool:
        """Is exactly the goal not enough?"""
        return bool(self.goal.get("strict", False))

    def months_done(self) -> Decimal:
        """The share of the year's months that is over."""
        done = self.end.month if is_month_end(self.end) else self.end.month - 1
        return Decimal(done) / _YEAR_MONTHS

    def profile(self) -> Based | None:
        """How much of last year was done by the same day; of a stock of what it gained."""
        then, last = same_day_last_year(self.end), date(self.end.year - 1, 12, 31)
        done, total = self.gained(then), self.gained(last)
        if done is None or total is None or total[0] == 0:
            return None
        return done[0] / total[0], done[1] + total[1]

    def gained(self, end: date) -> Based | None:
        if self.kind == FLOW:
            found = self.sight.to_date(self.scope, end, self.past)
            return found and (found.value, found.facts)
        before = self.sight.level(self.scope, date(end.year - 1, 12, 31), self.past)
        level = self.sight.level(self.scope, end, self.past)
        if before is None or level is None:
            return None
        return level.value - before.value, before.facts + level.facts
