"""Definitions at the door: they count for what follows, and what rests on them keeps them."""

from tests.builders import defined, observed, target
from tests.unit.ingest_front_door import (
    BATCH,
    batch,
    changed,
    entity,
)


def test_definitions_count_for_what_follows_them_in_the_request(door):
    sent = [
        entity("liyang"),
        changed(defined(indicator="solar"), id="d"),
        observed(id="o", indicator="solar", entity="liyang"),
        target(target="solar-2024", indicator="solar", entity="liyang"),
    ]
    body = door.post(batch(*sent), BATCH).json()
    assert body["accepted"] == 4, body
    backwards = [observed(id="p", indicator="wind"), changed(defined(indicator="wind"), id="w")]
    body = door.post(batch(*backwards), BATCH).json()
    assert [v["verdict"] for v in body["events"]] == ["rejected", "accepted"]


def test_a_definition_sent_again_is_accepted_under_any_id(door):
    before = len(door.log.records["catalogue"])
    answer = door.post(changed(defined(), id="again"))
    assert answer.json()["accepted"] == 1
    assert len(door.log.records["catalogue"]) == before


def test_once_observed_the_kind_of_unit_and_the_measure_stay(door):
    assert door.post(changed(defined(unit="吨"), id="d2")).status_code == 202
    assert door.post(changed(defined(), id="d3")).status_code == 202
    door.post(observed())
    for raw, field in (
        (defined(unit="吨"), "data.unit"),
        (defined(measure="stock"), "data.measure"),
    ):
        verdict = door.post(changed(raw, id=f"d4-{field}")).json()["events"][0]
        assert (verdict["code"], verdict["field"]) == ("definition_conflict", field)
    assert door.post(changed(defined(unit="辆"), id="d5")).status_code == 202


def test_what_the_tables_have_observed_counts_as_well(door):
    door.books.indicators.add("vehicle_output")
    verdict = door.post(changed(defined(unit="吨"), id="d2")).json()["events"][0]
    assert verdict["code"] == "definition_conflict"


def test_a_version_of_a_target_is_set_once(door):
    assert door.post(target()).status_code == 202
    assert door.post(changed(target(), id="same")).status_code == 202
    other = changed(target(lead="czgxj"), id="other")
    verdict = door.post(other).json()["events"][0]
    assert (verdict["code"], verdict["field"]) == ("definition_conflict", "data.version")
