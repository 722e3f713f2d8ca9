"""Assessments as they are written: rounded, with their reason and what they rest on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from schemas.data import TargetSet
from schemas.exact import CONTEXT
from schemas.period import end_name
from schemas.records.assessment import Assessment, Lamp
from schemas.records.dossier import Dossier, Fact
from services.alerts.domain.forecasts import Forecast, Required
from services.alerts.domain.goals.milestone import Arrived
from services.alerts.domain.reasons import Reason
from services.alerts.domain.standing import Standing

_AMOUNT = Decimal("0.0001")
_RATIO = Decimal("0.000001")


@dataclass(frozen=True)
class Opinion:
    """An assessment, and whether its forecast falls short of the goal (None: no forecast)."""

    assessment: Assessment
    short: bool | None = None


@dataclass(frozen=True)
class Desk:
    """Writes the rows of one dossier: `at` is when it is judged, `sequence` its offset."""

    dossier: Dossier
    sequence: int
    at: datetime

    def row(
        self,
        version: TargetSet,
        end: date | None,
        lamp: Lamp,
        facts: tuple[Fact, ...],
        columns: dict[str, Any],
    ) -> Assessment:
        """A row that rests on facts; `as_of` is when the newest of them was recorded."""
        basis = tuple(dict.fromkeys(event for fact in facts for event in fact.basis))
        as_of = max((fact.recorded_at for fact in facts), default=None)
        given = {"as_of": as_of, "basis": basis, "period_end": end}
        return self._row(version, lamp, given | columns | _named(end))

    def milestone(self, version: TargetSet, arrived: Arrived, reason: Reason) -> Assessment:
        """A row of the day that is due; it rests on the event that decided it, if any."""
        given = {"as_of": arrived.as_of, "basis": arrived.basis, "period_end": arrived.due}
        named = {"period": arrived.due.isoformat()}
        return self._row(version, arrived.lamp, given | why(reason) | named)

    def _row(self, version: TargetSet, lamp: Lamp, columns: dict[str, Any]) -> Assessment:
        return Assessment(
            target=version.target,
            version=version.version,
            indicator=version.indicator,
            entity=version.entity,
            scope=version.scope,
            lamp=lamp,
            scheme=version.lamps,
            assessed_at=self.at,
            sequence=self.sequence,
            **columns,
        )


def _named(end: date | None) -> dict[str, str]:
    return {"period": "" if end is None else end_name(end)}


def where(standing: Standing) -> dict[str, Any]:
    """The columns that say where the target stands."""
    return {
        "actual": amount(standing.actual),
        "expected": amount(standing.expected),
        "gap": amount(standing.gap),
        "trajectory_used": standing.trajectory_used,
    }


def outlook(standing: Standing, ahead: Forecast, needed: Required) -> dict[str, Any]:
    """The columns that say how it will go on."""
    return {
        "pace": ratio(standing.pace),
        "required_rate": amount(needed.value),
        "forecast": amount(ahead.value),
        "forecast_low": amount(ahead.low),
        "forecast_high": amount(ahead.high),
        "p_meet": ratio(ahead.p_meet),
        "method": ahead.method,
    }


def why(reason: Reason) -> dict[str, str]:
    """The columns that give the reason."""
    return {"reason": reason.code, "reason_zh": reason.zh, "reason_en": reason.en}


def amount(value: Decimal | None) -> Decimal | None:
    """Amounts and rates: 4 decimals, half-even."""
    return None if value is None else value.quantize(_AMOUNT, context=CONTEXT)


def ratio(value: Decimal | None) -> Decimal | None:
    """Pace and odds: 6 decimals, half-even."""
    return None if value is None else value.quantize(_RATIO, context=CONTEXT)
