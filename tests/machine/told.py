"""All series of a namespace at every moment: reported, followed from pieces, and derived."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.machine import counts, formulas
from tests.machine.door import RECORDS, Arrival
from tests.machine.figures import Course, Fact, Key, Series, Vintage, followed, reported, said


@dataclass
class Told:
    """What a namespace says.

    `derived` are the vintages of what nobody reported but as a forecast; `shown` are those of it
    under whose key nothing at all was reported.
    """

    indicators: dict[str, dict[str, Any]]
    parents: dict[str, str | None]
    reported: dict[Series, dict[Key, Course]]
    records: list[Arrival]
    derived: dict[Series, dict[Key, Course]] = field(default_factory=lambda: defaultdict(dict))
    shown: dict[Series, dict[Key, Course]] = field(default_factory=lambda: defaultdict(dict))
    lacks: dict[Series, dict[Key, str]] = field(default_factory=dict)
    followed: dict[Series, dict[Key, Course]] = field(default_factory=lambda: defaultdict(dict))

    def courses(self, series: Series, key: Key) -> tuple[Course, Course]:
        """Everything that was ever said of a figure: what was reported, and what was derived."""
        return self.reported.get(series, {}).get(key, []), self.derived[series].get(key, [])

    def keys(self, series: Series) -> set[Key]:
        """The figures there ever were."""
        return self.derived[series].keys() | self.reported.get(series, {}).keys()

    def moments(self) -> list[datetime]:
        """When something was published."""
        told = (course for keys in self.reported.values() for course in keys.values())
        figures = {vintage.recorded for course in told for vintage in course}
        return sorted(figures | {each.sent.recorded for each in self.records})

    def answers(self, series: Series, at: datetime) -> dict[Key, formulas.Answer]:
        """What the formula of a series gives."""
        definition = self.indicators[series[0]]
        if definition["formula"]["kind"] in counts.KINDS:
            return counts.answers(self.records, definition, series, self.parents, at)
        return formulas.answers(self, series, at)


def tell(
    firsts: Sequence[Arrival],
    indicators: dict[str, dict[str, Any]],
    parents: dict[str, str | None],
) -> Told:
    """From the first arrivals of each id, under the definitions in force."""
    records = [each for each in firsts if each.sent.kind in RECORDS]
    told = Told(indicators, parents, reported(firsts, indicators), records)
    for at in told.moments():
        for name in _parts_first(indicators):
            for entity in parents:
                _step(told, (name, entity), at)
    return told


def _parts_first(indicators: dict[str, dict[str, Any]]) -> list[str]:
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found:
            for part in formulas.parts(indicators[name].get("formula")):
                visit(part)
            found.append(name)

    for name in indicators:
        visit(name)
    return found


def _step(told: Told, series: Series, at: datetime) -> None:
    definition = told.indicators[series[0]]
    live = [said(course, at) for course in told.reported.get(series, {}).values()]
    newest = [facts[-1] for facts in live if facts]
    reported = {fact.key for fact in newest}
    now: dict[Key, Fact] = {}
    if definition["measure"] in ("period", "cumulative"):
        now = followed(newest, at)
        _enter(told.followed[series], now, at)
    lacks: dict[Key, str] = {}
    if "formula" in definition:
        there = now.keys() | {fact.key for fact in newest if fact.status != "F"}
        for key, answer in told.answers(series, at).items():
            if key in there:
                continue
            if not isinstance(answer, str):
                now[key] = answer
            elif key not in reported:
                lacks[key] = answer
    told.lacks[series] = lacks
    _enter(told.derived[series], now, at)
    _enter(told.shown[series], {k: fact for k, fact in now.items() if k not in reported}, at)


def _enter(courses: dict[Key, Course], now: dict[Key, Fact], at: datetime) -> None:
    """A vintage where the basis changed, and an end where nothing follows any more."""
    for key in courses.keys() | now.keys():
        course, fact = courses.setdefault(key, []), now.get(key)
        held = course[-1].fact if course else None
        if fact is None:
            if held is not None:
                course.append(Vintage(at, None))
        elif held is None or held.events != fact.events:
            course.append(Vintage(at, fact))
