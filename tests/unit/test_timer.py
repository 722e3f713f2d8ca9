"""Ticks: put where time alone changes something, once, and taken in order like any input."""

import asyncio
from datetime import datetime, timedelta

from schemas.records.alert import Tick
from services.alerts.domain.loop import Settings
from services.alerts.pipeline import Bench
from services.alerts.poison import Input
from tests.unit.alerts_fakes import AT, MemoryOutlet, arrived, transitions
from tests.unit.judging import at_least, dossier, fact, target

DAY = timedelta(days=1)
GOAL = target(at_least("100"), trajectory={"kind": "linear_months"})
BEHIND = dossier([fact("2024-03", "20")], GOAL, at=AT).model_dump_json().encode()


def bench(outlet: MemoryOutlet, hours: int = 24) -> Bench:
    return Bench(outlet, Settings(escalate_hours=hours), ())


def take(judge: Bench, *inputs: Input) -> None:
    asyncio.run(judge.take(inputs))


def ticks(judge: Bench, outlet: MemoryOutlet, now: datetime) -> list[bytes]:
    """What is put on the topic of commands at a moment."""
    before = len(outlet.of("alert.commands"))
    asyncio.run(judge.tick(now))
    return outlet.of("alert.commands")[before:]


def test_a_tick_comes_when_an_alert_has_waited_too_long_and_only_once() -> None:
    outlet = MemoryOutlet()
    judge = bench(outlet)
    take(judge, arrived("indicators", BEHIND))
    assert ticks(judge, outlet, AT + DAY - timedelta(seconds=1)) == []
    (tick,) = ticks(judge, outlet, AT + DAY)
    assert Tick.model_validate_json(tick).at == AT + DAY
    assert ticks(judge, outlet, AT + DAY) == []
    take(judge, arrived("alert.commands", tick))
    assert [each.reason for each in transitions(outlet)] == ["behind", "escalated"]
    assert ticks(judge, outlet, AT + 9 * DAY) == []


def test_a_tick_that_comes_twice_changes_nothing() -> None:
    outlet = MemoryOutlet()
    judge = bench(outlet)
    take(judge, arrived("indicators", BEHIND))
    (tick,) = ticks(judge, outlet, AT + DAY)
    take(judge, arrived("alert.commands", tick), arrived("alert.commands", tick, 1))
    assert len(transitions(outlet)) == 2


def test_the_next_owner_reads_what_waits_from_what_was_remembered() -> None:
    outlet = MemoryOutlet()
    take(bench(outlet), arrived("indicators", BEHIND))
    heir = bench(outlet)
    assert ticks(heir, outlet, AT + DAY) == []
    heir.remembered([*outlet.table.items(), (b"x|y", b'{"offset":1}')])
    (tick,) = ticks(heir, outlet, AT + DAY)
    take(heir, arrived("alert.commands", tick))
    assert transitions(outlet)[-1].reason == "escalated"


def test_who_lost_the_series_puts_no_ticks() -> None:
    outlet = MemoryOutlet()
    judge = bench(outlet)
    take(judge, arrived("indicators", BEHIND))
    judge.forget()
    assert ticks(judge, outlet, AT + DAY) == []


def test_what_nobody_waits_for_needs_no_tick() -> None:
    outlet = MemoryOutlet()
    judge = bench(outlet, hours=0)
    take(judge, arrived("indicators", BEHIND))
    assert ticks(judge, outlet, AT + 9 * DAY) == []
