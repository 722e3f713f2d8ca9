"""Definitions against another process that writes the same keys: the first one wins."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import topics
from schemas.answers import Scope
from schemas.events import Accepted, accepted_line, parse_event
from services.ingest.books import MemoryBooks
from services.ingest.catalogue import Catalogue
from services.ingest.define import Definer
from services.ingest.desk import Desk
from services.ingest.known import key_of
from services.ingest.ports import MemoryLog
from services.ingest.publish import Publisher
from services.ingest.sender import Sender
from services.runtime.errors import AwayError
from services.runtime.kafka import Record
from tests.builders import defined, observed, target
from tests.unit.ingest_front_door import changed, entity

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STATS = Sender("stats", frozenset({Scope.DEFINE, Scope.TARGET, Scope.OBSERVE}))


class Contested(MemoryLog):
    """A log into which another process writes just before our next record of the catalogue."""

    def __init__(self) -> None:
        super().__init__()
        self.before_ours: list[Callable[[], None]] = []

    def send(self, topic: str, value: Any, key: Any, partition: Any = None) -> Any:
        if topic == topics.CATALOGUE.name and self.before_ours:
            self.before_ours.pop()()
        return super().send(topic, value, key, partition)

    def another(self, raw: bytes) -> None:
        """What the other process writes."""
        event = parse_event(raw)
        accepted = Accepted(receipt="other", department=event.department, receivedtime=NOW)
        super().send("catalogue", accepted_line(event, accepted), key_of(event.data), 0)


@pytest.fixture
def log():
    return Contested()


@pytest.fixture
def catalogue():
    return Catalogue()


@pytest.fixture
def desk(log, catalogue):
    followed, publisher = log.follow("catalogue", catalogue.apply), Publisher(log)
    definer = Definer(catalogue, followed, publisher)
    return Desk(catalogue, definer, publisher, MemoryBooks(), lambda: NOW)


def take(desk: Desk, *events: bytes) -> list[str]:
    taken = asyncio.run(desk.take(STATS, events))
    return [d.error.code if d.error else d.verdict for d in taken.decisions]


def test_a_target_that_another_process_set_first_stays(desk, log, catalogue):
    assert take(desk, entity(), defined()) == ["accepted", "accepted"]
    theirs = target(goal={"kind": "at_least", "value": "80"})
    log.before_ours.append(lambda: log.another(theirs))
    assert take(desk, target()) == ["definition_conflict"]
    assert catalogue.target("vehicles-2024", 1) == parse_event(theirs).data
    newest = log.records["catalogue"][-1].value
    assert b'"value":"80"' in newest
    assert all(b"target.set" not in r.value for r in log.records["events"])


def test_an_indicator_that_another_department_defined_first_stays(desk, log, catalogue):
    theirs = changed(defined(owner="czgxj", unit="吨"), source="urn:pacekeeper:czgxj")
    log.before_ours.append(lambda: log.another(theirs))
    assert take(desk, defined(), observed()) == ["not_owner", "not_owner"]
    found = catalogue.indicator("vehicle_output")
    assert (found.owner, found.unit) == ("czgxj", "吨")


def test_a_change_that_is_still_allowed_is_made_after_the_first_ones(desk, log, catalogue):
    log.before_ours.append(lambda: log.another(defined(name_en="Theirs")))
    assert take(desk, defined()) == ["accepted"]
    assert catalogue.indicator("vehicle_output").name_en == "Vehicle output"
    assert len(log.records["catalogue"]) == 4


def test_equal_content_of_another_process_is_no_conflict(desk, log):
    assert take(desk, entity(), defined()) == ["accepted", "accepted"]
    log.before_ours.append(lambda: log.another(target()))
    assert take(desk, target()) == ["accepted"]


def test_one_key_twice_in_a_request_is_no_race(desk, log):
    again = changed(defined(name_en="Second"), id="again")
    assert take(desk, defined(), again) == ["accepted", "accepted"]
    assert len(log.records["catalogue"]) == 2


def test_endless_contention_is_given_up(desk, log):
    names = iter(range(100))
    log.before_ours += [lambda: log.another(defined(name_en=f"N{next(names)}"))] * 50
    with pytest.raises(AwayError):
        take(desk, defined())


def test_what_is_not_read_back_in_time_is_not_promised(desk, log, monkeypatch):
    monkeypatch.setattr("services.ingest.ports.MemoryFollowed.wait_for", lambda *_: False)
    with pytest.raises(AwayError):
        take(desk, defined())
    assert not log.records["events"]


def test_before_the_catalogue_is_read_nothing_is_judged(log, catalogue):
    followed, publisher = log.follow("catalogue", catalogue.apply), Publisher(log)
    followed.ready.clear()
    definer = Definer(catalogue, followed, publisher)
    with pytest.raises(AwayError):
        take(Desk(catalogue, definer, publisher, MemoryBooks(), lambda: NOW), observed())


def test_what_another_process_defined_a_moment_ago_is_found(desk, log, catalogue, monkeypatch):
    def late(self: object, timeout: float) -> bool:
        log.another(entity())
        log.another(defined())
        return True

    monkeypatch.setattr("services.ingest.ports.MemoryFollowed.read_to_end", late)
    assert take(desk, observed()) == ["accepted"]


def line(raw: bytes) -> bytes:
    event = parse_event(raw)
    accepted = Accepted(receipt="r", department=event.department, receivedtime=NOW)
    return accepted_line(event, accepted)


def test_records_that_are_no_definitions_change_nothing(catalogue):
    odd = (
        (None, line(defined())),
        (b"k", None),
        (b"k", b"{"),
        (b"k", line(observed())),
    )
    for offset, (key, value) in enumerate(odd):
        catalogue.apply(Record("catalogue", 0, offset, 0, key, value))
    assert catalogue.indicator("vehicle_output") is None
    assert catalogue.newest_target("vehicles-2024") is None


def named(name: str, day: int) -> bytes:
    """The definition under a name, recorded on a day."""
    return changed(
        defined(name_en=name), id=f"{name}-{day}", recordedtime=f"2025-12-{day:02}T00:00:00Z"
    )


def test_an_older_definition_that_comes_late_is_taken_and_changes_nothing(desk, log, catalogue):
    assert take(desk, named("new", 9)) == ["accepted"]
    late = changed(named("old", 5), data=json.loads(defined(unit="辆"))["data"])
    assert take(desk, late) == ["accepted"]
    assert catalogue.indicator("vehicle_output").name_en == "new"
    assert len(log.records["catalogue"]) == 1  # the log keeps the last record of a key
    assert len(log.records["events"]) == 2


def test_what_follows_an_older_definition_in_its_request_is_judged_by_the_one_in_force(desk, log):
    assert take(desk, entity(), named("new", 9)) == ["accepted"] * 2
    late = changed(named("old", 5), data=json.loads(defined(unit="辆"))["data"])
    assert take(desk, late, observed(unit="万辆", value="3")) == ["accepted"] * 2
    assert '"canonicalunit":"万辆"' in log.records["events"][-1].value.decode()


def test_of_several_in_one_request_the_last_record_is_the_newest(desk, log, catalogue):
    assert (
        take(desk, named("a", 5), named("b", 3), named("c", 7), named("d", 7)) == ["accepted"] * 4
    )
    assert catalogue.indicator("vehicle_output").name_en == "d"
    assert b'"name_en":"d"' in log.records["catalogue"][-1].value
    assert len(log.records["catalogue"]) == 3


def test_an_equal_definition_of_a_later_time_is_entered(desk, catalogue):
    assert take(desk, named("a", 5)) == ["accepted"]
    again = changed(named("a", 9), id="again")
    assert take(desk, again, named("b", 7)) == ["accepted"] * 2
    assert catalogue.indicator("vehicle_output").name_en == "a"


def test_an_entity_sent_again_as_of_the_same_time_is_entered_only_if_it_differs(desk, log):
    renamed = entity(name_zh="新名")
    assert take(desk, entity(), changed(entity(), id="again")) == ["accepted"] * 2
    assert len(log.records["catalogue"]) == 1
    assert take(desk, changed(renamed, id="renamed")) == ["accepted"]
    assert len(log.records["catalogue"]) == 2


def test_an_older_definition_gives_way_to_a_newer_one_of_another_process(desk, log, catalogue):
    log.before_ours.append(lambda: log.another(named("theirs", 9)))
    assert take(desk, named("ours", 5)) == ["accepted"]
    assert catalogue.indicator("vehicle_output").name_en == "theirs"
    assert b'"name_en":"theirs"' in log.records["catalogue"][-1].value


def test_only_definitions_have_a_place_in_the_catalogue():
    with pytest.raises(TypeError):
        key_of(parse_event(observed()).data)


def test_predecessors_are_remembered_within_bounds(catalogue, monkeypatch):
    monkeypatch.setattr("services.ingest.catalogue._REMEMBERED", 2)
    for offset in range(4):
        catalogue.apply(Record("catalogue", 0, offset, 0, b"k", line(defined())))
    assert catalogue.before(1) is None
    assert catalogue.before(3).offset == 2
    assert (catalogue.offset_of(b"k"), catalogue.offset_of(b"other")) == (3, -1)


def test_a_definition_that_is_changed_and_changed_back_in_one_request_holds_as_it_was(
    desk, catalogue
):
    first, back = defined(), defined()
    assert take(desk, first) == ["accepted"]
    changes = [changed(defined(unit="辆"), id="one"), changed(back, id="two")]
    assert take(desk, *changes) == ["accepted", "accepted"]
    assert catalogue.indicator("vehicle_output") == parse_event(first).data
