"""Commands on alerts through the front door: to the worker, keyed by the alert's series."""

import orjson
import pytest

from schemas.events import COMMANDS
from tests.unit.ingest_front_door import FrontDoor

PATH = "/v1/alerts/behind.vehicles-2024/commands"


@pytest.fixture
def door():
    with FrontDoor() as made:
        made.books.alerts["behind.vehicles-2024"] = ("vehicle_output", "changzhou")
        yield made


def test_a_command_travels_with_the_key_of_its_series(door):
    wanted = {"command_id": "c-1", "action": "note", "note": "第一行\n第二行", "person": "王"}
    answer = door.call("POST", PATH, json=wanted)
    assert (answer.status_code, answer.json()) == (202, {"command_id": "c-1"})
    (record,) = door.log.records["alert.commands"]
    event = COMMANDS.validate_json(record.value)
    assert record.key == b"vehicle_output|changzhou"
    assert event.data.alert == "behind.vehicles-2024"
    assert (event.department, event.data.person) == ("admin", "王")
    assert orjson.loads(record.value)["time"] == "2026-01-02T03:04:05Z"


def test_a_command_without_an_id_is_given_one(door):
    first = door.call("POST", PATH, json={"action": "acknowledge"}).json()["command_id"]
    second = door.call("POST", PATH, json={"action": "acknowledge"}).json()["command_id"]
    assert first
    assert first != second


def test_the_alert_may_be_named_again_but_not_another_one(door):
    same = {"action": "reopen", "alert": "behind.vehicles-2024"}
    assert door.call("POST", PATH, json=same).status_code == 202
    assert door.call("POST", PATH, json=same | {"alert": "other"}).status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"{", 400, None),
        (b"[]", 422, None),
        (b"{}", 422, "data.action"),
        (b'{"action":"explode"}', 422, "data.action"),
        (b'{"action":"note","colour":"red"}', 422, "data.colour"),
        (b'{"action":"extend","due":"tomorrow"}', 422, "data.due"),
    ],
)
def test_a_bad_command(door, body, status, field):
    answer = door.call("POST", PATH, body)
    assert answer.status_code == status, answer.text
    assert answer.json().get("field") == field
    assert not door.log.records["alert.commands"]


def test_an_unknown_alert_is_404(door):
    answer = door.call("POST", "/v1/alerts/nobody/commands", json={"action": "note"})
    assert answer.status_code == 404


def test_commands_need_the_scope(door):
    wanted = {"action": "acknowledge"}
    assert door.call("POST", PATH, json=wanted, key=door.key("read")).status_code == 403
    assert door.call("POST", PATH, json=wanted, key=door.key("command")).status_code == 202
    assert door.call("POST", PATH, json=wanted, key=None).status_code == 401


def test_while_the_broker_is_away_no_command_is_promised(door):
    door.log.away = True
    assert door.call("POST", PATH, json={"action": "acknowledge"}).status_code == 503
