"""`status_regressed`: the newest vintage of a figure is less final than one before it; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from schemas.status import CLASS_OF, StatusClass
from services.aggregate.findings.finding import Breach, Place
from services.aggregate.findings.known import Known, Vintages
from services.aggregate.findings.timeline import Said, Timeline

# What differs in scope is neither more nor less final than what came before it.
FINALITY = {
    StatusClass.FORECAST: 0,
    StatusClass.SIMULATED: 0,
    StatusClass.ESTIMATE: 1,
    StatusClass.PRELIMINARY: 2,
    StatusClass.FINAL: 3,
}


def places(known: Known) -> Iterator[Place]:
    """Every figure with a second vintage."""
    for key in known.reported.revised():
        vintages = known.reported.vintages(key)
        yield Place(key, (Timeline(vintages), _most_final_before(vintages)), _check)


def finality(said: Said) -> int | None:
    """How final a vintage is."""
    return FINALITY.get(CLASS_OF[said.status])


def _most_final_before(vintages: Vintages) -> Timeline:
    """Of the vintages before each one, since the figure was last taken back."""
    best: Said | None = None
    entries: list[tuple[datetime, Said | None]] = []
    for at, said in vintages:
        entries.append((at, best))
        if said is None:
            best = None
        elif (rank := finality(said)) is not None and (
            best is None or rank >= FINALITY[CLASS_OF[best.status]]
        ):
            best = said
    return Timeline(entries)


def _check(saids: Sequence[Said | None]) -> Breach | None:
    newest, best = saids
    if newest is None or best is None:
        return None
    rank = finality(newest)
    if rank is None or rank >= FINALITY[CLASS_OF[best.status]]:
        return None
    return Breach(
        newest.period,
        f"状态倒退：{newest.period} 已有状态 {best.status.value} 的数，后报的却是"
        f" {newest.status.value}；请更正 status，或重报并在 note 中说明",
        f"the status went back: {newest.period} had a figure of status {best.status.value}, the"
        f" newer one is {newest.status.value}; correct `status`, or send it again with a note that"
        " explains it",
        [newest, best],
    )
