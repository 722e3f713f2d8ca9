"""Which series rest on which: what a touched one changes, and what a derived one reads."""

from collections.abc import Callable, Iterable

from schemas.data import IndicatorDefined
from services.aggregate.catalogue import Catalogue
from services.aggregate.formulas.question import Rule, SeriesKey
from services.aggregate.formulas.table import first_argument, rule_of, uses_tree


class Dependence:
    """Asked for one batch. `series_of` gives every series of indicators that is stored."""

    def __init__(
        self, catalogue: Catalogue, series_of: Callable[[Iterable[str]], Iterable[SeriesKey]]
    ) -> None:
        self._catalogue = catalogue
        self._series_of = series_of
        self._having: dict[str, set[str]] = {}
        self._stored: dict[str, set[SeriesKey]] = {}

    def affected(self, touched: Iterable[SeriesKey]) -> set[SeriesKey]:
        """The series themselves and, step by step, all that is derived from them."""
        found = set(touched)
        new = set(found)
        while new:
            reached = [
                (name, self._reached(name, *series))
                for series in new
                for name in self._catalogue.users(series[0])
            ]
            self._load(name for name, entities in reached if entities is None)
            new = {
                (name, entity)
                for name, entities in reached
                for entity in (self._entities(name) if entities is None else entities)
            } - found
            found |= new
        return found

    def of(self, indicators: Iterable[str]) -> set[SeriesKey]:
        """Every series of these indicators, those that are yet to be derived too.

        Of counts only those that were: who else has something to count is not known here.
        """
        named = set(indicators)
        self._load(named)
        return {(name, entity) for name in named for entity in self._entities(name)}

    def placed(self, entities: Iterable[str]) -> set[SeriesKey]:
        """What changes when entities are given another parent."""
        found: set[SeriesKey] = set()
        placed = set(entities)
        derived = self._catalogue.derived()
        self._load(derived)
        for name in derived:
            indicator, rule = self._rule(name)
            if indicator is not None and rule is not None and uses_tree(indicator.formula):
                above = {each for some in placed for each in rule.above(some, self._catalogue)}
                # Who has something to count is not known here.
                counts = first_argument(indicator.formula) is None
                having = above if counts else above & self._entities(name)
                found |= {(name, each) for each in having}
                # Whom an entity stood under before is known only from what was derived there.
                found |= self._stored[name]
        return found

    def needed(self, series: Iterable[SeriesKey]) -> set[SeriesKey]:
        """These series and all that they read, through every step."""
        found = set(series)
        waiting = list(found)
        while waiting:
            new = self.reads(waiting.pop()) - found
            found |= new
            waiting += new
        return found

    def reads(self, series: SeriesKey) -> set[SeriesKey]:
        """What one series is derived from, one step down; nothing for a reported one."""
        indicator, rule = self._rule(series[0])
        if indicator is None or rule is None:
            return set()
        asked = indicator.formula, series[1], self._catalogue
        return {*rule.first(*asked), *rule.others(*asked)}

    def stored(self, series: Iterable[SeriesKey]) -> set[SeriesKey]:
        """Those of the series that are there already."""
        wanted = set(series)
        self._load({name for name, _ in wanted})
        return {key for key in wanted if key in self._stored[key[0]]}

    def below(self, series: SeriesKey) -> list[SeriesKey]:
        """The series that ought to add up to this one; none where nothing sums its indicator."""
        name, entity = series
        if not any(self._summed(user) == name for user in self._catalogue.users(name)):
            return []
        return [(name, child) for child in self._catalogue.children(entity)]

    def beside(self, series: Iterable[SeriesKey]) -> set[SeriesKey]:
        """The reported wholes that stand beside these sums."""
        summed = ((self._summed(name), entity) for name, entity in series)
        return {(name, entity) for name, entity in summed if name is not None}

    def _summed(self, name: str) -> str | None:
        indicator = self._catalogue.indicator(name)
        formula = None if indicator is None else indicator.formula
        if formula is None or formula.kind != "sum_of_children":
            return None
        return formula.indicator

    def _load(self, names: Iterable[str]) -> None:
        # One question for many indicators: each costs the engine as much as all of them.
        new = self._with_arguments(names) - self._stored.keys()
        if new:
            self._stored |= {name: set() for name in new}
            for key in self._series_of(sorted(new)):
                self._stored[key[0]].add(key)

    def _with_arguments(self, names: Iterable[str]) -> set[str]:
        """The indicators, and the first arguments that they come down to."""
        found: set[str] = set()
        waiting = set(names)
        while waiting:
            found |= waiting
            defined = (self._rule(name) for name in waiting)
            firsts = (first_argument(each.formula) for each, rule in defined if each and rule)
            waiting = {first for first in firsts if first is not None} - found
        return found

    def _rule(self, name: str) -> tuple[IndicatorDefined | None, Rule | None]:
        indicator = self._catalogue.indicator(name)
        return indicator, rule_of(indicator)

    def _reached(self, name: str, indicator: str, entity: str) -> Iterable[str] | None:
        derived, rule = self._rule(name)
        # Who is asked about names another indicator, so it has a formula and a rule.
        assert derived is not None
        assert rule is not None
        return rule.reach(derived.formula, indicator, entity, self._catalogue)

    def _entities(self, name: str) -> set[str]:
        """The entities that have the indicator, or its first argument."""
        if name not in self._having:
            self._load([name])
            self._having[name] = found = {entity for _, entity in self._stored[name]}
            indicator, rule = self._rule(name)
            first = first_argument(indicator.formula) if indicator and rule else None
            if rule is not None and first is not None:
                for entity in self._entities(first):
                    found.update(rule.above(entity, self._catalogue))
        return self._having[name]
