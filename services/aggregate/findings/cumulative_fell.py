"""`cumulative_fell`: a reported year-to-date is below the one before it; pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from schemas.data import FLOW, Measure
from schemas.exact import text
from schemas.period import end_name
from services.aggregate.derived import Key
from services.aggregate.findings.finding import Breach, Check, Place
from services.aggregate.findings.known import Known
from services.aggregate.findings.timeline import Said, Timeline
from services.aggregate.year_to_date import new_year


def places(known: Known) -> Iterator[Place]:
    """Every reported year-to-date beside those at earlier ends of its year and scope."""
    for (scope, _), totals in _years(known).items():
        totals.sort()
        # Mostly every value is above all before it.
        if all(earlier[2] <= later[1] for earlier, later in pairwise(totals)):
            continue
        ends = list(dict.fromkeys(end for end, _, _ in totals))
        for count, end in enumerate(ends):
            own = known.reported_total(scope, end)
            before = _before(known, scope, own, ends[:count]) if own else []
            if own and before:
                key = Key(scope, Measure.CUMULATIVE, new_year(end), end)
                yield Place(key, (own, *before), _check(known.unit, end))


def _years(known: Known) -> dict[tuple[str, int], list[tuple[date, Decimal, Decimal]]]:
    """The ends of year-to-dates there ever were, under either name, each with its bounds."""
    found: dict[tuple[str, int], list[tuple[date, Decimal, Decimal]]] = {}
    for (scope, measure, start, end), bounds in known.bounds.items():
        if measure in FLOW and start == new_year(end):
            found.setdefault((scope, end.year), []).append((end, *bounds))
    return found


def _before(known: Known, scope: str, own: Timeline, ends: Sequence[date]) -> list[Timeline]:
    """The earlier ones, newest first; behind one that was always there nothing is asked.

    Unless it was simulated itself at a time: then it was compared with another simulated one.
    """
    found: list[Timeline] = []
    for line in filter(None, (known.total(scope, end) for end in reversed(ends))):
        found.append(line)
        if not own.simulates and line.steady_since(own.moments[0]):
            break
    return found


def _check(unit: str, end: date) -> Check:
    def check(saids: Sequence[Said | None]) -> Breach | None:
        own, *before = saids
        if own is None:
            return None
        same = (said for said in before if said and said.simulated is own.simulated)
        last = next(same, None)
        if last is None or own.value >= last.value:
            return None
        return Breach(
            end_name(end),
            f"累计下降：{own.period} 累计 {text(own.value)} {unit}，低于 {last.period} 累计"
            f" {text(last.value)}；请更正有误的一期，或重报并在 note 中说明",
            f"the year-to-date fell: {text(own.value)} {unit} to the end of {own.period}, after"
            f" {text(last.value)} to the end of {last.period}; correct the wrong one, or send one"
            " again with a note that explains it",
            [own, last],
        )

    return check
