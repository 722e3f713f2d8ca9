"""How many points of a boundary's grid were in reach of a station in service at each month end, as
it was known at every moment; pure.

A station is where chargers are: it serves while one of them is in service there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.aggregate.counts import Change

# Numbers of points of a grid.
Points = NDArray[np.uint32]


class Serving(NamedTuple):
    """From a moment on it is known that so many more chargers serve from a month on."""

    at: datetime
    month: date
    chargers: int
    event_id: str


class Station(NamedTuple):
    """A place with the points in its reach, and all that was ever known of its chargers."""

    points: Points
    serving: Sequence[Serving]


class Reach(NamedTuple):
    """The stations that reach into a boundary, and when they were last heard of."""

    stations: Sequence[Station]
    received_at: datetime | None


def changes(stations: Sequence[Station]) -> list[Change]:
    """The changes of the number of points in reach of any of the stations.

    A point is kept with the number of stations that reach it, month by month: so a station that
    goes costs no more than one that comes.
    """
    told = sorted(
        (serving, number) for number, station in enumerate(stations) for serving in station.serving
    )
    months = sorted({serving.month for serving, _ in told})
    place = {month: number for number, month in enumerate(months)}
    size = max((int(each.points.max()) + 1 for each in stations if each.points.size), default=0)
    reached_by = np.zeros((size, len(months)), np.int32)
    chargers = np.zeros((len(stations), len(months)), np.int64)
    found: list[Change] = []
    for at, together in groupby(told, key=lambda each: each[0].at):
        gained = np.zeros(len(months), np.int64)
        event_id = ""
        news = [(number, serving) for serving, number in together]
        for number, of_one in groupby(sorted(news), key=lambda each: each[0]):
            before = chargers[number] > 0
            for _, serving in of_one:
                chargers[number, place[serving.month] :] += serving.chargers
                event_id = max(event_id, serving.event_id)
            gained += _reach(reached_by, stations[number].points, before, chargers[number] > 0)
        steps = np.diff(gained, prepend=0)
        found += [
            Change(at, months[number], (Decimal(int(steps[number])),), event_id)
            for number in steps.nonzero()[0]
        ]
    return found


def _reach(
    reached_by: NDArray[np.int32],
    points: Points,
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Enter what a station reaches now; how many points that gains in each month."""
    gained = np.zeros(len(before), np.int64)
    (differ,) = (before != after).nonzero()
    if differ.size:
        some = slice(differ[0], differ[-1] + 1)
        was = reached_by[points, some]
        now = was + (after[some].astype(np.int32) - before[some])
        reached_by[points, some] = now
        gained[some] = (now > 0).sum(axis=0) - (was > 0).sum(axis=0)
    return gained
