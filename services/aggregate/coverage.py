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
        news = list(together)
        for number, of_one in groupby(sorted(news, key=_number), key=_number):
            before = chargers[number] > 0
            for serving, _ in of_one:
                chargers[number, place[serving.month] :] += serving.chargers
            after = chargers[number] > 0
            # Most chargers come to a station that serves already.
            (differ,) = (before != after).nonzero()
            if differ.size:
                some = slice(differ[0], differ[-1] + 1)
                change = after[some].astype(np.int32) - before[some]
                gained[some] += _reach(reached_by, stations[number].points, some, change)
        if gained.any():
            event_id = max(serving.event_id for serving, _ in news)
            steps = np.diff(gained, prepend=0)
            found += [
                Change(at, months[number], (Decimal(int(steps[number])),), event_id)
                for number in steps.nonzero()[0]
            ]
    return found


def _number(told: tuple[Serving, int]) -> int:
    return told[1]


def _reach(
    reached_by: NDArray[np.int32], points: Points, some: slice, change: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Enter by how much a station serves more in some months; how many points each gains."""
    was = reached_by[points, some]
    now = was + change
    reached_by[points, some] = now
    gained: NDArray[np.int64] = (now > 0).sum(axis=0) - (was > 0).sum(axis=0)
    return gained
