"""What each formula of DOMAIN §1 gives at a moment, or the reason why it gives nothing."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, Protocol

from schemas.period import is_month_end, same_day_last_year
from tests.machine import counts
from tests.machine.door import FACTORS
from tests.machine.figures import Course, Fact, Key, Series, added, made, new_year, said

_CLASSES = ("A", "PV", "E", "G", "BD")
ENTITIES_BELOW = "sum_of_children"
Answer = Fact | str
_Found = tuple[Decimal, Sequence[Fact]] | str | None


class World(Protocol):
    """What was told so far."""

    indicators: dict[str, dict[str, Any]]
    parents: dict[str, str | None]

    def courses(self, series: Series, key: Key) -> Sequence[Course]: ...

    def keys(self, series: Series) -> set[Key]: ...


def parts(formula: dict[str, Any] | None) -> list[str]:
    """The indicators that it names, the first argument first."""
    if formula is None or formula["kind"] in counts.KINDS:
        return []
    if "whole" in formula:
        return [formula["part"], formula["whole"]["indicator"]]
    return [formula["a"], formula["b"]] if "a" in formula else [formula["indicator"]]


def answers(world: World, series: Series, at: datetime) -> dict[Key, Answer]:
    """By figure of the derived indicator: what it is, or why not."""
    name, entity = series
    definition = world.indicators[name]
    formula = definition["formula"]
    first = parts(formula)[0]
    entities = _below(world, entity) if formula["kind"] == ENTITIES_BELOW else [entity]
    keys = {key for each in entities for key in _own(world, (first, each))}
    found: dict[Key, Answer] = {}
    for key in sorted(keys):
        named = _named(definition["measure"], key)
        answer = _RULES[formula["kind"]](world, series, key, at)
        if named in found or answer is None:
            continue
        if isinstance(answer, str):
            found[named] = answer
        else:
            value, pieces = answer
            found[named] = made(named, value, pieces, at)
    return found


def rounded(formula: dict[str, Any] | None, value: Decimal) -> Decimal:
    """As it is stored: what was divided has four decimals, a sum all of its own."""
    whole = formula is None or formula["kind"] in ("difference", "sum_of_children")
    with localcontext() as context:
        context.prec = 60
        return value.quantize(Decimal(1).scaleb(-10 if whole else -4), ROUND_HALF_EVEN)


def _own(world: World, series: Series) -> Iterator[Key]:
    """A growth reported beside amounts is no argument."""
    rate = world.indicators[series[0]]["measure"] == "rate"
    return (key for key in world.keys(series) if (key.measure == "rate") is rate)


def _below(world: World, entity: str) -> list[str]:
    return sorted(child for child, parent in world.parents.items() if parent == entity)


def _covered(key: Key) -> tuple[date, date]:
    """A level at a month's end is of that month."""
    if key.measure == "stock" and is_month_end(key.end):
        return key.end.replace(day=1), key.end
    return key.start, key.end


def _named(measure: str, key: Key) -> Key:
    """Sums and differences here are of one measure; the rest are rates."""
    return Key(key.scope, "rate", *_covered(key)) if measure == "rate" else key


def _names(measure: str, scope: str, key: Key) -> list[Key]:
    """Under which names a series tells of the same days."""
    if measure == "stock":
        return [Key(scope, "stock", key.end, key.end)]
    if measure == "rate":
        return [Key(scope, "rate", *_covered(key))]
    names = [Key(scope, "period", key.start, key.end)]
    if key.start == new_year(key.end):
        names.append(Key(scope, "cumulative", key.start, key.end))
    return names


def _said(world: World, series: Series, scope: str, key: Key, at: datetime) -> list[Fact]:
    """Every vintage of the days that was not taken back; what was only foreseen is none."""
    names = _names(world.indicators[series[0]]["measure"], scope, key)
    courses = [course for name in names for course in world.courses(series, name)]
    facts = [fact for course in courses for fact in said(course, at) if fact.status != "F"]
    return sorted(facts, key=lambda fact: (fact.recorded, fact.where))


