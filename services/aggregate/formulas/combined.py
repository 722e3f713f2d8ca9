"""Difference, ratio and primacy: what the newest vintages give together; pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from operator import gt, lt

from schemas.exact import CONTEXT
from schemas.formulas import Primacy, TwoIndicators
from schemas.status import Status
from services.aggregate.derived import Key
from services.aggregate.fact import Fact
from services.aggregate.formulas.question import (
    Anew,
    Answer,
    Case,
    Question,
    Undefined,
    Value,
    lines,
    missing,
)
from services.aggregate.formulas.units import converted, divided


def difference(case: Case, key: Key) -> Question:
    """a − b of one entity, in the unit of the derived indicator."""
    return _of_two(case, key, divide=False)


def ratio(case: Case, key: Key) -> Question:
    """a / b of one entity."""
    return _of_two(case, key, divide=True)


def _of_two(case: Case, key: Key, *, divide: bool) -> Question:
    formula: TwoIndicators = case.formula
    a, b = case.look(formula.a, case.entity), case.look(formula.b, case.entity)
    one, other = a.over(key.scope, key), b.over(key.scope, key)

    def answer(at: datetime) -> Answer:
        left, right = one.newest(at), other.newest(at)
        if left is None:
            return None
        if right is None:
            return missing(b, key.scope, key, at)
        if _mixed((left, right)):
            return Undefined("status_differs")
        if divide:
            found = divided(left.value, a.indicator, right.value, b.indicator, case.indicator)
            return found if isinstance(found, Undefined) else Value(found, (left, right))
        minuend = converted(left.value, a.indicator, case.indicator)
        subtrahend = converted(right.value, b.indicator, case.indicator)
        if minuend is None or subtrahend is None:
            return Undefined("unit_differs")
        return Value(CONTEXT.subtract(minuend, subtrahend), (left, right))

    return Anew(lines(one, other), answer)


def primacy(case: Case, key: Key) -> Question:
    """The rank among the peers, 1 the best, or the ratio to the best of the others."""
    formula: Primacy = case.formula
    own = case.look(formula.indicator, case.entity)
    peers = [case.look(formula.indicator, peer) for peer in formula.among if peer != case.entity]
    mine, theirs = own.over(key.scope, key), [of.over(key.scope, key) for of in peers]
    higher = own.indicator.direction == "higher"

    def answer(at: datetime) -> Answer:
        fact = mine.newest(at)
        if fact is None:
            return None
        found = [line.newest(at) for line in theirs]
        others = [each for each in found if each is not None]
        if len(others) < len(found):
            lacking = peers[found.index(None)]
            return missing(lacking, key.scope, key, at)
        facts = (fact, *others)
        if _mixed(facts):
            return Undefined("status_differs")
        if formula.of == "rank":
            ahead = gt if higher else lt
            return Value(Decimal(1 + sum(ahead(o.value, fact.value) for o in others)), facts)
        if not others:
            return Undefined("no_comparison")
        best = (max if higher else min)(others, key=lambda each: each.value)
        value = divided(fact.value, own.indicator, best.value, own.indicator, case.indicator)
        return value if isinstance(value, Undefined) else Value(value, facts)

    return Anew(lines(mine, *theirs), answer)


def _mixed(facts: Sequence[Fact]) -> bool:
    """Simulated figures go with simulated ones only."""
    return len({fact.status is Status.EXPERIMENTAL for fact in facts}) > 1
