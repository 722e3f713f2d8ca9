"""How much of the year was done by the same period end of the last years."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schemas.period import Span, same_day_last_year
from schemas.records.dossier import Fact
from services.series.index import FactIndex
from services.series.measured import Family, Figure, Pick
from services.series.months import ONE_DAY, years_earlier


@dataclass(frozen=True)
class Profile:
    """The mean share and the facts it follows from."""

    share: Decimal
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class History:
    """Past values that may be set beside a figure: same scope, and simulated with simulated."""

    index: FactIndex
    family: Family
    scope: str
    pick: Pick

    def gained(self, span: Span, end: date) -> Figure | None:
        """What a flow came to from the span's start to a day; a stock's net addition since."""
        if self.family is Family.FLOW:
            return self.index.to_date(self.scope, span.start, end, self.pick)
        before = self.index.level(self.scope, span.start - ONE_DAY, self.pick)
        level = self.index.level(self.scope, end, self.pick)
        if before is None or level is None:
            return None
        facts = before.facts + level.facts
        recorded = max(before.first_recorded_on, level.first_recorded_on)
        return Figure(level.value - before.value, span.start, end, recorded, facts)


def profile(
    history: History, span: Span, end: date, years: int, *, later: bool = False
) -> Profile | None:
    """Mean of value to date / total over those of the last `years` years that have both.

    With `later` it is that of the next `years` years: how a past year would look in hindsight.
    """
    ratios: list[Decimal] = []
    facts: list[Fact] = []
    for number in range(1, years + 1):
        back = -number if later else number
        earlier = years_earlier(span, back)
        total = history.gained(earlier, earlier.end)
        done = history.gained(earlier, same_day_last_year(end, back))
        if total is None or done is None or total.value == 0:
            continue
        ratios.append(done.value / total.value)
        facts += [*done.facts, *total.facts]
    if not ratios:
        return None
    return Profile(sum(ratios, Decimal(0)) / len(ratios), tuple(facts))
