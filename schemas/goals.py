"""What a target promises (`goal`) and the way it is to be reached (`trajectory`)."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from schemas import period
from schemas.exact import Exact
from schemas.names import Contract, Day, NamedLine, Slug, not_negative
from schemas.period import PeriodText
from schemas.rejects import RejectCode, finding

Tolerance = Annotated[Exact, AfterValidator(not_negative)]


class Stage(StrEnum):
    """Stages of a project, in order; a cancelled one never counts."""

    SIGNED = "signed"
    REGISTERED = "registered"
    STARTED = "started"
    BUILDING = "building"
    COMPLETED = "completed"
    PRODUCING = "producing"
    CANCELLED = "cancelled"


class SeriesName(Contract):
    """Another series to compare with."""

    indicator: Slug
    entity: Slug


class _Amount(Contract):
    value: Exact
    strict: bool = False
    tolerance: Tolerance | None = None
    and_growth: Exact | None = None


class AtLeast(_Amount):
    """达到, 突破 (strict)."""

    kind: Literal["at_least"]


class AtMost(_Amount):
    """不超过."""

    kind: Literal["at_most"]


class Increase(_Amount):
    """新增: newly added since the start of the target's span."""

    kind: Literal["increase"]


class Growth(Contract):
    """增长 n %: the reported year-on-year rate, the same all year."""

    kind: Literal["growth"]
    percent: Exact
    tolerance: Tolerance | None = None
    strict: bool = False


class Above(Contract):
    """高于: ahead of another series."""

    kind: Literal["above"]
    other: SeriesName
    by: Exact = Field(default="0", validate_default=True)
    strict: bool = True
    tolerance: Tolerance = Field(default="0", validate_default=True)
    of: Literal["growth"] | None = None


class InSync(Contract):
    """同步: within the tolerance of another series, or better."""

    kind: Literal["in_sync"]
    other: SeriesName
    tolerance: Tolerance
    of: Literal["growth"] | None = None


class NotBelowLast(Contract):
    """只升不降, 持续增长."""

    kind: Literal["not_below_last"]
    versus: Literal["previous", "same_period_last_year"]
    strict: bool = False


class KeepFalling(Contract):
    """持续下降."""

    kind: Literal["keep_falling"]


class Rank(Contract):
    """位次."""

    kind: Literal["rank"]
    at_most: int = Field(ge=1, le=10_000)
    among: tuple[Slug, ...] = Field(default=(), max_length=500)


class Milestone(Contract):
    """By a day: a project reaches a stage, or an indicator a value."""

    kind: Literal["milestone"]
    name: NamedLine
    due: Day
    project: Slug | None = None
    stage: Stage | None = None
    indicator: Slug | None = None
    value: Exact | None = None

    @model_validator(mode="after")
    def _one_way_to_reach_it(self) -> Self:
        by_project = self.project is not None
        by_value = self.indicator is not None and self.value is not None
        half = (self.indicator is None) != (self.value is None)
        if by_project == by_value or half or (self.stage and not by_project):
            raise finding(
                RejectCode.CANNOT_BE_JUDGED,
                "里程碑应写明 project（及 stage），或 indicator 和 value，二者取一",
                "a milestone names a project (and stage), or an indicator and its value",
            )
        if self.stage is Stage.CANCELLED:
            raise finding(
                RejectCode.CANNOT_BE_JUDGED,
                "cancelled（取消）不是可以达到的阶段",
                "cancelled is no stage to reach",
                "stage",
            )
        return self


class Assigned(Contract):
    """A placeholder until the superior's target arrives as a later version."""

    kind: Literal["assigned"]
    from_: Slug = Field(alias="from")


class Withdrawn(Contract):
    """A later version that ends the target."""

    kind: Literal["withdrawn"]


Goal = Annotated[
    AtLeast
    | AtMost
    | Increase
    | Growth
    | Above
    | InSync
    | NotBelowLast
    | KeepFalling
    | Rank
    | Milestone
    | Assigned
    | Withdrawn,
    Field(discriminator="kind"),
]


class LinearDays(Contract):
    """By days, both ends counted."""

    kind: Literal["linear_days"]


class LinearMonths(Contract):
    """By months completed."""

    kind: Literal["linear_months"]


class LastYearProfile(Contract):
    """As the last years went."""

    kind: Literal["last_year_profile"]
    years: int = Field(default=1, ge=1, le=10)


class Plan(Contract):
    """Cumulative values at period ends, linear by days between."""

    kind: Literal["plan"]
    values: dict[PeriodText, Exact] = Field(min_length=1, max_length=366)

    @model_validator(mode="after")
    def _one_value_an_end(self) -> Self:
        ends = [period.parse(name).end for name in self.values]
        if len(set(ends)) != len(ends):
            raise finding(
                RejectCode.BAD_PERIOD,
                "计划中有两个值的截止日相同，请只留一个",
                "two planned values have the same end: keep one",
                "values",
            )
        return self


class Step(Contract):
    """From this day on, this value is due."""

    on: Day
    value: Exact


class Steps(Contract):
    """The value at the last dated step reached."""

    kind: Literal["steps"]
    steps: tuple[Step, ...] = Field(min_length=1, max_length=366)

    @model_validator(mode="after")
    def _days_ascend(self) -> Self:
        days = [step.on for step in self.steps]
        if sorted(set(days)) != days:
            raise finding(
                RejectCode.BAD_VALUE,
                "各步的日期应逐一递增",
                "the days of the steps must ascend",
                "steps",
            )
        return self


Trajectory = Annotated[
    LinearDays | LinearMonths | LastYearProfile | Plan | Steps, Field(discriminator="kind")
]
