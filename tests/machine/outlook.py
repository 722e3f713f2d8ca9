"""Where the year will end at this rate, and what is still needed each month: DOMAIN §4."""

from datetime import date
from decimal import Decimal

from schemas.period import same_day_last_year
from tests.machine.case import Case
from tests.machine.figures import Fact
from tests.machine.lamps import Standing
from tests.machine.standing import FLOW, RATE, STOCK


def forecast(case: Case, standing: Standing) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
    """What the year will come to, by which method and from which facts."""
    if case.kind == RATE:
        return standing.actual, "last", ()
    if case.kind == STOCK:
        return _at_the_pace_of_a_year(case, standing)
    past = case.profile()
    share = past[0] if past else case.months_done()
    if share <= 0:
        return None, "none", ()
    found = standing.actual / share
    return (found, "profile", past[1]) if past else (found, "linear", ())


def _at_the_pace_of_a_year(
    case: Case, standing: Standing
) -> tuple[Decimal | None, str, tuple[Fact, ...]]:
    first = same_day_last_year(case.end)
    for day in case.sight.levels(case.scope, first, case.end, case.past):
        oldest = case.sight.level(case.scope, day, case.past)
        months = (case.end.year - day.year) * 12 + case.end.month - day.month
        if oldest is None or months == 0:
            break
        each = (case.figure.value - oldest.value) / months
        return standing.actual + each * (12 - case.end.month), "stock", oldest.facts
    return None, "none", ()


def required(case: Case, standing: Standing) -> tuple[Decimal | None, tuple[Fact, ...]]:
    """Per full month left."""
    left = 12 - case.end.month
    if left == 0:
        return None, ()
    if case.goal["kind"] == "growth":
        return _required_growth(case)
    if case.kind == RATE:
        return None, ()
    return max(Decimal(0), (standing.goal - standing.actual) / left), ()


def _required_growth(case: Case) -> tuple[Decimal | None, tuple[Fact, ...]]:
    flow = case.definition["measure"] in FLOW
    if not flow or not case.definition.get("levels_comparable", True):
        return None, ()
    last = date(case.end.year - 1, 12, 31)
    total = case.sight.to_date(case.scope, last, case.past)
    same = case.sight.to_date(case.scope, same_day_last_year(case.end), case.past)
    actual = case.sight.to_date(
        case.scope, case.end, lambda fact: fact.status != "F" and case.past(fact)
    )
    if total is None or same is None or actual is None or total.value <= same.value:
        return None, ()
    wanted = (1 + Decimal(case.goal["percent"]) / 100) * total.value
    rate = (wanted - actual.value) / (total.value - same.value) - 1
    return rate * 100, total.facts + same.facts + actual.facts
