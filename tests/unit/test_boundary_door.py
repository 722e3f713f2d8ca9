"""A boundary as it is given over HTTP."""

import orjson
import pytest

from schemas.records.touched import Touched
from services.aggregate.boundary_door import PATH, BoundaryDoor
from services.aggregate.grid import Polygons
from services.aggregate.memory import MemoryStore
from services.runtime.errors import AwayError, RefusedError
from services.runtime.health import Asked
from services.runtime.settings import Settings
from tests.unit.test_boundaries import RING, feature, geometry

KEY = "an admin's key"


class Store(MemoryStore):
    """Finds a boundary crossed, or is away, when told so."""

    error: Exception | None = None

    def grid_points(self, polygons: Polygons) -> int:
        if self.error:
            raise self.error
        return super().grid_points(polygons)

    def close(self) -> None:
        pass


class Desk:
    """The door, with what it stored and told."""

    def __init__(self) -> None:
        self.store = Store()
        self.told: list[Touched] = []
        settings = Settings(admin_key=KEY)
        self.door = BoundaryDoor(settings, self.told.append, lambda _: self.store)

    def post(self, told: object, key: str = KEY) -> tuple[int, str]:
        status, said = self.door.answer(Asked("POST", PATH, key, orjson.dumps(told)))
        return status, str(said.get("title", said))


def test_what_was_taken_is_stored_and_told_to_the_role() -> None:
    desk = Desk()
    small = [[lon, 22.5 + (lat - 22.5) / 10] for lon, lat in RING]
    status, said = desk.post(geometry([small]))
    (area,) = desk.store.areas().values()
    assert (status, said) == (202, f"{{'area': 'centre', 'points': {area.points}}}")
    assert [(each.offset, each.series) for each in desk.told] == [(-1, (("@boundary", "centre"),))]


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (RefusedError("not valid"), 422, "crosses itself"),
        (AwayError("gone"), 503, "try again"),
    ],
)
def test_what_the_store_does_not_take_is_refused(error: Exception, status: int, said: str) -> None:
    desk = Desk()
    desk.store.error = error
    answered, words = desk.post(feature())
    assert answered == status
    assert said in words
    assert desk.told == []


def test_a_boundary_between_the_points_of_the_grid_is_too_small() -> None:
    desk = Desk()
    speck = [[114 + (x - 114) / 1e6, 22.5 + (y - 22.5) / 1e6] for x, y in RING]
    status, words = desk.post(geometry([speck]))
    assert (status, desk.told, desk.store.areas()) == (422, [], {})
    assert "too small" in words


def test_words_come_in_both_languages_and_only_admins_are_heard() -> None:
    desk = Desk()
    assert desk.post({"type": "Point"})[1].split(" / ")[0].startswith("type：")
    assert desk.post(feature(), key="another")[0] == 401
    assert desk.door.answer(Asked("GET", PATH, KEY, b"")).status == 405
