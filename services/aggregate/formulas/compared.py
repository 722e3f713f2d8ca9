"""Share, contribution and growth: both sides of the newest status class they have in common; pure.

The part decides the scope: the whole's value of that scope if there is one, else its value
without. Last year's is of the same scope. A forecast is no value of either.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from schemas.data import Measure
from schemas.exact import CONTEXT
from schemas.formulas import OneIndicator, PartOfWhole
from schemas.period import same_day_last_year
from schemas.status import CLASS_OF, StatusClass
from services.aggregate.derived import Key
from services.aggregate.fact import Fact
from services.aggregate.formulas.arguments import Arguments, Timeline
from services.aggregate.formulas.question import (
    Anew,
    Answer,
    Case,
    Question,
    SeriesKey,
    Tree,
    Undefined,
    Value,
    lines,
    missing,
)
from services.aggregate.formulas.units import divided, kind

_NEWEST_FIRST = (
    StatusClass.FINAL,
    StatusClass.PRELIMINARY,
    StatusClass.ESTIMATE,
    StatusClass.SIMULATED,
    StatusClass.OWN_SCOPE,
)
# A whole that hardly moved says nothing about who moved it.
_HARDLY = Decimal("0.005")


def in_common(*sides: Sequence[Fact]) -> tuple[Fact, ...] | None:
    """The newest vintage of each side in the newest class that all of them have."""
    newest = [{CLASS_OF[fact.status]: fact for fact in side} for side in sides]
    for each in _NEWEST_FIRST:
        found = tuple(side[each] for side in newest if each in side)
        if len(found) < len(sides):
            continue
        if each is not StatusClass.OWN_SCOPE or len({fact.scope for fact in found}) == 1:
            return found
    return None


def last_year(key: Key) -> Key:
    """The same days a year earlier."""
    start, end = same_day_last_year(key.start), same_day_last_year(key.end)
    return key._replace(start=end if key.measure is Measure.STOCK else start, end=end)


def whole_of(formula: PartOfWhole, entity: str, tree: Tree) -> Iterable[SeriesKey]:
    """The series of the whole; none for an entity without parent."""
    above = tree.parent(entity) if formula.whole.entity == "parent" else formula.whole.entity
    return [] if above is None else [(formula.whole.indicator, above)]


def reached_by(
    formula: PartOfWhole, indicator: str, entity: str, tree: Tree
) -> Iterable[str] | None:
    """The entity itself by its part; by the whole all those it is the whole of."""
    found = {entity} if indicator == formula.part else set()
    if indicator == formula.whole.indicator:
        if formula.whole.entity == "parent":
            found.update(tree.children(entity))
        elif formula.whole.entity == entity:
            return None
    return found


class _Whole:
    """The whole of a part, this year's or last year's."""

    def __init__(self, of: Arguments, scope: str, key: Key) -> None:
        self._of, self._scope, self._key = of, scope, key
        self.candidates = [of.over(each, key) for each in dict.fromkeys((scope, ""))]

    def chosen(self, at: datetime) -> Timeline | None:
        """Of the part's scope if there is one, else without scope."""
        return next((line for line in self.candidates if line.actual(at)), None)

    def missing(self, at: datetime) -> Undefined:
        """Why there is none."""
        return missing(self._of, self._scope, self._key, at)


def share(case: Case, key: Key) -> Question:
    """The part in % of the whole, same days."""
    own = case.look(case.formula.part, case.entity)
    part = own.over(key.scope, key)
    above = [case.look(*series) for series in whole_of(case.formula, case.entity, case.tree)]
    whole = _Whole(above[0], key.scope, key) if above else None

    def answer(at: datetime) -> Answer:
        facts = part.actual(at)
        if not facts:
            return None
        if whole is None:
            return Undefined("no_parent")
        if kind(own.indicator) != kind(above[0].indicator):
            return Undefined("unit_differs")
        line = whole.chosen(at)
        if line is None:
            return whole.missing(at)
        pair = in_common(facts, line.actual(at))
        if pair is None:
            return Undefined("status_differs")
        one, all_of_it = pair
        return _value(
            divided(one.value, own.indicator, all_of_it.value, above[0].indicator, case.indicator),
            pair,
        )

    return Anew(lines(part, *(whole.candidates if whole else ())), answer)


def contribution(case: Case, key: Key) -> Question:
    """The part's change since last year in % of the whole's."""
    own = case.look(case.formula.part, case.entity)
    before = last_year(key)
    part, part_before = own.over(key.scope, key), own.over(key.scope, before)
    above = [case.look(*series) for series in whole_of(case.formula, case.entity, case.tree)]
    scopes = list(dict.fromkeys((key.scope, "")))
    wholes = [(of.over(s, key), of.over(s, before)) for of in above for s in scopes]

    def answer(at: datetime) -> Answer:
        if not part.actual(at):
            return None
        if not above:
            return Undefined("no_parent")
        if kind(own.indicator) != kind(above[0].indicator):
            return Undefined("unit_differs")
        pair = next((pair for pair in wholes if pair[0].actual(at)), None)
        if pair is None:
            return missing(above[0], key.scope, key, at)
        whole, whole_before = pair
        if not part_before.actual(at) or not whole_before.actual(at):
            return Undefined("no_baseline")
        four = in_common(*(line.actual(at) for line in (part, part_before, whole, whole_before)))
        if four is None:
            return Undefined("status_differs")
        p1, p0, w1, w0 = (fact.value for fact in four)
        change = CONTEXT.subtract(w1, w0)
        if change == 0 or change.copy_abs() < CONTEXT.multiply(_HARDLY, w0.copy_abs()):
            return Undefined("change_too_small")
        moved = CONTEXT.subtract(p1, p0)
        return _value(
            divided(moved, own.indicator, change, above[0].indicator, case.indicator), four
        )

    moments = lines(part, part_before, *(line for pair in wholes for line in pair))
    return Anew(moments, answer)


def yoy(case: Case, key: Key) -> Question:
    """Growth from levels, where the indicator's levels may be compared."""
    formula: OneIndicator = case.formula
    own = case.look(formula.indicator, case.entity)
    now, before = own.over(key.scope, key), own.over(key.scope, last_year(key))
    levels = own.indicator.levels_comparable and own.indicator.measure is not Measure.RATE

    def answer(at: datetime) -> Answer:
        if not now.actual(at):
            return None
        if not levels:
            return Undefined("levels_not_comparable")
        if not before.actual(at):
            return Undefined("no_baseline")
        pair = in_common(now.actual(at), before.actual(at))
        if pair is None:
            return Undefined("status_differs")
        one, base = (fact.value for fact in pair)
        if base <= 0:
            return Undefined("not_positive")
        grown = CONTEXT.subtract(one, base)
        return _value(divided(grown, own.indicator, base, own.indicator, case.indicator), pair)

    return Anew(lines(now, before), answer)


def _value(found: Decimal | Undefined, pieces: tuple[Fact, ...]) -> Value | Undefined:
    return found if isinstance(found, Undefined) else Value(found, pieces)
