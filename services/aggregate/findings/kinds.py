"""Every kind of finding that the figures of a series can give; pure."""

from collections.abc import Callable, Iterator

from services.aggregate.findings import (
    children_differ,
    cumulative_fell,
    identity_broken,
    late_report,
    status_regressed,
    unit_suspect,
)
from services.aggregate.findings.finding import Place, findings
from services.aggregate.findings.known import Known
from services.aggregate.tables import Finding

KINDS: dict[str, Callable[[Known], Iterator[Place]]] = {
    "identity_broken": identity_broken.places,
    "cumulative_fell": cumulative_fell.places,
    "unit_suspect": unit_suspect.places,
    "children_differ": children_differ.places,
    "late_report": late_report.places,
    "status_regressed": status_regressed.places,
}


def find(known: Known) -> list[Finding]:
    """All that was ever found in a series, with what became of it."""
    series = (known.indicator.indicator, known.entity)
    return [
        finding
        for kind, places in KINDS.items()
        for place in places(known)
        for finding in findings(kind, series, place)
    ]
