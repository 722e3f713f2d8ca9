"""The data of a target: one version of what is promised, for a span, by a way."""

from datetime import date
from decimal import Decimal
from typing import Self, cast

from pydantic import Field, model_validator

from schemas import exact, period
from schemas.goals import AtLeast, AtMost, Goal, Increase, LinearDays, Plan, Steps, Trajectory
from schemas.names import Contract, Day, Line, Scope, Slug
from schemas.period import Span
from schemas.rejects import RejectCode, finding


class TargetSet(Contract):
    """One version of a target."""

    target: Slug
    indicator: Slug
    entity: Slug
    version: int = Field(ge=1, le=100_000)
    effective_from: Day
    goal: Goal
    year: int | None = Field(default=None, ge=1970, le=2148)
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    trajectory: Trajectory = Field(
        default_factory=lambda: LinearDays(kind="linear_days"), validate_default=True
    )
    lamps: Slug = "standard"
    scope: Scope = ""
    lead: Slug | None = None
    responsible: tuple[Slug, ...] = Field(default=(), max_length=100)
    supervisor: Slug | None = None
    approved_by: Line | None = None
    parent: Slug | None = None

    @property
    def span(self) -> Span:
        """First and last day of the target."""
        if self.year is not None:
            return period.year_span(self.year)
        # `_one_span` has seen to it that both are there.
        return Span(cast(date, self.from_), cast(date, self.to))

    @model_validator(mode="after")
    def _one_span(self) -> Self:
        both = self.from_ is not None and self.to is not None
        either = self.from_ is not None or self.to is not None
        if (self.year is not None) == either or either != both:
            raise finding(
                RejectCode.CANNOT_BE_JUDGED,
                "请给出 year，或同时给出 from 和 to",
                "give year, or both from and to",
                "year",
            )
        if self.span.end < self.span.start:
            raise finding(
                RejectCode.CANNOT_BE_JUDGED,
                "to 早于 from，请改正",
                "`to` lies before `from`: correct one of them",
                "to",
            )
        return self

    @model_validator(mode="after")
    def _the_way_ends_with_the_goal(self) -> Self:
        if isinstance(self.goal, AtLeast | AtMost | Increase):
            if isinstance(self.trajectory, Plan):
                self._plan_ends_at(self.trajectory, self.goal.value)
            if isinstance(self.trajectory, Steps):
                for index, step in enumerate(self.trajectory.steps):
                    self._within_span(step.on, f"trajectory.steps.{index}.on")
        return self

    def _plan_ends_at(self, plan: Plan, goal: Decimal) -> None:
        last = max(plan.values, key=lambda name: period.parse(name).end)
        self._within_span(period.parse(last).end, f"trajectory.values.{last}")
        if plan.values[last] != goal:
            raise finding(
                RejectCode.CANNOT_BE_JUDGED,
                f"计划的最后一个值应等于目标值 {exact.text(goal)}",
                f"the last value of the plan must equal the goal, {exact.text(goal)}",
                f"trajectory.values.{last}",
            )

    def _within_span(self, day: date, field: str) -> None:
        if day > self.span.end:
            raise finding(
                RejectCode.CANNOT_BE_JUDGED,
                f"{day} 晚于目标期的最后一天 {self.span.end}，届时已不再评判，请改正",
                f"{day} lies after the last day of the target, {self.span.end}, when nothing is"
                " judged any more: correct it",
                field,
            )
