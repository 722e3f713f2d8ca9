"""Alerts: their transitions, and the tick that may cause one."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.records.assessment import Lamp
from schemas.records.record import Day, Moment, Record


class AlertState(StrEnum):
    """Where an alert stands in its loop."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    RECTIFYING = "rectifying"
    CURED = "cured"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Tick(Record):
    """A record of `alert.commands`: by its own time alone something of the series may be due."""

    kind: Literal["tick"] = "tick"
    at: Moment


class Note(Record):
    """A word on an alert."""

    by: str
    at: Moment
    text: str


class AlertChanged(Record):
    """`pacekeeper.alert.changed.v1`: one transition, with the alert as it is afterwards.

    `seq` counts from 1 without a gap; (alert, seq) identifies the transition for ever.
    `reason` is the named reason of the transition, `by` who caused it (`data` or a person).
    `asked_due` is a later deadline that nobody has granted yet; until `silent_until` nobody is
    told of the alert. `grounds` names what it rests on that is not judged by a target.
    """

    alert: str
    seq: int = Field(ge=1)
    target: str
    kind: str
    indicator: str
    entity: str
    state: AlertState
    reason: str
    by: str
    at: Moment
    lamp: Lamp
    severity: Literal["high", "medium", "low"]
    opened_at: Moment
    opened_period: str
    period: str
    gap: Decimal | None = None
    lead: str = ""
    responsible: tuple[str, ...] = ()
    supervisor: str = ""
    due_on: Day | None = None
    asked_due: Day | None = None
    silent_until: Moment | None = None
    acknowledged_by: str = ""
    acknowledged_at: Moment | None = None
    notes: tuple[Note, ...] = ()
    closed_at: Moment | None = None
    reopened: int = 0
    basis: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    command_id: str = ""

    def is_silent(self, at: datetime) -> bool:
        """Is nobody to be told of it at this moment?"""
        return self.silent_until is not None and at < self.silent_until
