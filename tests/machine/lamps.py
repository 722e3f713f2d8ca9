"""Which lamp a standing shows by each scheme: DOMAIN §4 with its fine print."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

_COLOURS = {"xuancheng": ("green", "red"), "ouhai": ("green", "red")}


class Standing(NamedTuple):
    """A figure beside what is expected of it; `taken_off` is the base, None if not known.

    The tolerance of an amount has been taken off its goal.
    """

    is_rate: bool
    higher: bool
    actual: Decimal
    expected: Decimal
    goal: Decimal
    taken_off: Decimal | None
    tolerance: Decimal
    strict: bool
    at_end: bool

    @property
    def gap(self) -> Decimal:
        """How far ahead."""
        return self._ahead(self.actual, self.expected)

    def _ahead(self, one: Decimal, other: Decimal) -> Decimal:
        return one - other if self.higher else other - one

    @property
    def pace(self) -> Decimal | None:
        """Done over due, or the reverse where less is better; the base taken off both."""
        if self.is_rate or self.taken_off is None:
            return None
        done, due = self.actual - self.taken_off, self.expected - self.taken_off
        over, under = (done, due) if self.higher else (due, done)
        return None if under <= 0 or over < 0 else over / under

    def falls_short(self, value: Decimal) -> bool:
        """Would the goal be missed with this at the year's end?"""
        ahead = self._ahead(value, self.goal) + self.tolerance
        return ahead < 0 or (self.strict and ahead == 0)

    @property
    def equal(self) -> bool:
        """Exactly the goal: of an amount at the end, of a rate at any time."""
        if self.is_rate:
            return self.gap == -self.tolerance
        return self.at_end and self.actual == self.goal


def lamp(scheme: str, standing: Standing, months_done: Decimal) -> str:
    """The colour; `months_done` is the share of the year's months that is over."""
    blue = scheme in ("standard", "points", "ouhai") and standing.higher and not standing.is_rate
    if blue and not standing.falls_short(standing.actual):
        return "blue"
    found = _SCHEMES[scheme](standing, months_done)
    if not (standing.strict and standing.equal):
        return found
    colours = _COLOURS.get(scheme, ("green", "yellow", "red"))
    return colours[min(colours.index(found) + 1, len(colours) - 1)]


def _three(size: Decimal, green: Decimal, yellow: Decimal) -> str:
    return "green" if size >= green else "yellow" if size >= yellow else "red"


def _met(standing: Standing) -> str:
    return "green" if standing.gap >= -standing.tolerance else "red"


def _standard(standing: Standing, months_done: Decimal) -> str:
    if standing.is_rate:
        return _three(standing.gap + standing.tolerance, Decimal(0), Decimal(-1))
    if standing.pace is None:
        return _met(standing)
    return _three(standing.pace, Decimal(1), Decimal("0.9"))


def _points(standing: Standing, months_done: Decimal) -> str:
    behind = -standing.gap
    if not standing.is_rate:
        if standing.taken_off is None or standing.goal == standing.taken_off:
            return _met(standing)
        behind = 100 * behind / abs(standing.goal - standing.taken_off)
    return "green" if behind < 10 else "yellow" if behind <= 30 else "red"


def _xuancheng(standing: Standing, months_done: Decimal) -> str:
    if standing.is_rate:
        return _met(standing)
    due = standing.goal
    if standing.taken_off is not None:
        due = standing.taken_off + (standing.goal - standing.taken_off) * months_done
    ahead = standing.actual - due if standing.higher else due - standing.actual
    return "green" if ahead >= 0 else "red"


def _ouhai(standing: Standing, months_done: Decimal) -> str:
    return _met(standing)


_SCHEMES: dict[str, Callable[[Standing, Decimal], str]] = {
    "standard": _standard,
    "points": _points,
    "xuancheng": _xuancheng,
    "ouhai": _ouhai,
}
