"""`POST /v1/boundaries`: a boundary as GeoJSON, checked, stored, and told to the derive role."""

from collections.abc import Callable
from contextlib import closing
from typing import Protocol

from schemas.records.touched import Touched
from services.aggregate import admin
from services.aggregate.admin import problem
from services.aggregate.boundaries import RefusedBoundaryError, parse
from services.aggregate.decode import BOUNDARY
from services.aggregate.store import Store
from services.aggregate.tables import BOUNDARIES, boundary_row
from services.aggregate.workbench import open_workbench
from services.runtime import clock, logs
from services.runtime.errors import AwayError, RefusedError
from services.runtime.health import Answer, Asked
from services.runtime.settings import Settings

log = logs.get("boundaries")

PATH = "/v1/boundaries"


class Closable(Store, Protocol):
    """A store that is given back."""

    def close(self) -> None:
        """Give the connection back."""


class BoundaryDoor:
    """Admin key only. Who is told 202 need not ask again; asking again does no harm."""

    def __init__(
        self,
        settings: Settings,
        tell: Callable[[Touched], None],
        workbench: Callable[[Settings], Closable] = open_workbench,
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._workbench = workbench

    def answer(self, asked: Asked) -> Answer:
        """See the module."""
        if not admin.asks(self._settings, asked):
            return admin.NEEDED
        if asked.method != "POST":
            return problem(405, "请用 POST", "POST only")
        try:
            return self._take(asked.body)
        except RefusedBoundaryError as error:
            return Answer(422, {"status": 422, "title": str(error)})
        except AwayError:
            return admin.AWAY

    def _take(self, body: bytes) -> Answer:
        boundary = parse(body)
        with closing(self._workbench(self._settings)) as store:
            try:
                points = store.grid_points(boundary.polygons)
            except RefusedError as error:
                log.warning("boundary_refused", area=boundary.area, error=str(error))
                raise RefusedBoundaryError(
                    "geometry.coordinates",
                    "边界自相交或各部分重叠，请修正",
                    "the boundary crosses itself or its parts overlap: mend it",
                ) from error
            if not points:
                raise RefusedBoundaryError(
                    "geometry.coordinates",
                    "太小，100 米网格中没有一个点在内",
                    "is too small: no point of the 100 m grid lies in it",
                )
            store.insert(BOUNDARIES, [boundary_row(boundary, points, clock.system())])
        # No record of `events` was written.
        self._tell(Touched(partition=0, offset=-1, series=((BOUNDARY, boundary.area),)))
        log.info("boundary_taken", area=boundary.area, points=points)
        return Answer(202, {"area": boundary.area, "points": points})
