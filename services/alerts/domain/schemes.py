"""Which lamp a standing shows: one entry per scheme (DOMAIN §4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from schemas.records import Lamp
from services.alerts.domain.standing import Sort, Standing


@dataclass(frozen=True)
class Scheme:
    """`lamp` judges what is not yet settled; `blue` tells whether a reached goal shows blue."""

    lamp: Callable[[Standing], Lamp]
    blue: bool


YELLOW_PACE = Decimal("0.9")
YELLOW_POINTS = Decimal(1)
_WORSE = {Lamp.GREEN: Lamp.YELLOW, Lamp.YELLOW: Lamp.RED, Lamp.RED: Lamp.RED}


def _by_pace(standing: Standing) -> Lamp:
    pace = standing.pace
    if pace is None:
        return Lamp.GREEN if standing.gap >= 0 else Lamp.RED
    if pace >= 1:
        return Lamp.GREEN
    return Lamp.YELLOW if pace >= YELLOW_PACE else Lamp.RED


def _by_points(standing: Standing) -> Lamp:
    behind = -standing.gap - standing.tolerance
    if behind <= 0:
        return Lamp.GREEN
    return Lamp.YELLOW if behind <= YELLOW_POINTS else Lamp.RED


def standard(standing: Standing) -> Lamp:
    """Amounts: pace ≥ 1 green, ≥ 0.9 yellow. Rates: gap ≥ −tolerance green, a point more yellow.

    `strict` worsens exact equality by one step: of amounts with the goal at the span's end, of
    rates at any time.
    """
    if standing.sort is Sort.AMOUNT:
        lamp = _by_pace(standing)
        equal = standing.at_end and standing.actual == standing.goal
    else:
        lamp = _by_points(standing)
        equal = standing.gap == -standing.tolerance
    return _WORSE[lamp] if standing.strict and equal else lamp


SCHEMES: Mapping[str, Scheme] = {"standard": Scheme(standard, blue=True)}


def lamp_of(scheme: Scheme, standing: Standing) -> Lamp:
    """The lamp; yes/no goals keep their own, and a goal reached for good is blue."""
    if standing.fixed_lamp is not None:
        return standing.fixed_lamp
    if is_blue(scheme, standing):
        return Lamp.BLUE
    return scheme.lamp(standing)


def is_blue(scheme: Scheme, standing: Standing) -> bool:
    """Is the goal of the whole span already reached, in a scheme that shows it?"""
    return scheme.blue and standing.can_be_blue and standing.reached
