"""Names of what the views call by id: indicators, entities, departments, goals."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.alerts.console.figures import amount
from services.alerts.console.language import Language
from services.alerts.console.rows import AssessmentRow, EntityRow, IndicatorRow, Snapshot, TargetRow

AMOUNTS = frozenset({"at_least", "at_most", "increase"})


@dataclass(frozen=True)
class Catalogue:
    """Looks names up in one language; what has no name keeps its id."""

    language: Language
    indicators: dict[str, IndicatorRow] = field(default_factory=dict)
    entities: dict[str, EntityRow] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, language: Language) -> "Catalogue":
        """The catalogue of a snapshot."""
        return cls(
            language,
            {row.indicator: row for row in snapshot.indicators},
            {row.entity: row for row in snapshot.entities},
        )

    def indicator(self, name: str) -> str:
        """An indicator's name."""
        row = self.indicators.get(name)
        return self.language.pick(row.name_zh, row.name_en) if row else name

    def entity(self, name: str) -> str:
        """A place's, enterprise's or department's name."""
        row = self.entities.get(name)
        return self.language.pick(row.name_zh, row.name_en) if row else name

    def units(self, names: Iterable[str]) -> str:
        """Several departments in one line."""
        return self.language("list.comma").join(self.entity(name) for name in names)

    def unit_of(self, target: TargetRow) -> str:
        """The unit that a target's figures are in: % for growth, else the indicator's."""
        if judges_rate(target):
            return "%"
        row = self.indicators.get(target.indicator)
        return row.unit if row else ""

    def task(self, target: TargetRow) -> str:
        """The task the indicator belongs to (`task/branch`), else the entity."""
        row = self.indicators.get(target.indicator)
        return row.tree if row and row.tree else self.entity(target.entity)

    def lead(self, target: TargetRow) -> str:
        """The id of the unit that answers for a target: its lead, else the indicator's owner."""
        row = self.indicators.get(target.indicator)
        return target.lead or (row.owner if row else "")

    def sentence(self, row: AssessmentRow) -> str:
        """The reason of an assessment."""
        return self.language.pick(row.reason_zh, row.reason_en)

    def goal(self, target: TargetRow) -> str:
        """The goal in words: ≥ 100 万辆."""
        kind, given = goal_parts(target)
        value = target.goal_value
        if value is None:
            value = _decimal(given.get("value", given.get("percent")))
        unit = self.unit_of(target)
        key = f"goal.{kind}.strict" if given.get("strict") else f"goal.{kind}"
        plain = self.language.maybe(f"goal.{kind}", kind)
        return self.language.maybe(key, plain).format(value=amount(value), unit=unit).strip()


def goal_parts(target: TargetRow) -> tuple[str, dict[str, Any]]:
    """A goal's kind and its fields, whether the view shows the kind alone or the whole of it."""
    return _tagged(target.goal)


def trajectory_parts(target: TargetRow) -> tuple[str, dict[str, Any]]:
    """A trajectory's kind and its fields."""
    return _tagged(target.trajectory)


def judges_rate(target: TargetRow) -> bool:
    """Is the figure a reported growth rate instead of the indicator's own amount?"""
    kind, given = goal_parts(target)
    return kind == "growth" or given.get("of") == "growth"


def _tagged(text: str) -> tuple[str, dict[str, Any]]:
    if not text.startswith("{"):
        return text, {}
    try:
        given: dict[str, Any] = json.loads(text)
    except ValueError:
        return text, {}
    return str(given.get("kind", "")), given


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except ArithmeticError:
        return None
