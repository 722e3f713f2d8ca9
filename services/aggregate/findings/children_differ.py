"""`children_differ`: the entities below do not add up to the reported whole; pure.

As in `sum_of_children` each of them may say it under another name, or in pieces (DOMAIN §1). The
tolerance is that of an identity, half a unit of the last decimal as sent, per term: what follows
from pieces has as many terms.
"""

from collections.abc import Iterator, Sequence

from schemas.data import Measure
from schemas.exact import CONTEXT, sum_of, text
from services.aggregate.findings.finding import Breach, Check, Place
from services.aggregate.findings.known import Known
from services.aggregate.findings.timeline import Said


def places(known: Known) -> Iterator[Place]:
    """Every reported amount that each child with figures of the scope says as well."""
    if not known.children:
        return
    for key in known.reported:
        below = [child for child in known.children.values() if _speaks_of(child, key.scope)]
        if key.measure is Measure.RATE or not below:
            continue
        lines = [known.reported.get(key), *(child.figure(key) for child in below)]
        there = tuple(line for line in lines if line is not None)
        if len(there) == len(lines):
            yield Place(key, there, _check(known.unit))


def _speaks_of(child: Known, scope: str) -> bool:
    return any(key.scope == scope for key in child.reported)


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
