"""The published contract is what the models say, and is well formed by its own standards."""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

import pytest
from fastapi.openapi.utils import get_openapi
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from schemas.names import SLUG
from schemas.publish import asyncapi, openapi
from schemas.publish.__main__ import main
from schemas.publish.documents import FOLDER, documents, stale
from schemas.publish.examples import example
from schemas.publish.models import OUTSIDE, TYPES
from schemas.rejects import RejectCode
from schemas.topics import TOPICS
from tests.unit.ingest_front_door import FrontDoor

ASYNCAPI = json.loads(Path(__file__).with_name("asyncapi-3.1.0.schema.json").read_text())
EXAMPLES = FOLDER.parent / "examples"


def published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(published(f"{name}.json"), format_checker=FormatChecker())


def pointed_to(document: Any) -> set[str]:
    if isinstance(document, list):
        return set().union(*map(pointed_to, document))
    if not isinstance(document, dict):
        return set()
    own = {document["$ref"]} if isinstance(document.get("$ref"), str) else set()
    return own.union(*map(pointed_to, document.values()))


def resolve(document: Any, pointer: str) -> Any:
    for part in pointer.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_what_is_published_is_what_the_models_say():
    assert stale() == []


def test_the_same_models_give_the_same_bytes():
    assert documents() == documents()


def test_a_missing_a_changed_and_a_left_over_file_are_stale(tmp_path):
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    (tmp_path / "openapi.json").unlink()
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "pacekeeper.long.gone.v1.json").write_text("{}")

    assert stale(tmp_path) == ["asyncapi.json", "openapi.json", "pacekeeper.long.gone.v1.json"]
    assert main(["--check"], tmp_path) == 1


def test_writing_brings_a_folder_up_to_date_and_names_what_changed(tmp_path, capsys):
    main([], tmp_path)
    capsys.readouterr()
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "pacekeeper.long.gone.v1.json").write_text("{}")

    assert main([], tmp_path) == 0

    assert capsys.readouterr().out == "asyncapi.json\npacekeeper.long.gone.v1.json\n"
    assert stale(tmp_path) == []


def test_check_names_the_stale_files_and_writes_nothing(tmp_path, capsys):
    assert main(["--check"], tmp_path) == 1
    assert "pacekeeper.target.set.v1.json" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TYPES)
def test_each_event_type_has_a_valid_json_schema_of_2020_12(name):
    schema = published(f"{name}.json")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["description"] == cleandoc(TYPES[name].__doc__ or "")
    assert schema["additionalProperties"] is False
    Draft202012Validator.check_schema(schema)
    for pointer in pointed_to(schema):
        assert resolve(schema, pointer)


def test_every_type_has_its_own_schema_id():
    assert len({published(f"{name}.json")["$id"] for name in TYPES}) == len(TYPES)


def test_patterns_and_docstrings_are_kept():
    data = published("pacekeeper.metric.observed.v1.json")["$defs"]["MetricObserved"]
    assert data["description"] == "One figure."
    assert data["properties"]["indicator"]["pattern"] == SLUG
    assert data["properties"]["period"]["pattern"].startswith("^[0-9]{4}")


def test_there_is_one_example_per_event_type():
    assert sorted(path.stem for path in EXAMPLES.iterdir()) == sorted(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_each_example_is_valid_by_its_published_schema(name):
    assert [error.message for error in validator(name).iter_errors(example(name))] == []


@pytest.mark.parametrize("name", TYPES)
def test_the_published_schemas_refuse_what_is_unknown_or_missing(name):
    check = validator(name)
    whole = example(name)
    first = next(iter(whole))
    assert not check.is_valid(whole | {"surplus": 1})
    assert not check.is_valid({field: whole[field] for field in whole if field != first})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("period", "2024-W10"),
        ("period", 2024),
        ("value", "41,5"),
        ("value", True),
        ("measure", "total"),
        ("status", "X"),
        ("unit", "万 辆"),
        ("entity", "常州"),
        ("note", "a\u202eb"),
        ("note", "a\x00b"),
    ],
)
def test_the_schema_refuses_a_figure_that_the_reader_refuses(field, value):
    event = example("pacekeeper.metric.observed.v1")
    event["data"][field] = value
    assert not validator("pacekeeper.metric.observed.v1").is_valid(event)


@pytest.mark.parametrize("time", ["2024-07-10T09:00:00", "2024-02-30T09:00:00Z", "2024-07-10"])
def test_the_schema_refuses_a_time_that_the_reader_refuses(time):
    event = example("pacekeeper.metric.observed.v1") | {"time": time}
    assert not validator("pacekeeper.metric.observed.v1").is_valid(event)


def test_the_openapi_document_is_valid_3_1():
    document = published("openapi.json")
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_openapi_describes_every_route_of_ingest_and_no_other():
    with FrontDoor() as door:
        served = get_openapi(title="ingest", version="1", routes=door.app.app.routes)["paths"]
    # The hot route is plain ASGI under the same app.
    routes = {(path, method) for path, found in served.items() for method in found}
    paths = published("openapi.json")["paths"]
    described = {(path, method) for path, found in paths.items() for method in found}
    assert described == routes | {("/v1/events", "post")}


