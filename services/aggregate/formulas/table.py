"""Every kind of formula, one entry each (DOMAIN §1); pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.data import IndicatorDefined
from schemas.exact import PLACES
from schemas.formulas import OneIndicator, PartOfWhole, Primacy, parts
from services.aggregate.formulas import combined, compared, counted, summed
from services.aggregate.formulas.question import Rule, SeriesKey, Tree

# What is divided is stored like a rate.
_RATE_PLACES = 4


def first_argument(formula: Any) -> str | None:
    """The indicator that the derived one needs to exist; None for what is counted."""
    return next((name for _, name in parts(formula)), None)


def _own(formula: Any, entity: str, tree: Tree) -> Iterable[SeriesKey]:
    first = first_argument(formula)
    return [] if first is None else [(first, entity)]


def _of_children(formula: OneIndicator, entity: str, tree: Tree) -> Iterable[SeriesKey]:
    return [(formula.indicator, child) for child in tree.children(entity)]


def _other_argument(formula: Any, entity: str, tree: Tree) -> Iterable[SeriesKey]:
    return [(formula.b, entity)]


def _peers(formula: Primacy, entity: str, tree: Tree) -> Iterable[SeriesKey]:
    return [(formula.indicator, peer) for peer in formula.among]


def _upwards(entity: str, tree: Tree) -> list[str]:
    found: list[str] = []
    above: str | None = entity
    while above is not None and above not in found:
        found.append(above)
        above = tree.parent(above)
    return found


def _alone(formula: Any, indicator: str, entity: str, tree: Tree) -> Iterable[str]:
    return []


def _nothing(formula: Any, entity: str, tree: Tree) -> Iterable[SeriesKey]:
    return []


def _itself(formula: Any, indicator: str, entity: str, tree: Tree) -> Iterable[str]:
    return [entity]


def _above(entity: str, tree: Tree) -> list[str]:
    parent = tree.parent(entity)
    return [] if parent is None else [parent]


def _its_parent(formula: Any, indicator: str, entity: str, tree: Tree) -> Iterable[str]:
    return _above(entity, tree)


def _all_if_peer(formula: Primacy, indicator: str, entity: str, tree: Tree) -> Iterable[str] | None:
    return None if entity in formula.among else [entity]


def _same(entity: str, tree: Tree) -> Iterable[str]:
    return [entity]


RULES: Mapping[str, Rule] = {
    "share": Rule(
        compared.share, _own, compared.whole_of, compared.reached_by, _same, _RATE_PLACES
    ),
    "contribution": Rule(
        compared.contribution, _own, compared.whole_of, compared.reached_by, _same, _RATE_PLACES
    ),
    "yoy": Rule(compared.yoy, _own, _nothing, _itself, _same, _RATE_PLACES),
    "ratio": Rule(combined.ratio, _own, _other_argument, _itself, _same, _RATE_PLACES),
    "difference": Rule(combined.difference, _own, _other_argument, _itself, _same, PLACES),
    "sum_of_children": Rule(
        summed.sum_of_children, _of_children, _nothing, _its_parent, _above, PLACES
    ),
    "primacy": Rule(combined.primacy, _own, _peers, _all_if_peer, _same, _RATE_PLACES),
    "count_projects": Rule(counted.count, _nothing, _nothing, _alone, _upwards, PLACES),
    "investment_progress": Rule(
        counted.progress, _nothing, _nothing, _alone, _upwards, _RATE_PLACES
    ),
    "count_chargers": Rule(counted.count, _nothing, _nothing, _alone, _upwards, PLACES),
    "coverage": Rule(counted.coverage, _nothing, _nothing, _alone, _upwards, _RATE_PLACES),
}


def uses_tree(formula: Any) -> bool:
    """Does the value change when an entity is given another parent?"""
    if isinstance(formula, PartOfWhole):
        return formula.whole.entity == "parent"
    if formula is None:
        return False
    return formula.kind == "sum_of_children" or counted.counted_by(formula) is not None


def rule_of(indicator: IndicatorDefined | None) -> Rule | None:
    """How the indicator is derived; None when it is reported only."""
    if indicator is None or indicator.formula is None:
        return None
    return RULES.get(indicator.formula.kind)
