"""From when on a charger counts as new and as in service, as it was known at every moment; pure.

A facility (充电设施) is the charger, 桩, whatever the number of its connectors.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Literal, NamedTuple

from schemas.formulas import CountChargers
from services.aggregate.counts import Change, Counted, Heard

_COMMISSIONED = ("in_service", "closed", "removed")
What = Literal["commissioned", "in_service", "heard"]
# Longitude and latitude in degrees of WGS-84; nothing where nobody told.
Place = tuple[float, ...]


class ChargerState(NamedTuple):
    """What one event says of a charger; the greater `rank` is the newer state, of `day`."""

    rank: int
    recorded_at: datetime
    day: date
    entity: str
    use: str
    stage: str
    commissioned_on: date | None
    event_id: str
    place: Place = ()


class Said(NamedTuple):
    """One thing that a charger counts for; `heard` of a use means nothing.

    Only what is `in_service` is so at a place.
    """

    what: What
    entity: str
    use: str
    day: date
    place: Place = ()


class ChargerChange(NamedTuple):
    """Of how many chargers it became known at a moment that this is so (or, below 0, is not)."""

    at: datetime
    said: Said
    chargers: int
    event_id: str


def changes(states: Iterable[ChargerState]) -> list[ChargerChange]:
    """The changes of one charger, in order of their moments."""
    known: list[ChargerState] = []
    before: Counter[Said] = Counter()
    found: list[ChargerChange] = []
    by_moment = sorted(states, key=lambda state: (state.recorded_at, state.rank))
    for at, together in groupby(by_moment, key=lambda state: state.recorded_at):
        known = sorted([*known, *together])
        now = _counted(known)
        made = max(state for state in known if state.recorded_at == at).event_id
        for said in sorted({*before, *now}):
            if change := now[said] - before[said]:
                found.append(ChargerChange(at, said, change, made))
        before = now
    return found


def _counted(states: Sequence[ChargerState]) -> Counter[Said]:
    """What a charger counts for by the states that are known, the newest last.

    In service it is at the end of a day; who was so when first heard of has been so since it was
    commissioned. New it is on the day it was commissioned, wherever it stands now.
    """
    found: Counter[Said] = Counter()
    given = [each.commissioned_on for each in states if each.commissioned_on is not None]
    seen = [each.day for each in states if each.stage == "in_service"]
    commissioned = given[-1] if given else min(seen, default=None)
    newest = states[-1]
    if newest.stage in _COMMISSIONED and commissioned is not None:
        found[Said("commissioned", newest.entity, newest.use, commissioned)] += 1
    before: tuple[str, str, Place] | None = None
    # Who tells late where a charger is tells where it was before, too.
    place = next((state.place for state in states if state.place), ())
    for number, state in enumerate(states):
        place = state.place or place
        now = (state.entity, state.use, place) if state.stage == "in_service" else None
        day = min(state.day, commissioned or state.day) if number == 0 else state.day
        if before != now:
            if before is not None:
                found[_serving(*before, state.day)] -= 1
            if now is not None:
                found[_serving(*now, day)] += 1
        before = now
    for state in states:
        found[Said("heard", state.entity, "", state.day.replace(day=1))] = 1
    return Counter({said: count for said, count in found.items() if count})


def _serving(entity: str, use: str, place: Place, day: date) -> Said:
    return Said("in_service", entity, use, day, place)


def counted(
    formula: CountChargers, of: Iterable[ChargerChange], received_at: datetime | None = None
) -> Counted:
    """What counts towards the formula: new in the year (新增), else in service (保有)."""
    what = "commissioned" if formula.since == "year" else "in_service"
    counting: list[Change] = []
    heard: list[Heard] = []
    for at, said, chargers, event_id in of:
        if said.what == "heard":
            heard.append(Heard(at, said.day, event_id))
        elif said.what == what and said.use in formula.use:
            counting.append(Change(at, said.day, (Decimal(chargers),), event_id))
    return Counted(counting, heard, received_at)
