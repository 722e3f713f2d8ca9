"""Which lamp a standing shows: one entry per scheme (DOMAIN §4).

Schemes judge amounts and rates; yes/no goals keep their own lamp. `strict` worsens exact equality
by one step of the colours that the scheme has. Beside each is who uses it so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from schemas.lamps import LampScheme
from schemas.records.assessment import Lamp
from schemas.records.dossier import Fact
from services.alerts.domain.standing import Case, Grey, Sort, Standing
from services.series.measured import Family, Figure
from services.series.months import share_by_months


@dataclass(frozen=True)
class Light:
    """A lamp, and the facts it rests on beside those of the standing."""

    lamp: Lamp
    facts: tuple[Fact, ...] = ()


_THREE = (Lamp.GREEN, Lamp.YELLOW, Lamp.RED)
_TWO = (Lamp.GREEN, Lamp.RED)


@dataclass(frozen=True)
class Scheme:
    """`rule` judges what is not yet settled; `blue` tells whether a reached goal shows blue.

    `colours` from good to bad. The `escalate_after`-th yellow period in a row is red.
    """

    rule: Callable[[Standing, Case], Light | Grey]
    blue: bool
    colours: tuple[Lamp, ...] = _THREE
    escalate_after: int | None = None


YELLOW_PACE = Decimal("0.9")
YELLOW_POINTS = Decimal(1)
GREEN_BELOW, YELLOW_TO = Decimal(10), Decimal(30)
_ZERO = Decimal(0)


def _limits(size: Decimal, green: Decimal, yellow: Decimal) -> Lamp:
    if size >= green:
        return Lamp.GREEN
    return Lamp.YELLOW if size >= yellow else Lamp.RED


def by_pace(standing: Standing, green: Decimal, yellow: Decimal) -> Lamp:
    """actual / expected; where a ratio says nothing the gap decides between green and red."""
    if standing.sort is Sort.RATE:
        return by_gap(standing, _ZERO, -YELLOW_POINTS)
    if standing.pace is None:
        return Lamp.GREEN if standing.gap >= 0 else Lamp.RED
    return _limits(standing.pace, green, yellow)


def by_gap(standing: Standing, green: Decimal, yellow: Decimal) -> Lamp:
    """How far ahead in the indicator's unit, a rate's tolerance allowed for."""
    return _limits(standing.gap + standing.tolerance, green, yellow)


def by_points(standing: Standing, green: Decimal, yellow: Decimal) -> Lamp:
    """100 × (share due − share done), base taken off both: below `green` green, to `yellow` yellow.

    Of a rate the percentage points below the goal. Where there is no way to go the gap decides.
    """
    behind = -standing.gap
    if standing.sort is Sort.AMOUNT:
        base = standing.taken_off
        if base is None or standing.goal == base:
            return Lamp.GREEN if standing.gap >= 0 else Lamp.RED
        # Turned for lower-is-better like the gap: what is used up too early is behind.
        behind = 100 * behind / abs(standing.goal - base)
    if behind < green:
        return Lamp.GREEN
    return Lamp.YELLOW if behind <= yellow else Lamp.RED


def standard(standing: Standing, case: Case) -> Light:
    """Amounts: pace ≥ 1 green, ≥ 0.9 yellow. Rates: gap ≥ −tolerance green, a point more yellow.

    The scheme that applies where a target names none.
    """
    return Light(by_pace(standing, Decimal(1), YELLOW_PACE))


def points(standing: Standing, case: Case) -> Light:
    """Percentage points of the goal behind: under 10 green, 10 to 30 yellow, over 30 red."""
    return Light(by_points(standing, GREEN_BELOW, YELLOW_TO))


def xuancheng(standing: Standing, case: Case) -> Light | Grey:
    """宣城: red if the share done < the share of the span elapsed, by months, or growth too low.

    Amounts: (actual − base) / (goal − base) against months completed / months of the span, equal
    is green; of a ceiling the share used up must not be greater. Rates: below the goal less its
    tolerance. `and_growth` adds the test of the reported growth.
    """
    if standing.sort is Sort.RATE:
        return Light(Lamp.GREEN if standing.gap >= -standing.tolerance else Lamp.RED)
    due = standing.goal
    if standing.taken_off is not None:
        share = share_by_months(case.span, case.end)
        due = standing.taken_off + (standing.goal - standing.taken_off) * share
    ahead = standing.actual - due if standing.higher else due - standing.actual
    if ahead < 0:
        return Light(Lamp.RED)
    goal: Any = case.target.goal
    return Light(Lamp.GREEN) if goal.and_growth is None else _and_growth(case, goal.and_growth)


def _and_growth(case: Case, wanted: Decimal) -> Light | Grey:
    growth = case.growth
    if growth is None:
        return _no_growth(case, "no_comparison", f"and_growth {case.end.isoformat()}")
    ahead = _turned(case, growth.value - wanted)
    return Light(Lamp.GREEN if ahead >= 0 else Lamp.RED, growth.facts)


def tianjin(standing: Standing, case: Case) -> Light | Grey:
    """天津: own plan met, and growth above the parent's: both green, one yellow, neither red.

    Both growth rates are the reported ones; without either it cannot be judged.
    """
    own, above = case.growth, _growth_above(case)
    if isinstance(above, Grey):
        return above
    if own is None:
        return _no_growth(case, "no_parent", f"{case.entity} {case.end.isoformat()}")
    won = (standing.gap >= 0) + (_turned(case, own.value - above.value) > 0)
    return Light(_THREE[2 - won], own.facts + above.facts)


def _growth_above(case: Case) -> Figure | Grey:
    """The parent's reported growth, read without scope."""
    parent = case.world.parent
    other = case.world.others.get((case.indicator.indicator, parent))
    if other is None:
        return Grey("no_parent", {"missing": parent or "parent"})
    pick = case.figure.beside
    found = other.index.rate("", case.span.start, case.end, pick)
    if found is not None:
        return found
    elsewhere = other.index.elsewhere(Family.RATE, "", case.end, pick)
    zh, en = ({"missing": f"{name} {case.end.isoformat()}"} for name in other.names)
    return _other_scope(elsewhere, "") or Grey("no_parent", zh, english=en)


