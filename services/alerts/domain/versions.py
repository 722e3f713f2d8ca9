"""Which version of a target judges: the newest in force when the figure was first recorded."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from schemas.data import TargetSet
from services.alerts.domain.figures import Found


def in_order(versions: Iterable[TargetSet]) -> list[TargetSet]:
    """By (effective_from, version), the newest last."""
    return sorted(versions, key=lambda version: (version.effective_from, version.version))


def in_force(versions: Iterable[TargetSet], day: date) -> TargetSet:
    """The newest version in force on a day, else the earliest."""
    ordered = in_order(versions)
    started = [version for version in ordered if version.effective_from <= day]
    return started[-1] if started else ordered[0]


def at_end(
    versions: Sequence[TargetSet], end: date, find: Callable[[TargetSet, date], Found | None]
) -> tuple[TargetSet, Found] | None:
    """The version that judges the figure which ends on a day, of those in whose span it lies.

    Which figure that is depends on the version's own scope and kind, so each is asked.
    """
    candidates: list[tuple[TargetSet, Found]] = []
    for version in versions:
        if version.span.start <= end <= version.span.end and (found := find(version, end)):
            candidates.append((version, found))
    started = [
        (version, found)
        for version, found in candidates
        if version.effective_from <= found.first_recorded_on
    ]
    return next(iter(started[-1:] or candidates), None)
