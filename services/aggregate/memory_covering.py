"""What is Covering in memory: every point of the grid is tried for every station."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from services.aggregate.boundaries import Area
from services.aggregate.chargers import Place
from services.aggregate.coverage import Reach, Serving, Station
from services.aggregate.grid import Box, Polygons, distance, points
from services.aggregate.tables import BOUNDARIES, CHARGER_COUNTS


class MemoryCovering:
    """For a store that keeps its rows in `tables`."""

    tables: dict[str, list[tuple[Any, ...]]]

    def _boundaries(self) -> dict[str, tuple[Any, ...]]:
        return {row[0]: row for row in self.tables[BOUNDARIES.name]}

    def areas(self) -> dict[str, Area]:
        """See Covering."""
        return {area: Area(Box(*row[4:8]), row[8]) for area, row in self._boundaries().items()}

    def grid_points(self, polygons: Polygons) -> int:
        """See Covering."""
        return sum(1 for _ in points(polygons))

    def reach(self, area: str, box: Box, radius: float, use: Collection[str]) -> Reach:
        """See Covering."""
        grid = list(points(self._boundaries()[area][3]))
        serving: dict[tuple[float, float], list[Serving]] = defaultdict(list)
        received: dict[tuple[float, float], datetime] = {}
        for row in {row[:3]: row for row in self.tables[CHARGER_COUNTS.name]}.values():
            for at, what, _, of_use, day, chargers, event_id, lon, lat in _changes(row):
                if what == "in_service" and of_use in use and lon is not None:
                    told = Serving(at, day.replace(day=1), chargers, event_id)
                    serving[lon, lat].append(told)
                    received[lon, lat] = max(row[5], received.get((lon, lat), row[5]))
        found = {
            place: np.array(
                [number for number, point in grid if distance(place, point) <= radius], np.uint32
            )
            for place in serving
        }
        near = [place for place, reached in found.items() if reached.size]
        stations = [Station(found[place], serving[place]) for place in near]
        return Reach(stations, max((received[place] for place in near), default=None))

    def charger_places(self, chargers: Sequence[tuple[str, str, str]]) -> set[Place]:
        """See Covering."""
        return {
            (lon, lat)
            for row in self.tables[CHARGER_COUNTS.name]
            if row[:3] in chargers
            for *_, lon, lat in _changes(row)
            if lon is not None
        }


def _changes(row: tuple[Any, ...]) -> Any:
    return zip(*row[6:13], *row[17:19], strict=True)
