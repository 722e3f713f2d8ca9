"""One series whose dossiers arrive one after the other, for tests of the closed loop."""

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.records.alert import AlertChanged
from schemas.records.dossier import Fact
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import Step, take_dossier
from services.alerts.domain.state import SeriesState
from tests.unit.judging import at_least, dossier, fact, target

# 100 in a year, by months: 25 are due by March, 33.33 by April, 41.67 by May, 50 by June.
MONTHLY = {"kind": "linear_months"}
GOAL = target(at_least("100"), trajectory=MONTHLY)


class Story:
    """One series whose dossiers arrive one after the other."""

    def __init__(self, *targets: Any, clear_periods: int = 1) -> None:
        self.targets = targets or (GOAL,)
        self.settings = Settings(clear_periods)
        self.state = SeriesState()
        self.facts: dict[str, Fact] = {}
        self.offset = 0
        self.step = Step(self.state, "")

    def given(self, **values: str | None) -> list[tuple[str, str, str, str]]:
        """Figures of 2024 by month (m03="20"); None deletes. The transitions, in short."""
        for month, value in values.items():
            period = f"2024-{month[1:]}"
            self.facts.pop(period, None)
            if value is not None:
                self.facts[period] = fact(
                    period, value, f"2024-{month[1:]}-28", basis=(f"{period}={value}",)
                )
        return self.arrives()

    def arrives(self) -> list[tuple[str, str, str, str]]:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=self.offset)
        found = dossier(list(self.facts.values()), *self.targets, at=at)
        self.step = take_dossier(self.state, found, self.offset, self.settings)
        self.state, self.offset = self.step.state, self.offset + 1
        return [short(changed) for changed in self.step.transitions]

    @property
    def last(self) -> AlertChanged:
        return self.step.transitions[-1]


def short(changed: AlertChanged) -> tuple[str, str, str, str]:
    return changed.kind, changed.state.value, changed.reason, changed.period
