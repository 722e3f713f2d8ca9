"""What is known when an event is judged: definitions, targets, and what was observed."""

from typing import Protocol

from schemas.data import EntityDefined, IndicatorDefined, TargetSet


class Known(Protocol):
    """A view of the catalogue. Every answer is what holds now; None is unknown."""

    def indicator(self, name: str) -> IndicatorDefined | None:
        """The definition in force."""

    def entity(self, name: str) -> EntityDefined | None:
        """The definition in force."""

    def target(self, name: str, version: int) -> TargetSet | None:
        """This version of the target."""

    def newest_target(self, name: str) -> TargetSet | None:
        """The version with the greatest number."""

    def observed(self, indicator: str) -> bool:
        """Has any figure of the indicator been accepted? True also when that cannot be excluded."""


class Overlay:
    """What a request's own definitions add, for the events that follow them in the request."""

    def __init__(self, below: Known) -> None:
        self._below = below
        self._indicators: dict[str, IndicatorDefined] = {}
        self._entities: dict[str, EntityDefined] = {}
        self._targets: dict[str, dict[int, TargetSet]] = {}
        self._observed: set[str] = set()

    def indicator(self, name: str) -> IndicatorDefined | None:
        return self._indicators.get(name) or self._below.indicator(name)

    def entity(self, name: str) -> EntityDefined | None:
        return self._entities.get(name) or self._below.entity(name)

    def target(self, name: str, version: int) -> TargetSet | None:
        return self._targets.get(name, {}).get(version) or self._below.target(name, version)

    def newest_target(self, name: str) -> TargetSet | None:
        mine = self._targets.get(name, {})
        both = [*mine.values(), self._below.newest_target(name)]
        return max((t for t in both if t), key=lambda t: t.version, default=None)

    def observed(self, indicator: str) -> bool:
        return indicator in self._observed or self._below.observed(indicator)

    def note_indicator(self, indicator: IndicatorDefined) -> None:
        """From here on this definition holds."""
        self._indicators[indicator.indicator] = indicator

    def note_entity(self, entity: EntityDefined) -> None:
        """From here on this definition holds."""
        self._entities[entity.entity] = entity

    def note_target(self, target: TargetSet) -> None:
        """From here on this version exists."""
        self._targets.setdefault(target.target, {})[target.version] = target

    def note_observed(self, indicator: str) -> None:
        """From here on the indicator has figures."""
        self._observed.add(indicator)
