"""A tick a day, in China; what is judged by the day is derived anew on the first of them."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.records.dossier import Dossier
from schemas.records.touched import Touched
from services.aggregate.decode import CLOCK
from services.aggregate.memory import MemoryStore
from services.aggregate.ticker import Ticker
from services.runtime.errors import AwayError
from tests.builders import defined, observed, target
from tests.counting_world import Aggregate

# Seven in the morning in China.
MORNING = datetime(2024, 12, 30, 23, tzinfo=UTC)
DAY = timedelta(days=1)


class Hand:
    """The clock, and what was told."""

    def __init__(self) -> None:
        self.now = MORNING
        self.told: list[Touched] = []
        self.away = False

    def tell(self, touched: Touched) -> None:
        if self.away:
            raise AwayError("the broker is away")
        self.told.append(touched)

    def ticker(self) -> Ticker:
        return Ticker(self.tell, lambda: self.now, threading.Event())


def test_a_day_has_one_tick_and_begins_in_china() -> None:
    hand = Hand()
    ticker = hand.ticker()
    for hours in (0, 1, 16, 17, 40):
        hand.now = MORNING + timedelta(hours=hours)
        ticker.look()
    days = [touched.series[0] for touched in hand.told]
    assert days == [(CLOCK, (MORNING + timedelta(hours=h)).isoformat()) for h in (0, 17)]


def test_a_tick_that_was_not_acknowledged_comes_again() -> None:
    hand = Hand()
    ticker = hand.ticker()
    hand.away = True
    with pytest.raises(AwayError):
        ticker.look()
    hand.away = False
    ticker.look()
    assert len(hand.told) == 1


def tick(world: Aggregate, at: datetime) -> list[Dossier]:
    return world.tell({(CLOCK, at.isoformat())})


def world(**changed: Any) -> Aggregate:
    found = Aggregate(MemoryStore())
    found.place(changzhou="", wujin="changzhou")
    found.define(defined(), target(**changed))
    found.take(observed(), observed(entity="wujin", id="w"))
    return found


def test_what_has_a_target_is_told_with_the_clock_on_the_first_tick_of_a_day() -> None:
    city = world()
    (dossier,) = tick(city, MORNING)
    assert (dossier.entity, dossier.clock) == ("changzhou", MORNING)
    assert tick(city, MORNING + timedelta(minutes=5)) == []
    (dossier,) = tick(city, MORNING + DAY)
    assert dossier.clock == MORNING + DAY


def test_a_figure_between_ticks_does_not_turn_the_clock_back() -> None:
    city = world()
    tick(city, MORNING)
    (dossier,) = city.take(observed("42", id="again"))
    assert dossier.clock == MORNING


def test_who_takes_over_knows_the_last_tick() -> None:
    city = world()
    tick(city, MORNING)
    heir = Aggregate(city.store)
    heir.define(defined(), target())
    assert tick(heir, MORNING + timedelta(hours=1)) == []
