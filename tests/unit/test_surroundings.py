"""A dossier brings all that its targets are set beside, and comes again when any of it changes."""

from typing import Any

import pytest

from schemas.records.assessment import Assessment
from schemas.records.dossier import Dossier
from services.aggregate.memory import MemoryStore
from services.alerts.domain.assess import assess
from tests.builders import defined, observed, raw_event, target
from tests.counting_world import Aggregate, project

OTHER = {"indicator": "vehicle_output", "entity": "changzhou"}
GROWTH = {"measure": "rate", "unit": "%"}
OPENED = {"kind": "milestone", "name": "通车", "due": "2024-12-31", "project": "line-2"}


@pytest.fixture
def world() -> Aggregate:
    world = Aggregate(MemoryStore())
    world.place(changzhou="", wujin="changzhou", xinbei="changzhou")
    world.define(defined())
    return world


def aim(goal: dict[str, Any], entity: str = "wujin", **changed: Any) -> bytes:
    return target(target=f"t-{entity}", entity=entity, goal=goal, **changed)


def told(world: Aggregate, *events: bytes) -> Dossier:
    """The dossier of Wujin that came of the events."""
    (dossier,) = [each for each in world.take(*events) if each.entity == "wujin"]
    return dossier


def judged(dossier: Dossier) -> tuple[str, str]:
    """Lamp and reason of the newest assessment."""
    newest: Assessment = assess(dossier)[-1]
    return newest.lamp.value, newest.reason


def test_a_figure_above_another_is_judged_anew_when_the_other_changes(world: Aggregate) -> None:
    goal = {"kind": "above", "other": OTHER, "of": "growth"}
    world.define(aim(goal))
    dossier = told(world, observed("6", entity="wujin", **GROWTH))
    assert judged(dossier) == ("grey", "no_comparison")
    of_city = observed("5.5", entity="changzhou", id="city", **GROWTH)
    dossier = told(world, of_city)
    (comparand,) = dossier.comparands
    assert (comparand.entity, [str(f.value) for f in comparand.facts]) == ("changzhou", ["5.5"])
    assert judged(dossier) == ("green", "on_pace")
    later = "2024-09-01T00:00:00+08:00"
    corrected = observed("6.5", entity="changzhou", id="city-2", recordedtime=later, **GROWTH)
    assert judged(told(world, corrected)) == ("yellow", "behind")


def test_a_rank_is_among_those_of_its_kind_under_the_same_parent(world: Aggregate) -> None:
    world.define(aim({"kind": "rank", "at_most": 1}))
    factory = {"entity": "factory", "kind": "enterprise", "name_zh": "厂", "parent": "changzhou"}
    world.define(raw_event("entity.defined", factory, id="factory"))
    world.take(observed("8", entity="wujin"))
    dossier = told(world, observed("9", entity="xinbei", id="x"))
    assert dossier.peers == ("xinbei",)
    assert judged(dossier) == ("red", "behind")


def test_a_rank_follows_the_tree(world: Aggregate) -> None:
    world.define(aim({"kind": "rank", "at_most": 1}))
    world.take(observed("8", entity="wujin"), observed("9", entity="xinbei", id="x"))
    before = len(world.outlet.published["indicators"])
    world.place(xinbei="")
    (body,) = [b for key, b in world.outlet.published["indicators"][before:] if b"wujin" in key]
    assert Dossier.model_validate_json(body).peers == ()


def test_the_scheme_of_tianjin_knows_the_growth_above(world: Aggregate) -> None:
    world.define(aim({"kind": "at_least", "value": "10"}, lamps="tianjin"))
    world.take(observed("9", entity="wujin"), observed("3", entity="wujin", id="g", **GROWTH))
    dossier = told(world, observed("2", entity="changzhou", id="c", **GROWTH))
    assert dossier.parent == "changzhou"
    assert judged(dossier) == ("green", "on_pace")


def line_two(stage: str, on: str, **changed: Any) -> bytes:
    return project("line-2", stage, on, entity="wujin", **changed)


def test_a_milestone_hears_of_its_project(world: Aggregate) -> None:
    world.define(aim(OPENED))
    assert told(world, observed(entity="wujin")).projects == ()
    started = told(world, line_two("started", "2024-03-01"))
    assert judged(started) == ("red", "missed")
    dossier = told(world, line_two("completed", "2024-12-01"))
    assert [stage.stage.value for stage in dossier.projects or ()] == ["started", "completed"]
    assert judged(dossier) == ("blue", "met")


def test_a_project_cancelled_at_the_moment_of_its_completion_is_cancelled(world: Aggregate) -> None:
    """Of what was published at one moment the later arrival counts."""
    world.define(aim(OPENED))
    at = "2024-06-03T00:00:00+08:00"
    world.take(observed(entity="wujin"), line_two("completed", "2024-06-01", time=at))
    dossier = told(world, line_two("cancelled", "2024-06-02", time=at))
    assert judged(dossier) == ("red", "missed")


def test_a_milestone_of_another_indicator_reads_it(world: Aggregate) -> None:
    world.define(defined(indicator="stations", measure="stock", unit="座"))
    goal = {"kind": "milestone", "name": "百站", "due": "2024-12-31", "indicator": "stations"}
    world.define(aim(goal | {"value": "100"}))
    stations = {"indicator": "stations", "measure": "stock", "unit": "座", "entity": "wujin"}
    found = world.take(observed("100", "2024-11", id="s", **stations))
    (dossier,) = [each for each in found if each.targets]
    assert judged(dossier) == ("blue", "met")


def test_never_below_last_year_reads_the_newest_class_that_both_have(world: Aggregate) -> None:
    world.define(aim({"kind": "not_below_last", "versus": "same_period_last_year"}))
    world.take(
        observed("7", "2023-06", entity="wujin", id="e", status="E", time="2023-07-01T00:00:00Z"),
        observed("9", "2023-06", entity="wujin", id="a", status="A", time="2024-01-01T00:00:00Z"),
    )
    dossier = told(world, observed("8", entity="wujin", status="E"))
    assert [str(fact.value) for fact in dossier.earlier] == ["7"]
    assert judged(dossier) == ("green", "on_pace")


def test_a_series_whose_targets_stand_alone_brings_nothing_else(world: Aggregate) -> None:
    world.define(aim({"kind": "at_least", "value": "10"}))
    dossier = told(world, observed("9", entity="wujin"))
    assert (dossier.parent, dossier.peers, dossier.comparands) == ("", (), ())
    assert dossier.projects is None


def test_receipts_of_the_other_wait_for_whom_it_is_set_beside(world: Aggregate) -> None:
    goal = {"kind": "above", "other": OTHER}
    world.define(aim(goal))
    world.take(observed(entity="wujin"))
    assert world.store.rests() == {("vehicle_output", "wujin"): (("vehicle_output", "changzhou"),)}
