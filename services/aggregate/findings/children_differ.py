"""`children_differ`: the entities below do not add up to the reported whole; pure."""

from collections.abc import Iterator, Sequence

from schemas.data import Measure
from schemas.exact import CONTEXT, text
from services.aggregate.findings.finding import Breach, Check, Place
from services.aggregate.findings.identity_broken import sum_of
from services.aggregate.findings.known import Known, Reported
from services.aggregate.findings.timeline import Said


def places(known: Known) -> Iterator[Place]:
    """Every reported amount that each child with figures of the scope has as well."""
    if not known.children:
        return
    for key in known.reported:
        below = [lines for lines in known.children.values() if _speaks_of(lines, key.scope)]
        if key.measure is Measure.RATE or not below:
            continue
        lines = [known.reported.get(key), *(part.get(key) for part in below)]
        there = tuple(line for line in lines if line is not None)
        if len(there) == len(lines):
            yield Place(key, there, _check(known.unit))


def _speaks_of(reported: Reported, scope: str) -> bool:
    return any(key.scope == scope for key in reported)


def _check(unit: str) -> Check:
    def check(saids: Sequence[Said | None]) -> Breach | None:
        there = [said for said in saids if said is not None]
        if len(there) < len(saids) or len({said.simulated for said in there}) > 1:
            return None
        whole, *parts = there
        total = sum_of(part.value for part in parts)
        off = CONTEXT.subtract(whole.value, total)
        allowed = sum_of(said.rounding for said in there)
        if abs(off) <= allowed:
            return None
        return Breach(
            whole.period,
            f"下级合计不符：{whole.period} 报 {text(whole.value)} {unit}，{len(parts)} 个下级合计"
            f" {text(total)}，相差 {text(off)}，超出舍入误差 {text(allowed)}；请更正有误的一项，"
            "或重报并在 note 中说明",
            f"the {len(parts)} below add up to {text(total)} {unit} in {whole.period}, reported are"
            f" {text(whole.value)}: off by {text(off)} where rounding allows {text(allowed)};"
            " correct the wrong value, or send one again with a note that explains it",
            there,
        )

    return check
