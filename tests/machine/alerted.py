"""What must hold of alerts: DOMAIN §5 and the fine print, "Alerts".

How an alert came about depends on what was judged in between: a value that opened it may have been
corrected before the next one was judged. Determined is where it ends, and that every step is one
of the loop.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from tests.machine.found import Found
from tests.machine.judged import Judgement

_TROUBLE = ("yellow", "red")
_SEVERITY = {"red": "high", "yellow": "medium"}
_ENDED = ("closed", "withdrawn")
# From which state an alert may come to another without anybody's command.
_STEPS = {
    "": ("open",),
    "open": ("open", "cured", "withdrawn", "closed"),
    "cured": ("open", "closed", "withdrawn"),
    "closed": ("open",),
    "withdrawn": (),
}


class Shown(NamedTuple):
    """A row of `bi.alerts`."""

    alert: str
    target: str
    kind: str
    indicator: str
    entity: str
    state: str
    lamp: str
    severity: str
    opened_period: str
    period: str
    gap: Decimal | None
    lead: str
    reopened: int
    is_closed: bool
    is_commanded: bool


class Step(NamedTuple):
    """A row of `bi.alert_history`."""

    alert: str
    seq: int
    state: str
    reason: str
    by: str
    period: str
    lamp: str


# What is open for a subject and kind: (period, lamp, gap).
Open = tuple[str, str, Decimal | None]
Subject = tuple[str, str, str, str]


def broken(
    shown: Sequence[Shown],
    steps: Sequence[Step],
    judged: dict[str, list[Judgement]],
    findings: Iterable[Found],
) -> list[str]:
    """Everything that does not hold, in words."""
    return [*_wrong_ends(shown, judged, findings), *_wrong_ways(shown, steps)]


def _wrong_ends(
    shown: Sequence[Shown], judged: dict[str, list[Judgement]], findings: Iterable[Found]
) -> Iterator[str]:
    is_open: dict[Subject, list[Shown]] = defaultdict(list)
    for each in shown:
        if each.state not in _ENDED:
            is_open[each.target, each.kind, each.indicator, each.entity].append(each)
        if each.severity != _SEVERITY.get(each.lamp, "low"):
            yield f"a severity that is not its lamp's: {each}"
        if each.is_closed != (each.state == "closed"):
            yield f"a day of closing without it: {each}"
        if each.is_commanded:
            yield f"something that only a command does: {each}"
    must = _must(judged, findings)
    for subject, rows in is_open.items():
        if len(rows) > 1 or subject not in must:
            yield f"open more than once, or of nothing known: {rows}"
    for subject, possible in must.items():
        rows = is_open[subject]
        said = (rows[0].period, rows[0].lamp, rows[0].gap) if rows else None
        if possible is not None and said not in possible:
            yield f"{subject} shows {said}, must show one of {possible}"
        if any(row.lead != "stats" for row in rows):
            yield f"another unit than its target's leads: {rows}"


def _must(
    judged: dict[str, list[Judgement]], findings: Iterable[Found]
) -> dict[Subject, list[Open | None] | None]:
    """What may be open of each kind, where None is nothing; None for what is not determined."""
    must: dict[Subject, list[Open | None] | None] = {}
    for target, rows in judged.items():
        series = rows[-1].indicator, rows[-1].entity
        must[target, "behind", *series] = _behind(rows)
        must[target, "forecast_miss", *series] = _forecast_miss(rows)
    for series in {(each.indicator, each.entity) for each in findings if each.indicator}:
        of_it = [f for f in findings if (f.indicator, f.entity) == series and f.state == "open"]
        newest = max((each.at for each in of_it), default=None)
        periods = {each.period for each in of_it if each.at == newest}
        must["", "finding", *series] = [(p, "yellow", None) for p in periods] or [None]
    return must


def _behind(rows: list[Judgement]) -> list[Open | None] | None:
    latest = rows[-1]
    if latest.lamp in _TROUBLE:
        return [(latest.period, latest.lamp, latest.gap)]
    # A grey one changes nothing, but without any figure there is nothing that it rests on.
    return None if latest.lamp == "grey" and latest.end else [None]


def _forecast_miss(rows: list[Judgement]) -> list[Open | None] | None:
    latest = rows[-1]
    if latest.lamp in _TROUBLE or latest.lamp == "blue" or not latest.end:
        return [None]
    if latest.lamp == "grey" or latest.short is None:
        return None
    if not latest.short:
        return [None]
    before = rows[-2] if len(rows) > 1 else latest
    if len(rows) > 1 and before.lamp == "green" and before.short:
        return [(latest.period, latest.lamp, latest.gap)]
    return [None, (latest.period, latest.lamp, latest.gap)]


def _wrong_ways(shown: Sequence[Shown], steps: Sequence[Step]) -> Iterator[str]:
    ways: dict[str, list[Step]] = defaultdict(list)
    for step in sorted(steps, key=lambda step: (step.alert, step.seq)):
        ways[step.alert].append(step)
    last = {each.alert: each for each in shown}
    if len(last) < len(shown) or last.keys() != ways.keys():
        yield f"alerts and their history: {sorted(last)}, {sorted(ways)}"
        return
    for alert, way in ways.items():
        if [step.seq for step in way] != list(range(1, len(way) + 1)):
            yield f"a sequence with gaps or doubled: {way}"
        if _leaves_the_loop(way, last[alert]):
            yield f"steps that are none of the loop, or another end: {way}, {last[alert]}"


def _leaves_the_loop(way: list[Step], end: Shown) -> bool:
    states = ["", *(step.state for step in way)]
    moves = Counter(zip(states, states[1:], strict=False))
    return (
        any(after not in _STEPS[before] for before, after in moves)
        or any(step.by != "data" for step in way)
        or any(not _grounded(end.kind, step) for step in way if step.state == "open")
        or (way[-1].state, way[-1].lamp, way[-1].period) != (end.state, end.lamp, end.period)
        or way[0].period != end.opened_period
        or moves["closed", "open"] != end.reopened
    )


def _grounded(kind: str, step: Step) -> bool:
    """Is it open under a lamp that justifies it?"""
    wanted = {"behind": _TROUBLE, "forecast_miss": ("green",), "finding": ("yellow",)}
    return step.lamp in wanted[kind]