def _newest(world: World, series: Series, scope: str, key: Key, at: datetime) -> Fact | None:
    """Nothing is made from a forecast; what was reported or follows beside it goes on."""
    names = _names(world.indicators[series[0]]["measure"], scope, key)
    courses = [course for name in names for course in world.courses(series, name)]
    facts = [facts[-1] for course in courses if (facts := said(course, at))]
    actual = [fact for fact in facts if fact.status != "F"]
    return max(actual, key=lambda fact: (fact.recorded, fact.where), default=None)


def _missing(world: World, series: Series, key: Key, at: datetime) -> str:
    others = {other.scope for other in _own(world, series)} - {key.scope}
    there = any(_said(world, series, scope, key, at) for scope in others)
    return "scope_differs" if there else "no_comparison"


def _mixed(facts: Sequence[Fact]) -> bool:
    return len({fact.status == "G" for fact in facts}) > 1


def _quotient(world: World, name: str, a: Decimal, of: str, b: Decimal, other: str) -> Any:
    """a of one indicator over b of another, in the unit of the derived one."""
    if b == 0:
        return "zero_divisor"
    units = [str(world.indicators[each]["unit"]) for each in (of, other)]
    with localcontext() as context:
        context.prec = 60
        hundred = 100 if world.indicators[name]["unit"] == "%" else 1
        one, two = (FACTORS.get(unit, Decimal(1)) for unit in units)
        return a * one * hundred / (b * two)


def _in_unit(world: World, name: str, value: Decimal, of: str) -> Decimal:
    given, wanted = (str(world.indicators[each]["unit"]) for each in (of, name))
    return value * FACTORS.get(given, Decimal(1)) / FACTORS.get(wanted, Decimal(1))


def _common(*sides: list[Fact]) -> list[Fact] | None:
    """The newest of each side in the newest class that all have; B and D within one scope."""
    for members in _CLASSES:
        found = [[fact for fact in side if fact.status in members] for side in sides]
        if all(found):
            newest = [side[-1] for side in found]
            if members != "BD" or len({fact.key.scope for fact in newest}) == 1:
                return newest
    return None


def _two(world: World, series: Series, key: Key, at: datetime) -> _Found:
    name, entity = series
    formula = world.indicators[name]["formula"]
    a, b = formula["a"], formula["b"]
    left = _newest(world, (a, entity), key.scope, key, at)
    right = _newest(world, (b, entity), key.scope, key, at)
    if left is None:
        return None
    if right is None:
        return _missing(world, (b, entity), key, at)
    if _mixed((left, right)):
        return "status_differs"
    if formula["kind"] == "ratio":
        found = _quotient(world, name, left.value, a, right.value, b)
        return found if isinstance(found, str) else (found, (left, right))
    one = _in_unit(world, name, left.value, a)
    return one - _in_unit(world, name, right.value, b), (left, right)


def _sum(world: World, series: Series, key: Key, at: datetime) -> _Found:
    name, entity = series
    part = world.indicators[name]["formula"]["indicator"]
    facts: list[Fact] = []
    complete = True
    for child in _below(world, entity):
        fact = _newest(world, (part, child), key.scope, key, at)
        if fact is not None:
            facts.append(fact)
        elif any(
            said(course, at)
            for other in _own(world, (part, child))
            if other.scope == key.scope
            for course in world.courses((part, child), other)
        ):
            complete = False
    if not facts:
        return None
    if not complete:
        return "incomplete"
    if _mixed(facts):
        return "status_differs"
    return _in_unit(world, name, added(facts), part), facts


