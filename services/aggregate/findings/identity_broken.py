"""`identity_broken`: a period value is not what two year-to-dates differ by; pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from schemas.data import Measure
from schemas.exact import CONTEXT, sum_of, text
from schemas.period import end_name
from services.aggregate.derived import Key
from services.aggregate.findings.finding import Breach, Check, Place
from services.aggregate.findings.known import Known
from services.aggregate.findings.timeline import Said


def places(known: Known) -> Iterator[Place]:
    """Every period value beside the reported year-to-dates at its end and before its start."""
    for key in known.reported:
        if key.measure is not Measure.PERIOD or key.start.year != key.end.year:
            continue
        line = known.reported.get(key)
        assert line is not None
        first = key.end.replace(month=1, day=1)
        check = _check(known.unit, key.end)
        if key.start == first:
            # Two names of one fact: nothing came before.
            later = known.reported.get(Key(key.scope, Measure.CUMULATIVE, first, key.end))
            if later is not None:
                yield Place(key, (later, line), check)
            continue
        later = known.reported_total(key.scope, key.end)
        earlier = known.reported_total(key.scope, key.start - timedelta(days=1))
        if later is not None and earlier is not None:
            yield Place(key, (later, line, earlier), check)


def _check(unit: str, end: date) -> Check:
    def check(saids: Sequence[Said | None]) -> Breach | None:
        there = [said for said in saids if said is not None]
        if len(there) < len(saids) or len({said.simulated for said in there}) > 1:
            return None
        later, *pieces = there
        off = later.value
        for piece in pieces:
            off = CONTEXT.subtract(off, piece.value)
        allowed = sum_of(said.rounding for said in there)
        if abs(off) <= allowed:
            return None
        zh = " + ".join(f"{p.period} {text(p.value)}" for p in reversed(pieces))
        return Breach(
            end_name(end),
            f"累计与当期不符：{zh} ≠ {later.period} 累计 {text(later.value)} {unit}，"
            f"相差 {text(off)}，超出舍入误差 {text(allowed)}；请更正有误的一项，"
            "或重报并在 note 中说明",
            f"{zh} is not {text(later.value)} {unit} to the end of {later.period}: off by "
            f"{text(off)} where rounding allows {text(allowed)}; correct the wrong value, or send"
            " one again with a note that explains it",
            there,
        )

    return check
