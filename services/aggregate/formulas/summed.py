"""The sum over the entities below, moment by moment: each step costs what changed in it; pure.

A child that reports, but not this figure, leaves the sum undefined: without it the sum would be
published as a fall that never was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from schemas.exact import CONTEXT
from schemas.formulas import OneIndicator
from schemas.status import Status
from services.aggregate.derived import Key
from services.aggregate.fact import Coordinates, Fact, least_final
from services.aggregate.formulas.arguments import Timeline
from services.aggregate.formulas.question import Answer, Case, Question, Undefined
from services.aggregate.formulas.units import converted


def sum_of_children(case: Case, key: Key) -> Question:
    """The sum of what the entities directly below say over the same days."""
    return _Sum(case, key)


class Summed(NamedTuple):
    """A sum, the figures of which are looked for when they are asked after.

    `change` counts the changes of its parts.
    """

    value: Decimal
    status: Status
    change: int
    parts: Sequence[Timeline]
    at: datetime

    @property
    def basis(self) -> tuple[str, ...]:
        """The events it was made from."""
        return tuple(event for fact in self._facts() for event in fact.basis)

    @property
    def first_recorded_at(self) -> datetime:
        """When the first vintage of the last of them was recorded."""
        return max(fact.first_recorded_at for fact in self._facts())

    @property
    def coordinates(self) -> Coordinates:
        """Where the last of them lies."""
        return max(self.places)

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Where each of them lies."""
        return tuple(fact.coordinates for fact in self._facts())

    @property
    def marks(self) -> Sequence[int]:
        """A change of a part is another sum."""
        return (self.change,)

    def _facts(self) -> Iterator[Fact]:
        found = (part.newest(self.at) for part in self.parts)
        return (fact for fact in found if fact is not None)


class _Sum:
    """See Question."""

    def __init__(self, case: Case, key: Key) -> None:
        formula: OneIndicator = case.formula
        below = [case.look(formula.indicator, child) for child in case.tree.children(case.entity)]
        self._case = case
        self._unit = below[0].indicator
        self._parts = [of.over(key.scope, key) for of in below]
        # Moment, child, and the figure or whether the child reports at all.
        self._figures: list[tuple[datetime, int, Fact | None]] = [
            (moment, child, fact)
            for child, part in enumerate(self._parts)
            for moment, fact in part.changes()
        ]
        self._reporting = [
            (moment, child, says)
            for child, of in enumerate(below)
            for moment, says in of.reporting(key.scope)
        ]

    @cached_property
    def moments(self) -> set[datetime]:
        """See Question."""
        return {moment for moment, *_ in (*self._figures, *self._reporting)}

    def answers(self, moments: Iterable[datetime]) -> Iterator[Answer]:
        """See Question."""
        changes = _Changes(self._figures)
        reporting = _Changes(self._reporting)
        facts: dict[int, Fact] = {}
        silent: set[int] = set()  # those who report, but not this
        reports: set[int] = set()
        total = Decimal(0)
        statuses: Counter[Status] = Counter()
        change = 0
        for at in moments:
            for child, says in reporting.until(at):
                (reports.add if says else reports.discard)(child)
                (silent.add if says and child not in facts else silent.discard)(child)
            for child, fact in changes.until(at):
                change += 1
                before = facts.pop(child, None)
                if before is not None:
                    total = CONTEXT.subtract(total, before.value)
                    statuses[before.status] -= 1
                if fact is not None:
                    facts[child] = fact
                    total = CONTEXT.add(total, fact.value)
                    statuses[fact.status] += 1
                (silent.add if fact is None and child in reports else silent.discard)(child)
            if not facts:
                yield None
            elif silent:
                yield Undefined("incomplete")
            else:
                yield self._answer(total, +statuses, change, at)

    def _answer(
        self, total: Decimal, statuses: Counter[Status], change: int, at: datetime
    ) -> Answer:
        # Simulated figures go with simulated ones only.
        if Status.EXPERIMENTAL in statuses and len(statuses) > 1:
            return Undefined("status_differs")
        found = converted(total, self._unit, self._case.indicator)
        if found is None:
            return Undefined("unit_differs")
        return Summed(found, least_final(statuses), change, self._parts, at)


class _Changes:
    """Changes (moment, child, what) in the order of their moments."""

    def __init__(self, changes: Sequence[tuple[datetime, int, Any]]) -> None:
        self._left = sorted(changes, key=itemgetter(0))[::-1]

    def until(self, at: datetime) -> Iterator[tuple[int, Any]]:
        """Those up to a moment that were not yet given."""
        while self._left and self._left[-1][0] <= at:
            _, child, what = self._left.pop()
            yield child, what
