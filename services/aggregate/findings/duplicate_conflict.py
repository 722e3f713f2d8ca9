"""One id was used for two contents: the second one stays out until it comes under its own; pure."""

from collections.abc import Iterable, Sequence

from services.aggregate.conflicts import Conflict
from services.aggregate.store import Figure
from services.aggregate.tables import Finding


def duplicate_conflicts(set_aside: Iterable[Conflict], figures: Sequence[Figure]) -> list[Finding]:
    """What was set aside in a series, the same content once; `figures` are what counts there.

    It is corrected once another event says what the figure is, as of the same time or later.
    """
    said = {(f.scope, f.measure.value, f.start, f.end): f.vintages for f in figures}
    found: dict[str, Finding] = {}
    for one in sorted(set_aside):
        if not one.differs or one.finding in found:
            continue
        vintages = said.get((one.scope, one.measure, one.period_start, one.period_end), ())
        answered = any(
            (v.source, v.event_id) != (one.source, one.event_id)
            and v.recorded_at >= one.recorded_at
            for v in vintages
        )
        found[one.finding] = Finding(
            one.finding,
            "duplicate_conflict",
            one.scope,
            one.period,
            one.detail_zh,
            one.detail_en,
            [one.event_id],
            "corrected" if answered else "open",
            one.at,
        )
    return list(found.values())
