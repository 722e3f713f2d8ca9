"""Targets of a file: what goes out comes back the same; order, contradictions, event ids."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.data import TargetSet
from schemas.events import parse_event
from services.cli.plan import listed, sheet, target
from services.cli.plan.target import Fault, Planned
from tests.builders import target as target_event
from tests.unit.plans import seed, targets, targets_of

TODAY = date(2026, 1, 2)
NAMES = {"indicators": [("gdp", "地区生产总值")], "entities": [("wujin", "=武进")]}
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def version(**changed: object) -> TargetSet:
    data = parse_event(target_event(**changed)).data
    assert isinstance(data, TargetSet)
    return data


@settings(FEW, max_examples=25)
@given(st.lists(targets(), max_size=5))
def test_a_sheet_reads_back_as_the_targets_that_were_written(
    tmp_path: Path, some: list[TargetSet]
) -> None:
    path = tmp_path / "plan.xlsx"
    sheet.write(path, map(target.canonical, some), NAMES)
    assert targets_of(sheet.read(path, path.read_bytes())) == some


@FEW
@given(st.lists(targets(), max_size=5))
def test_a_list_reads_back_as_the_targets_that_were_written(some: list[TargetSet]) -> None:
    written = listed.text(map(target.canonical, some)).encode()
    assert targets_of(listed.read(Path("plan.yaml"), written)) == some


@pytest.mark.parametrize("form", ["xlsx", "yaml"])
def test_the_seed_targets_go_through_a_file_and_back(tmp_path: Path, form: str) -> None:
    some = seed()
    assert len(some) >= 58
    path = tmp_path / f"plan.{form}"
    if form == "xlsx":
        sheet.write(path, map(target.canonical, some), NAMES)
        found = sheet.read(path, path.read_bytes())
    else:
        path.write_text(listed.text(map(target.canonical, some)), "utf-8")
        found = listed.read(path, path.read_bytes())
    assert targets_of(found) == some


@FEW
@given(targets())
def test_the_event_is_the_targets_own_and_can_be_sent(one: TargetSet) -> None:
    event = target.event_of(one, "czzfb", TODAY)
    read = parse_event(json.dumps(event))
    assert read.data == one
    assert read.source == "urn:pacekeeper:czzfb"
    again = TargetSet.model_validate_json(one.model_dump_json(by_alias=True))
    assert target.event_of(again, "czzfb", TODAY) == event


def test_other_spellings_of_one_target_are_one_event_and_other_content_is_another() -> None:
    plain = target.event_of(version(), "stats", TODAY)
    goal = {"kind": "at_least", "value": 100.0, "strict": True, "tolerance": None}
    assert target.event_of(version(goal=goal, lamps="standard"), "stats", TODAY) == plain
    other = target.event_of(version(lamps="points"), "stats", TODAY)
    assert other["id"] != plain["id"]
    assert plain["id"].startswith("vehicles-2024.v1.")


def test_it_counts_as_recorded_when_it_takes_effect_and_never_ahead_of_time() -> None:
    found = target.event_of(version(effective_from="2026-07-01"), "stats", TODAY)
    assert found["time"] == found["recordedtime"] == "2026-01-02T00:00:00+08:00"
    assert target.event_of(version(), "stats", TODAY)["time"] == "2024-01-01T00:00:00+08:00"


def test_the_longest_name_still_makes_an_event() -> None:
    event = target.event_of(version(target="x" * 96, version=100_000), "stats", TODAY)
    assert parse_event(json.dumps(event)).id == event["id"]


def planned(*some: TargetSet) -> list[Planned]:
    return [Planned(row, each) for row, each in enumerate(some, 2)]


def test_parents_go_before_what_lies_below_and_versions_follow() -> None:
    town = version(target="town", parent="district")
    some = planned(
        version(target="city", version=2),
        town,
        version(target="city"),
        version(target="district", parent="city"),
        version(target="lonely", parent="not-in-the-file"),
    )
    assert [(p.target.target, p.target.version) for p in target.in_order(some)] == [
        ("city", 1),
        ("lonely", 1),
        ("city", 2),
        ("district", 1),
        ("town", 1),
    ]


def test_a_circle_is_left_to_the_door_and_does_not_hang() -> None:
    some = planned(version(target="a", parent="b"), version(target="b", parent="a"))
    assert len(target.in_order(some)) == 2


def test_a_version_that_is_set_twice_to_different_things_is_named_with_both_rows() -> None:
    some = planned(version(), version(version=2), version(), version(lead="other"))
    (fault,) = target.contradictions(some)
    assert (fault.place.row, fault.code) == (5, "definition_conflict")
    assert "2" in fault.zh


@pytest.mark.parametrize(
    ("year", "found"), [(None, True), (2024, True), (2023, False), (2025, False)]
)
def test_a_target_belongs_to_the_years_of_its_span(year: int | None, found: bool) -> None:
    assert target.during(version(), year) is found


def test_what_cannot_be_written_as_json_is_a_fault() -> None:
    found = target.check(target.Entry(4, {"target": "\ud800"}), str)
    assert isinstance(found, Fault)
    assert found.place.row == 4