def test_ingest_serves_the_published_document():
    with FrontDoor() as door:
        answer = door.call("GET", "/v1/openapi.json", key=None)
        page = door.call("GET", "/docs", key=None)
    assert answer.json() == published("openapi.json")
    assert page.status_code == 200
    assert "/v1/rejected/{reject}/resubmit" in page.text


def test_openapi_says_how_each_call_fails():
    for path, operations in published("openapi.json")["paths"].items():
        for operation in operations.values():
            answers = operation["responses"]
            assert any(status.startswith("2") for status in answers), path
            if operation.get("security") != []:
                assert "application/problem+json" in answers["401"]["content"], path


def test_openapi_names_every_reject_code():
    verdict = published("openapi.json")["components"]["schemas"]["VerdictShown"]
    codes = verdict["properties"]["code"]["anyOf"][0]["enum"]
    assert codes == [code.value for code in RejectCode]


def test_openapi_takes_each_event_type_in_the_body_of_events():
    document = published("openapi.json")
    content = document["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    lone = content["application/cloudevents+json"]
    taken = resolve(document, lone["schema"]["$ref"])["oneOf"]
    kinds = [resolve(document, one["$ref"])["properties"]["type"]["const"] for one in taken]
    assert kinds == list(OUTSIDE)
    assert sorted(lone["examples"]) == sorted(OUTSIDE)


def test_a_command_does_not_repeat_the_alert_of_its_path():
    document = published("openapi.json")
    body = document["paths"]["/v1/alerts/{alert}/commands"]["post"]["requestBody"]
    (content,) = body["content"].values()
    schema = resolve(document, content["schema"]["$ref"])
    assert "alert" not in schema["properties"]
    assert schema["required"] == ["action"]


def test_what_ingest_really_answers_fits_the_openapi_document():
    document = published("openapi.json")
    with FrontDoor() as door:
        door.set_out()
        bad = example("pacekeeper.metric.observed.v1")
        bad["data"]["entity"] = "nowhere"
        asked = {
            ("/v1/events", "post"): door.post(json.dumps(bad).encode()),
            ("/v1/keys", "post"): door.call(
                "POST", "/v1/keys", json={"department": "czgxj", "scopes": ["observe"]}
            ),
            ("/v1/keys", "get"): door.call("GET", "/v1/keys"),
            ("/v1/rejected", "get"): door.call("GET", "/v1/rejected"),
            ("/v1/keys/{key_id}", "delete"): door.call("DELETE", "/v1/keys/none"),
            ("/v1/receipts/{receipt}", "get"): door.call("GET", "/v1/receipts/none", key=None),
            ("/healthz", "get"): door.call("GET", "/healthz"),
            ("/readyz", "get"): door.call("GET", "/readyz"),
        }
    assert [answer.status_code for answer in asked.values()] == [
        422, 201, 200, 200, 404, 401, 200, 200,
    ]  # fmt: skip
    for (path, method), answer in asked.items():
        media = answer.headers["content-type"].partition(";")[0]
        described = document["paths"][path][method]["responses"][str(answer.status_code)]
        schema = described["content"][media]["schema"] | {"components": document["components"]}
        Draft202012Validator(schema).validate(answer.json())


def test_the_asyncapi_document_is_valid_by_the_official_schema():
    errors = Draft7Validator(ASYNCAPI).iter_errors(published("asyncapi.json"))
    assert [(error.json_path, error.message) for error in errors] == []


def test_the_official_schema_finds_a_slip():
    document = published("asyncapi.json")
    document["channels"]["events"]["adress"] = "events"
    assert not Draft7Validator(ASYNCAPI).is_valid(document)


@pytest.mark.parametrize("name", ["asyncapi.json", "openapi.json"])
def test_every_reference_leads_somewhere(name):
    document = published(name)
    for pointer in pointed_to(document):
        assert resolve(document, pointer) is not None


def test_asyncapi_has_a_channel_per_topic_and_the_intake():
    channels = asyncapi.document()["channels"]
    addresses = {channel["address"] for channel in channels.values()}
    assert addresses == {topic.name for topic in TOPICS} | {"intake.{department}"}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_channel_says_its_key_its_keeping_its_writers_and_its_readers(topic):
    document = published("asyncapi.json")
    channel = document["channels"][topic.name]
    kafka = channel["bindings"]["kafka"]
    assert kafka["partitions"] == topic.partitions
    assert kafka["topicConfiguration"].get("retention.ms") == topic.retention_ms
    for message in channel["messages"].values():
        assert message["bindings"]["kafka"]["key"]["description"] == topic.key
        assert (message["contentType"] == "application/x-ndjson") is topic.packed
    wanted = {f"{one}.send.{topic.name}" for one in topic.writers}
    wanted |= {f"{one}.receive.{topic.name}" for one in topic.readers}
    at = f"#/channels/{topic.name}"
    named = {n for n, o in document["operations"].items() if o["channel"]["$ref"] == at}
    assert named == wanted


def test_the_document_is_made_of_fresh_parts_each_time():
    openapi.document()["paths"].clear()
    assert openapi.document()["paths"]
