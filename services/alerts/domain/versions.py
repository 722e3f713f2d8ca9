"""Which version of a target holds: the newest in force on a day, or when a figure was recorded."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from schemas.data import TargetSet
from services.alerts.domain.figures import Found


def in_order(versions: Iterable[TargetSet]) -> list[TargetSet]:
    """By (effective_from, version), the newest last."""
    return sorted(versions, key=lambda version: (version.effective_from, version.version))


def in_force(versions: Iterable[TargetSet], day: date) -> list[TargetSet]:
    """The newest version in force on a day, else the earliest; then those of spans before it.

    A target that goes on has a version for every year: the old year's last reports are still due
    when the new one's is in force.
    """
    ordered = in_order(versions)
    started = [version for version in ordered if version.effective_from <= day]
    found: list[TargetSet] = []
    for version in reversed(started or ordered[:1]):
        if not any(_overlap(version, other) for other in found):
            found.append(version)
    return found


def _overlap(one: TargetSet, other: TargetSet) -> bool:
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def at_end(
    versions: Sequence[TargetSet], end: date, find: Callable[[TargetSet, date], Found | None]
) -> tuple[TargetSet, Found] | None:
    """The version that judges the figure which ends on a day, of those in whose span it lies.

    Which figure that is depends on the version's own scope and kind, so each is asked. One that
    has none was in force, or was not, when the others' figure was recorded; then nothing is
    judged.
    """
    asked = [
        (version, find(version, end))
        for version in versions
        if version.span.start <= end <= version.span.end
    ]
    days = [found.first_recorded_on for _, found in asked if found]
    if not days:
        return None
    started = [
        (version, found)
        for version, found in asked
        if version.effective_from <= (found.first_recorded_on if found else max(days))
    ]
    version, found = started[-1] if started else asked[0]
    return None if found is None else (version, found)