def _primacy(world: World, series: Series, key: Key, at: datetime) -> _Found:
    name, entity = series
    formula = world.indicators[name]["formula"]
    part = formula["indicator"]
    own = _newest(world, (part, entity), key.scope, key, at)
    if own is None:
        return None
    others: list[Fact] = []
    for peer in formula["among"]:
        if peer == entity:
            continue
        fact = _newest(world, (part, peer), key.scope, key, at)
        if fact is None:
            return _missing(world, (part, peer), key, at)
        others.append(fact)
    if _mixed((own, *others)):
        return "status_differs"
    sign = 1 if world.indicators[part]["direction"] == "higher" else -1
    if formula["of"] == "rank":
        better = sum(sign * other.value > sign * own.value for other in others)
        return Decimal(1 + better), (own, *others)
    best = max(others, key=lambda fact: sign * fact.value)
    found = _quotient(world, name, own.value, part, best.value, part)
    return found if isinstance(found, str) else (found, (own, *others))


def _last_year(key: Key) -> Key:
    start, end = same_day_last_year(key.start), same_day_last_year(key.end)
    return Key(key.scope, key.measure, end if key.measure == "stock" else start, end)


def _share(world: World, series: Series, key: Key, at: datetime) -> _Found:
    name, entity = series
    formula = world.indicators[name]["formula"]
    own = _said(world, (formula["part"], entity), key.scope, key, at)
    if not own:
        return None
    above = formula["whole"]["entity"]
    above = world.parents[entity] if above == "parent" else above
    if above is None:
        return "no_parent"
    whole = formula["whole"]["indicator"], above
    theirs = _said(world, whole, key.scope, key, at) or _said(world, whole, "", key, at)
    if not theirs:
        return _missing(world, whole, key, at)
    pair = _common(own, theirs)
    if pair is None:
        return "status_differs"
    found = _quotient(world, name, pair[0].value, formula["part"], pair[1].value, whole[0])
    return found if isinstance(found, str) else (found, pair)


def _contribution(world: World, series: Series, key: Key, at: datetime) -> _Found:
    name, entity = series
    formula = world.indicators[name]["formula"]
    part, whole = (formula["part"], entity), tuple(formula["whole"].values())
    last = _last_year(key)
    own = _said(world, part, key.scope, key, at)
    if not own:
        return None
    scope = key.scope if _said(world, whole, key.scope, key, at) else ""
    theirs = _said(world, whole, scope, key, at)
    if not theirs:
        return _missing(world, whole, key, at)
    own_before = _said(world, part, key.scope, last, at)
    theirs_before = _said(world, whole, scope, last, at)
    if not own_before or not theirs_before:
        return "no_baseline"
    four = _common(own, own_before, theirs, theirs_before)
    if four is None:
        return "status_differs"
    p1, p0, w1, w0 = (fact.value for fact in four)
    if w1 == w0 or abs(w1 - w0) < abs(w0) * Decimal("0.005"):
        return "change_too_small"
    found = _quotient(world, name, p1 - p0, part[0], w1 - w0, whole[0])
    return found if isinstance(found, str) else (found, four)


def _yoy(world: World, series: Series, key: Key, at: datetime) -> _Found:
    name, entity = series
    part = world.indicators[name]["formula"]["indicator"]
    own = _said(world, (part, entity), key.scope, key, at)
    if not own:
        return None
    if not world.indicators[part].get("levels_comparable", True):
        return "levels_not_comparable"
    if world.indicators[part]["measure"] == "rate":
        return "levels_not_comparable"
    before = _said(world, (part, entity), key.scope, _last_year(key), at)
    if not before:
        return "no_baseline"
    pair = _common(own, before)
    if pair is None:
        return "status_differs"
    if pair[1].value <= 0:
        return "not_positive"
    found = _quotient(world, name, pair[0].value - pair[1].value, part, pair[1].value, part)
    return found if isinstance(found, str) else (found, pair)


_RULES: dict[str, Callable[[World, Series, Key, datetime], _Found]] = {
    "ratio": _two,
    "difference": _two,
    "sum_of_children": _sum,
    "primacy": _primacy,
    "share": _share,
    "contribution": _contribution,
    "yoy": _yoy,
}
