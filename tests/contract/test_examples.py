"""Each example, one per event type, is read by every reader that its type meets on its way."""

import json
from datetime import UTC, datetime

import orjson
import pytest

from schemas import topics
from schemas.events import COMMANDS, LINES, Accepted, accepted_line, parse_event, subject
from schemas.publish.examples import example, example_text
from schemas.publish.models import INTERNAL, OUTSIDE, TYPES
from schemas.records.dossier import Dossier
from services.aggregate.decode import RawRow, decode
from services.aggregate.sink import READINGS
from services.alerts.domain.loop import Settings
from services.alerts.domain.series import take_command, take_dossier
from services.alerts.domain.state import SeriesState
from tests.unit.ingest_front_door import BATCH, FrontDoor, batch, entity

RECEIVED = datetime(2024, 7, 10, 1, 0, 3, tzinfo=UTC)
METRIC = "pacekeeper.metric.observed.v1"


def accepted_example(name: str) -> bytes:
    event = parse_event(example_text(name))
    accepted = Accepted(
        receipt="01J2D8XK5M3V7Q9R1T5W8Y2Z4B",
        department="cztjj",
        receivedtime=RECEIVED,
        canonicalvalue="34.6" if name == METRIC else None,
        canonicalunit="万辆" if name == METRIC else None,
    )
    return accepted_line(event, accepted)


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_event_is_read_as_its_own_type(name):
    event = parse_event(example_text(name))
    assert type(event) is OUTSIDE[name]
    assert subject(event)


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_event_is_written_as_it_was_sent(name):
    event = parse_event(example_text(name))
    assert json.loads(event.model_dump_json(exclude_unset=True)) == example(name)


@pytest.mark.parametrize("name", OUTSIDE)
def test_an_accepted_line_holds_the_event_and_its_acceptance(name):
    line = LINES.validate_json(accepted_example(name))
    event = parse_event(example_text(name))
    assert line.data == event.data
    assert (line.id, line.source, line.time) == (event.id, event.source, event.time)
    # The line's department is the one that was accepted, not the one that the source names.
    assert (line.department, line.receivedtime) == ("cztjj", RECEIVED)


@pytest.mark.parametrize("missing", ["receipt", "department", "receivedtime"])
def test_a_line_without_its_acceptance_is_none(missing):
    line = orjson.loads(accepted_example(METRIC))
    del line[missing]
    (row,) = decode(0, 0, orjson.dumps(line))
    assert not isinstance(row, RawRow)
    assert (row.error.code, row.error.field) == ("missing_field", missing)


def test_a_packed_record_of_all_examples_decodes_to_a_row_each():
    rows = list(decode(2, 40, b"\n".join(map(accepted_example, OUTSIDE))))
    assert [row for row in rows if not isinstance(row, RawRow)] == []
    assert [(row.type, row.line) for row in rows if isinstance(row, RawRow)] == [
        (name.removeprefix("pacekeeper.").removesuffix(".v1"), number)
        for number, name in enumerate(OUTSIDE)
    ]


def test_the_door_takes_every_example():
    known = [entity(name) for name in ("changzhou", "wujin", "jintan", "tianning")]
    with FrontDoor() as door:
        assert door.post(batch(*known), BATCH).status_code == 202
        sent = batch(*(example_text(name).encode() for name in OUTSIDE))
        answer = door.post(sent, BATCH).json()
        lines = door.lines(topics.EVENTS.name)
    assert [(event["verdict"], event.get("message")) for event in answer["events"]] == [
        ("accepted", None)
    ] * len(OUTSIDE)
    assert {orjson.dumps(LINES.validate_json(orjson.dumps(each)).type) for each in lines}
    assert sorted(each["type"] for each in lines[len(known) :]) == sorted(OUTSIDE)


@pytest.mark.parametrize("name", INTERNAL)
def test_an_internal_record_is_read_and_written_unchanged(name):
    record = INTERNAL[name].model_validate_json(example_text(name))
    assert INTERNAL[name].model_validate_json(record.model_dump_json()) == record
    short = record.model_dump_json(exclude_defaults=True)
    assert INTERNAL[name].model_validate_json(short) == record


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("pacekeeper.target.assessed.v1", topics.ASSESSMENTS),
        ("pacekeeper.alert.changed.v1", topics.ALERTS),
    ],
)
def test_the_aggregate_makes_a_row_of_each_judgement(name, topic):
    table, model, as_row = READINGS[topic.name]
    row = as_row(model.model_validate_json(example_text(name)))
    assert len(row) == len(table.columns)


def test_the_judge_finds_in_the_dossier_what_the_other_examples_say():
    dossier = Dossier.model_validate_json(example_text("pacekeeper.indicator.changed.v1"))
    step = take_dossier(SeriesState(), dossier, 512, Settings())

    judged = example("pacekeeper.target.assessed.v1")
    (row,) = (row for row in step.assessments if row.period == judged["period"])
    found = row.model_dump(mode="json")
    for field in ("target", "actual", "expected", "gap", "pace", "lamp", "reason", "sequence"):
        assert found[field] == judged[field], field

    opened = example("pacekeeper.alert.changed.v1")
    (alert,) = (each for each in step.transitions if each.kind == opened["kind"])
    found = alert.model_dump(mode="json")
    for field in ("alert", "seq", "state", "period", "gap", "lamp", "lead", "supervisor"):
        assert found[field] == opened[field], field


def test_the_judge_obeys_the_command():
    dossier = Dossier.model_validate_json(example_text("pacekeeper.indicator.changed.v1"))
    state = take_dossier(SeriesState(), dossier, 512, Settings()).state
    command = COMMANDS.validate_json(example_text("pacekeeper.alert.command.v1"))

    (changed,) = take_command(state, command).transitions

    assert changed.alert == command.data.alert
    assert changed.command_id == command.data.command_id
    assert changed.state == "dispatched"


def test_the_door_hands_the_command_on():
    asked = example("pacekeeper.alert.command.v1")["data"]
    alert = asked.pop("alert")
    with FrontDoor() as door:
        door.books.alerts[alert] = ("vehicle_output", "changzhou")
        answer = door.call("POST", f"/v1/alerts/{alert}/commands", json=asked)
        (record,) = door.log.records[topics.COMMANDS.name]
    assert answer.json() == {"command_id": asked["command_id"]}
    assert record.value is not None
    assert COMMANDS.validate_json(record.value).data.alert == alert


def test_every_example_is_chinese_where_a_person_reads_it():
    shown = [name for name in TYPES if not example_text(name).isascii()]
    assert sorted(shown) == sorted(TYPES.keys() - {"pacekeeper.alert.changed.v1"})