def _no_growth(case: Case, code: str, missing: str) -> Grey:
    """No reported growth of its own, or only under another scope."""
    scope, pick = case.target.scope, case.figure.beside
    elsewhere = case.index.elsewhere(Family.RATE, scope, case.end, pick)
    return _other_scope(elsewhere, scope) or Grey(code, {"missing": missing})


def _other_scope(elsewhere: Iterable[Fact], scope: str) -> Grey | None:
    scopes = "、".join(sorted({fact.scope or "-" for fact in elsewhere}))
    return Grey("scope_differs", {"scopes": scopes, "scope": scope or "-"}) if scopes else None


def ouhai(standing: Standing, case: Case) -> Light:
    """瓯海: a period met is green, missed red; made up later it turns yellow in the ledger."""
    return Light(Lamp.GREEN if standing.gap >= -standing.tolerance else Lamp.RED)


def _turned(case: Case, ahead: Decimal) -> Decimal:
    return ahead if case.indicator.direction == "higher" else -ahead


SCHEMES: Mapping[str, Scheme] = {
    "standard": Scheme(standard, blue=True),
    "xuancheng": Scheme(xuancheng, blue=False, colours=_TWO),
    "points": Scheme(points, blue=True),
    "tianjin": Scheme(tianjin, blue=False),
    "ouhai": Scheme(ouhai, blue=True, colours=_TWO),
}
_MEASURES = {"pace": by_pace, "points": by_points, "gap": by_gap}


def with_own(own: Iterable[LampScheme]) -> Mapping[str, Scheme]:
    """The schemes that ship, and an office's own."""
    return {**SCHEMES, **{data.name: _scheme(data) for data in own}}


def _scheme(data: LampScheme) -> Scheme:
    return Scheme(partial(_by_data, data), data.blue, escalate_after=data.escalate_after)


def _by_data(data: LampScheme, standing: Standing, case: Case) -> Light:
    return Light(_MEASURES[data.measure](standing, data.green, data.yellow))


def light_of(scheme: Scheme, standing: Standing, case: Case) -> Light | Grey:
    """The lamp; yes/no goals keep their own, and a goal reached for good is blue."""
    if standing.fixed_lamp is not None:
        return Light(standing.fixed_lamp)
    if is_blue(scheme, standing):
        return Light(Lamp.BLUE)
    light = scheme.rule(standing, case)
    if isinstance(light, Grey) or not (standing.strict and standing.equal):
        return light
    worse = min(scheme.colours.index(light.lamp) + 1, len(scheme.colours) - 1)
    return Light(scheme.colours[worse], light.facts)


def is_blue(scheme: Scheme, standing: Standing) -> bool:
    """Is the goal of the whole span already reached, in a scheme that shows it?"""
    return scheme.blue and standing.can_be_blue and standing.reached
