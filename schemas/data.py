"""The data of each event that comes from outside, one model per type."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schemas import period
from schemas.exact import Exact
from schemas.formulas import Formula, Use
from schemas.goals import Stage
from schemas.names import (
    Contract,
    Day,
    ForeignId,
    Line,
    Moment,
    NamedLine,
    Scope,
    Slug,
    Text,
    not_negative,
    positive,
)
from schemas.period import PeriodText, Span
from schemas.rejects import RejectCode, finding
from schemas.status import Status
from schemas.targets import TargetSet as TargetSet
from schemas.unit import UnitText


class Measure(StrEnum):
    """What a value is: in the period, since 1 January, at its end, or a rate in %."""

    PERIOD = "period"
    CUMULATIVE = "cumulative"
    STOCK = "stock"
    RATE = "rate"


FLOW = frozenset({Measure.PERIOD, Measure.CUMULATIVE})


def takes(own: Measure, measure: Measure) -> bool:
    """Is an observation of this measure one of an indicator that measures `own`?"""
    if measure is Measure.RATE:
        return True
    return measure in FLOW if own in FLOW else measure is own


class Location(Contract):
    """A point; `crs` tells whether the degrees are WGS-84 or the shifted GCJ-02."""

    lon: Exact
    lat: Exact
    crs: Literal["wgs84", "gcj02"]

    @model_validator(mode="after")
    def _on_earth(self) -> Self:
        if abs(self.lon) > 180 or abs(self.lat) > 90:
            raise finding(
                RejectCode.BAD_VALUE,
                "经度绝对值不超过 180，纬度绝对值不超过 90",
                "degrees: lon within 180, lat within 90",
            )
        return self


class IndicatorDefined(Contract):
    """An indicator: its unit, what it measures, which way is good, who reports it and when."""

    indicator: Slug
    name_zh: NamedLine
    name_en: NamedLine
    unit: UnitText
    measure: Measure
    direction: Literal["higher", "lower"]
    owner: Slug
    frequency: Literal["day", "week", "month", "quarter", "half", "year"]
    due_days: int | None = Field(default=None, ge=0, le=400)
    formula: Formula | None = None
    tolerance: Annotated[Exact, AfterValidator(not_negative)] | None = None
    tree: NamedLine | None = None
    definition: Text | None = None
    levels_comparable: bool = True
    scheme_note: Line | None = None
    granted: tuple[Slug, ...] = Field(default=(), max_length=100)

    @property
    def is_flow(self) -> bool:
        """Adds up over the year."""
        return self.measure in FLOW

    def takes(self, measure: Measure) -> bool:
        """Is an observation of this measure one of this indicator's?"""
        return takes(self.measure, measure)


class EntityKind(StrEnum):
    """What an entity is."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    ZONE = "zone"
    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"


class EntityDefined(Contract):
    """A place, department or enterprise that figures are about."""

    entity: Slug
    kind: EntityKind
    name_zh: NamedLine
    name_en: NamedLine | None = None
    parent: Slug | None = None
    location: Location | None = None


class MetricObserved(Contract):
    """One figure."""

    indicator: Slug
    entity: Slug
    period: PeriodText
    measure: Measure
    value: Exact | None
    unit: UnitText
    status: Status
    scope: Scope = ""
    note: Line | None = None

    @property
    def span(self) -> Span:
        """The days the figure covers as it was sent."""
        return period.parse(self.period)

    @model_validator(mode="after")
    def _a_cumulative_begins_the_year(self) -> Self:
        start, end = self.span
        if self.measure is Measure.CUMULATIVE and "/" in self.period:
            first = start.replace(month=1, day=1)
            if start != first or start.year != end.year:
                raise finding(
                    RejectCode.BAD_PERIOD,
                    "累计值的区间应自当年 1 月 1 日起，且不跨年",
                    "a cumulative interval runs from 1 January and stays within its year",
                    "period",
                )
        return self

    @model_validator(mode="after")
    def _absent_only_when_taken_back(self) -> Self:
        if (self.value is None) != (self.status is Status.MISSING):
            raise finding(
                RejectCode.BAD_VALUE,
                "仅当 status 为 M（撤回）时 value 为 null，且此时必须为 null",
                "value is null with status M, and only with status M",
                "value",
            )
        return self


class Amount(Contract):
    """Money in plain 元 or 美元."""

    value: Annotated[Exact, AfterValidator(not_negative)]
    currency: Literal["CNY", "USD"]


class ProjectUpdated(Contract):
    """An investment project as it stands on a day."""

    project: Slug
    name: NamedLine
    entity: Slug
    amount: Amount
    stage: Stage
    on: Day
    category: NamedLine | None = None
    invested: Annotated[Exact, AfterValidator(not_negative)] | None = None
    plan_year_investment: Annotated[Exact, AfterValidator(not_negative)] | None = None
    progress: Annotated[Exact, AfterValidator(not_negative)] | None = None
    location: Location | None = None
    lead: Slug | None = None
    responsible: tuple[Slug, ...] = Field(default=(), max_length=100)

    @model_validator(mode="after")
    def _progress_is_a_percentage(self) -> Self:
        if self.progress is not None and self.progress > 100:
            raise finding(
                RejectCode.BAD_VALUE, "进度应为 0 至 100", "progress is 0 to 100", "progress"
            )
        return self


class ConnectorStatus(StrEnum):
    """OCPI 2.2.1 words."""

    AVAILABLE = "AVAILABLE"
    BLOCKED = "BLOCKED"
    CHARGING = "CHARGING"
    INOPERATIVE = "INOPERATIVE"
    OUTOFORDER = "OUTOFORDER"
    PLANNED = "PLANNED"
    REMOVED = "REMOVED"
    RESERVED = "RESERVED"
    UNKNOWN = "UNKNOWN"


class Connector(Contract):
    """One plug of a charger."""

    connector: ForeignId
    status: ConnectorStatus


class ChargerUpdated(Contract):
    """A charger (桩) with its connectors, as of `status_at`."""

    station: ForeignId
    charger: ForeignId
    operator: ForeignId
    use: Use
    status_at: Moment
    connectors: tuple[Connector, ...] = Field(max_length=64)
    stage: Literal["planned", "building", "in_service", "closed", "removed"]
    entity: Slug
    power_kw: Annotated[Exact, AfterValidator(positive)] | None = None
    sequence: int | None = Field(default=None, ge=0, lt=10**15)
    commissioned_on: Day | None = None
    commissioned_basis: Literal["reported", "observed"] | None = None
    location: Location | None = None

    @model_validator(mode="after")
    def _a_date_has_a_basis(self) -> Self:
        if (self.commissioned_on is None) != (self.commissioned_basis is None):
            raise finding(
                RejectCode.BAD_VALUE,
                "commissioned_on 与 commissioned_basis 须同时给出",
                "commissioned_on and commissioned_basis come together",
                "commissioned_basis",
            )
        return self


class Action(StrEnum):
    """What an operator can ask for."""

    ACKNOWLEDGE = "acknowledge"
    DISPATCH = "dispatch"
    NOTE = "note"
    PLAN = "plan"
    EXTEND = "extend"
    GRANT = "grant"
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    REQUEST_CLOSE = "request_close"
    REOPEN = "reopen"


class AlertCommand(Contract):
    """What an operator or the API asked of an alert."""

    command_id: ForeignId
    alert: Slug
    action: Action
    unit: Slug | None = None
    person: Line | None = None
    note: Text | None = None
    until: Moment | None = None
    due: Day | None = None
    reason: Line | None = None
