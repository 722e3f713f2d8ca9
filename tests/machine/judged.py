"""What `bi.assessments` must show of the figures as they stand: DOMAIN §2 to §4, fine print.

Goals of a calendar year: at_least, at_most, increase and growth; trajectories linear_days,
linear_months and last_year_profile; the schemes of tests.machine.lamps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, NamedTuple

from schemas.period import end_name, is_month_end, same_day_last_year
from tests.machine import lamps
from tests.machine.figures import Fact
from tests.machine.lamps import Standing
from tests.machine.standing import FLOW, RATE, STOCK, Figure, Kind, Lack, Sight, past_of
from tests.machine.told import Told

_ZERO = Decimal(0)
_YEAR_DAYS, _YEAR_MONTHS = 366, 12


class Judgement(NamedTuple):
    """One current row; `short` tells whether its forecast falls short of the goal."""

    target: str
    version: int
    indicator: str
    entity: str
    scope: str
    period: str
    end: date | None
    lamp: str
    scheme: str
    reason: str
    as_of: datetime | None = None
    actual: Decimal | None = None
    expected: Decimal | None = None
    gap: Decimal | None = None
    pace: float | None = None
    required: Decimal | None = None
    forecast: Decimal | None = None
    # No sequence has two past years, so that nothing is known of errors.
    low: Decimal | None = None
    high: Decimal | None = None
    p_meet: float | None = None
    method: str = "none"
    trajectory: str = ""
    basis: tuple[str, ...] = ()
    short: bool | None = None


def judged(told: Told, versions: Iterable[dict[str, Any]]) -> dict[str, list[Judgement]]:
    """Of each target what holds now, by period end."""
    by_target: dict[str, list[dict[str, Any]]] = {}
    for version in sorted(versions, key=lambda v: (v["effective_from"], v["version"])):
        by_target.setdefault(version["target"], []).append(version)
    with localcontext() as context:
        context.prec = 60
        return {name: _target(told, given) for name, given in by_target.items()}


def _target(told: Told, versions: list[dict[str, Any]]) -> list[Judgement]:
    newest = versions[-1]
    definition = told.indicators[newest["indicator"]]
    sight = Sight(told, (newest["indicator"], newest["entity"]))
    kinds = {_kind(version, definition) for version in versions}
    ends = sorted({end for kind in kinds for end in sight.ends(kind, newest["year"])})
    found = [each for end in ends if (each := _at(sight, definition, versions, end))]
    return found or [_row(newest, None, "grey", "no_data")]


def _kind(version: dict[str, Any], definition: dict[str, Any]) -> Kind:
    if version["goal"]["kind"] == "growth" or definition["measure"] == "rate":
        return RATE
    return STOCK if definition["measure"] == "stock" else FLOW


def _at(
    sight: Sight, definition: dict[str, Any], versions: list[dict[str, Any]], end: date
) -> Judgement | None:
    """By the newest version that was in force when the figure was first published."""
    found = [
        (version, figure)
        for version in versions
        if (figure := sight.at(_kind(version, definition), version.get("scope", ""), end))
    ]
    started = [
        (version, figure)
        for version, figure in found
        if date.fromisoformat(version["effective_from"]) <= figure.first
    ]
    for version, figure in [*started[-1:], *found[:1]]:
        if isinstance(figure, Lack):
            return _row(version, end, "grey", figure.reason, figure.facts)
        return _Case(sight, definition, version, end, figure).judged()
    return None


def _row(
    version: dict[str, Any],
    end: date | None,
    lamp: str,
    reason: str,
    facts: Iterable[Fact] = (),
    **columns: Any,
) -> Judgement:
    rests_on = list(facts)
    return Judgement(
        version["target"],
        version["version"],
        version["indicator"],
        version["entity"],
        version.get("scope", ""),
        "" if end is None else end_name(end),
        end,
        lamp,
        version["lamps"],
        reason,
        max((fact.recorded for fact in rests_on), default=None),
        basis=tuple(sorted({id for fact in rests_on for _, id in fact.events})),
        **columns,
    )


@dataclass
class _Case:
    """One version of a target at one end."""

    sight: Sight
    definition: dict[str, Any]
    version: dict[str, Any]
    end: date
    figure: Figure

    def __post_init__(self) -> None:
        self.goal, self.scope = self.version["goal"], self.version.get("scope", "")
        self.kind = _kind(self.version, self.definition)
        self.past = past_of(self.figure)
        self.at_end = (self.end.month, self.end.day) == (12, 31)

    def judged(self) -> Judgement:
        if self.kind == RATE:
            return self._verdict(self._rate(), "", ())
        facts, base, actual = self.figure.facts, _ZERO, self.figure.value
        taken_off: Decimal | None = _ZERO
        if self.kind == STOCK:
            before = self.sight.level(self.scope, date(self.end.year - 1, 12, 31), self.past)
            added = self.goal["kind"] == "increase"
            if before is None and (added or not self.at_end):
                said = {} if added else {"actual": _amount(actual)}
                return _row(self.version, self.end, "grey", "no_baseline", facts, **said)
            taken_off = before.value if before else None
            facts += before.facts if before else ()
            base = before.value if before else _ZERO
            if added:
                actual, base, taken_off = actual - base, _ZERO, _ZERO
        higher = self.goal["kind"] != "at_most"
        allowed = self._tolerance()
        goal = Decimal(self.goal["value"]) + (-allowed if higher else allowed)
        share, used, rests_on = self._way()
        expected = goal if self.at_end else base + (goal - base) * share
        standing = Standing(
            False, higher, actual, expected, goal, taken_off, _ZERO, self._strict(), self.at_end
        )
        return self._verdict(standing, used, facts[1:] + rests_on)

    def _rate(self) -> Standing:
        growth = self.goal["kind"] == "growth"
        higher = self.goal["kind"] == "at_least"
        if growth:
            higher = self.definition["direction"] == "higher"
        goal = Decimal(self.goal["percent" if growth else "value"])
        allowed, strict = self._tolerance(), self._strict()
        actual = self.figure.value
        return Standing(True, higher, actual, goal, goal, None, allowed, strict, self.at_end)

    def _tolerance(self) -> Decimal:
        return Decimal(self.goal.get("tolerance") or self.definition.get("tolerance") or 0)

    def _strict(self) -> bool:
        return bool(self.goal.get("strict", False))

    def _way(self) -> tuple[Decimal, str, tuple[Fact, ...]]:
        """How much of the way is due, by which trajectory and from which past."""
        kind = self.version.get("trajectory", {"kind": "linear_days"})["kind"]
        if kind == "linear_months":
            return self._months_done(), kind, ()
        past = self._profile() if kind == "last_year_profile" else None
        if past is not None:
            return past[0], kind, past[1]
        days = (self.end - date(self.end.year, 1, 1)).days + 1
        return Decimal(days) / _YEAR_DAYS, "linear_days", ()

    def _months_done(self) -> Decimal:
        done = self.end.month if is_month_end(self.end) else self.end.month - 1
        return Decimal(done) / _YEAR_MONTHS

    def _profile(self) -> tuple[Decimal, tuple[Fact, ...]] | None:
        """How much of last year was done by the same day; of a stock of what it gained."""
        then, last = same_day_last_year(self.end), date(self.end.year - 1, 12, 31)
        done, total = self._gained(then), self._gained(last)
        if done is None or total is None or total[0] == 0:
            return None
        return done[0] / total[0], done[1] + total[1]

    def _gained(self, end: date) -> tuple[Decimal, tuple[Fact, ...]] | None:
        if self.kind == FLOW:
            found = self.sight.to_date(self.scope, end, self.past)
            return found and (found.value, found.facts)
        before = self.sight.level(self.scope, date(end.year - 1, 12, 31), self.past)
        level = self.sight.level(self.scope, end, self.past)
        if before is None or level is None:
            return None
        return level.value - before.value, before.facts + level.facts

    def _verdict(self, standing: Standing, used: str, more: tuple[Fact, ...]) -> Judgement:
        lamp = lamps.lamp(self.version["lamps"], standing, self._months_done())
        columns: dict[str, Any] = {
            "actual": _amount(standing.actual),
            "expected": _amount(standing.expected),
            "gap": _amount(standing.gap),
            "trajectory": used,
        }
        facts = self.figure.facts + more
        if lamp != "blue" and self._january_alone():
            return _row(self.version, self.end, "grey", "jan_feb", facts, **columns)
        forecast, method, ahead = self._forecast(standing)
        required, needed = self._required(standing)
        columns |= {
            "pace": _ratio(standing.pace),
            "required": _amount(required),
            "forecast": _amount(forecast),
            "method": method,
            "short": None if forecast is None else standing.falls_short(forecast),
        }
        reason = {"blue": "met", "green": "on_pace"}.get(lamp)
        reason = reason or ("missed" if self.at_end else "behind")
        return _row(self.version, self.end, lamp, reason, facts + ahead + needed, **columns)

    def _january_alone(self) -> bool:
        if (self.end.month, self.end.day, self.figure.start.month) != (1, 31, 1):
            return False
        if self.figure.start.day != 1 or self.kind == STOCK:
            return False
        return self.kind == FLOW or self.goal["kind"] == "growth"

    def _forecast(self, standing: Standing) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
        if self.kind == RATE:
            return standing.actual, "last", ()
        if self.kind == STOCK:
            return self._at_the_pace_of_a_year(standing)
        past = self._profile()
        share = past[0] if past else self._months_done()
        if share <= 0:
            return None, "none", ()
        found = standing.actual / share
        return (found, "profile", past[1]) if past else (found, "linear", ())

    def _at_the_pace_of_a_year(
        self, standing: Standing
    ) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
        first = same_day_last_year(self.end)
        for day in self.sight.levels(self.scope, first, self.end, self.past):
            oldest = self.sight.level(self.scope, day, self.past)
            months = (self.end.year - day.year) * 12 + self.end.month - day.month
            if oldest is None or months == 0:
                break
            each = (self.figure.value - oldest.value) / months
            return standing.actual + each * (12 - self.end.month), "stock", oldest.facts
        return None, "none", ()

    def _required(self, standing: Standing) -> tuple[Decimal | None, tuple[Fact, ...]]:
        """Per full month left."""
        left = 12 - self.end.month
        if left == 0:
            return None, ()
        if self.goal["kind"] == "growth":
            return self._required_growth()
        if self.kind == RATE:
            return None, ()
        return max(_ZERO, (standing.goal - standing.actual) / left), ()

    def _required_growth(self) -> tuple[Decimal | None, tuple[Fact, ...]]:
        flow = self.definition["measure"] in FLOW
        if not flow or not self.definition.get("levels_comparable", True):
            return None, ()
        last = date(self.end.year - 1, 12, 31)
        total = self.sight.to_date(self.scope, last, self.past)
        same = self.sight.to_date(self.scope, same_day_last_year(self.end), self.past)
        actual = self.sight.to_date(
            self.scope, self.end, lambda fact: fact.status != "F" and self.past(fact)
        )
        if total is None or same is None or actual is None or total.value <= same.value:
            return None, ()
        wanted = (1 + Decimal(self.goal["percent"]) / 100) * total.value
        rate = (wanted - actual.value) / (total.value - same.value) - 1
        return rate * 100, total.facts + same.facts + actual.facts


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


def _ratio(value: Decimal | None) -> float | None:
    return None if value is None else float(value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN))


def as_row(judgement: Judgement) -> tuple[Any, ...]:
    """As `bi.assessments` shows it."""
    return tuple(judgement)[:-1]
