"""Findings of ids that were used for something else before."""

from tests.machine.door import Arrival
from tests.machine.figures import key_of
from tests.machine.found import Found
from tests.machine.plan import Sent


def used_ids(first: list[Arrival], conflicts: list[tuple[Arrival, Arrival]]) -> list[Found]:
    """The findings `duplicate_conflict`, one for each content that came second."""
    found: list[Found] = []
    told: list[Sent] = []
    for one, other in conflicts:
        if other.sent not in told:
            told.append(other.sent)
            found.append(_conflict(first, one.sent, other.sent))
    return found


def _conflict(first: list[Arrival], one: Sent, other: Sent) -> Found:
    at = max(one.recorded, other.recorded)
    if other.kind != "metric.observed":
        entity = other.data["entity"]
        return Found("duplicate_conflict", "", entity, "", "", (other.id,), "open", at)
    data, key = other.data, key_of(other.data)
    series = data["indicator"], data["entity"]
    corrected = any(
        (each.sent.source, each.sent.id) != (other.source, other.id)
        and each.sent.recorded >= other.recorded
        and (each.sent.data["indicator"], each.sent.data["entity"]) == series
        and key_of(each.sent.data) == key
        for each in first
        if each.sent.kind == "metric.observed"
    )
    state = "corrected" if corrected else "open"
    where = (*series, key.scope, key.period)
    return Found("duplicate_conflict", *where, (other.id,), state, at)
