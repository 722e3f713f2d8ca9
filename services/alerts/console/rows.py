"""Rows of the public views, as the console reads them; a field is a column of that name."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class IndicatorRow:
    """`bi.indicators`."""

    indicator: str
    name_zh: str
    name_en: str
    unit: str
    measure: str
    direction: str
    owner: str
    frequency: str
    tree: str = ""
    definition: str = ""


@dataclass(frozen=True)
class EntityRow:
    """`bi.entities`: places, enterprises, and departments under their id."""

    entity: str
    kind: str
    name_zh: str
    name_en: str = ""
    parent: str = ""


@dataclass(frozen=True)
class TargetRow:
    """`bi.targets`: one version of a target, which has `started` to be in force or not.

    `goal` and `trajectory` are kinds or their JSON.
    """

    target: str
    version: int
    indicator: str
    entity: str
    goal: str
    trajectory: str
    lamps: str
    effective_from: date
    year: int | None = None
    scope: str = ""
    goal_value: Decimal | None = None
    lead: str = ""
    responsible: tuple[str, ...] = ()
    supervisor: str = ""
    approved_by: str = ""
    parent: str = ""
    started: bool = True


@dataclass(frozen=True)
class AwaitedRow:
    """`bi.awaited_targets`: a placeholder, from whom its target is to come, and for how long."""

    target: str
    indicator: str
    entity: str
    awaited_from: str
    since: date
    days: int
    lead: str = ""


@dataclass(frozen=True)
class AssessmentRow:
    """`bi.assessments`: one target judged at the end of one period; period "" before any figure."""

    target: str
    version: int
    indicator: str
    entity: str
    period: str
    lamp: str
    scheme: str
    reason: str
    reason_zh: str
    reason_en: str
    assessed_at: datetime
    scope: str = ""
    period_end: date | None = None
    as_of: datetime | None = None
    actual: Decimal | None = None
    expected: Decimal | None = None
    gap: Decimal | None = None
    pace: float | None = None
    required_rate: Decimal | None = None
    forecast: Decimal | None = None
    forecast_low: Decimal | None = None
    forecast_high: Decimal | None = None
    p_meet: float | None = None
    method: str = "none"
    trajectory_used: str = ""
    basis: tuple[str, ...] = ()
    superseded: bool = False


@dataclass(frozen=True)
class ValueRow:
    """`bi.current_values`: the newest vintage of one figure."""

    indicator: str
    entity: str
    period: str
    period_start: date
    period_end: date
    measure: str
    value: Decimal | None
    unit: str
    status: str
    recorded_at: datetime
    scope: str = ""
    vintages: int = 1
    derived: bool = False


@dataclass(frozen=True)
class AlertRow:
    """`bi.alerts`: an alert as it stands; `near_due` where its deadline comes soon."""

    alert: str
    target: str
    indicator: str
    entity: str
    kind: str
    state: str
    lamp: str
    severity: str
    opened_at: datetime
    opened_period: str
    period: str
    gap: Decimal | None = None
    lead: str = ""
    responsible: tuple[str, ...] = ()
    supervisor: str = ""
    due_on: date | None = None
    overdue: bool = False
    near_due: bool = False
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    notes: tuple[str, ...] = ()
    closed_at: datetime | None = None
    reopened: int = 0

    @property
    def is_open(self) -> bool:
        """Still somebody's work."""
        return self.state not in {"closed", "withdrawn"}


@dataclass(frozen=True)
class HistoryRow:
    """`bi.alert_history`: one transition."""

    alert: str
    seq: int
    state: str
    reason: str
    by: str
    at: datetime
    basis: tuple[str, ...] = ()
    command_id: str = ""
    period: str = ""
    lamp: str = ""


@dataclass(frozen=True)
class LedgerRow:
    """`bi.ledger`: the books of one department and day."""

    department: str
    day: date
    received: int
    accepted: int
    duplicate: int
    rejected: int
    stored: int
    difference: int


@dataclass(frozen=True)
class RejectedRow:
    """`bi.rejected`: what could not be taken, with its text as it came."""

    id: str
    department: str
    received_at: datetime
    code: str
    field: str
    message: str
    state: str
    raw: str
    message_en: str = ""
    event_id: str = ""


@dataclass(frozen=True)
class Snapshot:
    """All that the overview stands on, read at one time."""

    targets: tuple[TargetRow, ...] = ()
    latest: tuple[AssessmentRow, ...] = ()
    alerts: tuple[AlertRow, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()
    entities: tuple[EntityRow, ...] = ()
    simulated: frozenset[tuple[str, str, str]] = frozenset()
    awaited: tuple[AwaitedRow, ...] = ()
