"""Verdicts on targets, and the watermark behind them."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.records.record import Day, Moment, Record


class Lamp(StrEnum):
    """The colour; always shown with the scheme's name and words."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    BLUE = "blue"


class Assessment(Record):
    """`pacekeeper.target.assessed.v1`: one target judged at the end of one period.

    Amounts and rates in the indicator's unit (or %), 4 decimals half-even; pace and p_meet 6.
    `sequence` is the dossier's offset in `indicators`: of two rows for the same target and period
    the greater one holds. `superseded` takes back a row that no longer has a figure.
    """

    target: str
    version: int
    indicator: str
    entity: str
    scope: str = ""
    period: str
    period_end: Day | None = None
    as_of: Moment | None = None
    actual: Decimal | None = None
    expected: Decimal | None = None
    gap: Decimal | None = None
    pace: Decimal | None = None
    required_rate: Decimal | None = None
    forecast: Decimal | None = None
    forecast_low: Decimal | None = None
    forecast_high: Decimal | None = None
    p_meet: Decimal | None = None
    lamp: Lamp
    scheme: str
    method: str = "none"
    trajectory_used: str = ""
    reason: str
    reason_zh: str
    reason_en: str
    basis: tuple[str, ...] = ()
    assessed_at: Moment
    sequence: int
    superseded: bool = False


class Judged(Record):
    """The watermark behind a dossier's assessments: all of the series up to `offset` is judged.

    So is what it is derived from, `through` the offset of each partition of `events`. `sequence`
    is the dossier's offset in `indicators`.
    """

    kind: Literal["judged"] = "judged"
    indicator: str
    entity: str
    partition: int
    offset: int
    through: dict[int, int] = Field(default_factory=dict)
    at: Moment
    sequence: int
