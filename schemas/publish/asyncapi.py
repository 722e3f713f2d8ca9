"""AsyncAPI 3.1: every topic with its key, its messages, who writes and who reads it."""

from typing import Any

from pydantic import BaseModel

from schemas import events
from schemas.publish.models import OUTSIDE, components, reference
from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment, Judged
from schemas.records.books import Balance, Receipt, Rejected
from schemas.records.dossier import Dossier
from schemas.records.keys import ApiKey
from schemas.records.notice import Notice
from schemas.records.touched import Touched
from schemas.topics import (
    ALERTS,
    ASSESSMENTS,
    CATALOGUE,
    COMMANDS,
    EVENTS,
    INDICATORS,
    INTAKE_PREFIX,
    KEYS,
    MAX_PACKED_BYTES,
    MAX_PACKED_EVENTS,
    NOTICES,
    RECEIPTS,
    REJECTED,
    TOPICS,
    TOUCHED,
    Topic,
)

CLOUDEVENT = "application/cloudevents+json"
JSON = "application/json"
NDJSON = "application/x-ndjson"
_KAFKA = {"bindingVersion": "0.5.0"}
_DEFINITIONS = (events.IndicatorDefinedLine, events.EntityDefinedLine, events.TargetSetLine)

MESSAGES: dict[Topic, tuple[type[BaseModel], ...]] = {
    EVENTS: (
        *_DEFINITIONS,
        events.MetricObservedLine,
        events.ProjectUpdatedLine,
        events.ChargerUpdatedLine,
    ),
    REJECTED: (Rejected,),
    CATALOGUE: _DEFINITIONS,
    KEYS: (ApiKey,),
    TOUCHED: (Touched,),
    INDICATORS: (Dossier, Balance),
    RECEIPTS: (Receipt,),
    ASSESSMENTS: (Assessment, Judged),
    ALERTS: (AlertChanged,),
    COMMANDS: (events.AlertCommandEvent,),
    NOTICES: (Notice,),
}
_INTAKE = "intake"
_PACKED = (
    "A record holds one line of JSON per event (application/x-ndjson, compressed with lz4), at "
    f"most {MAX_PACKED_EVENTS} events and {MAX_PACKED_BYTES} bytes; the schema is that of one line."
)


def document() -> dict[str, Any]:
    """The whole document."""
    models = {model for found in MESSAGES.values() for model in found} | set(OUTSIDE.values())
    named = sorted(models, key=lambda model: model.__name__)
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Pacekeeper 序时 · topics",
            "version": "1.0.0",
            "license": {"name": "Apache-2.0"},
            "description": "What travels between the services, and how departments may write "
            "events to Kafka themselves. 各服务之间的主题，以及各单位直接写入 Kafka 的入口。",
        },
        "defaultContentType": JSON,
        "channels": {
            _INTAKE: _intake(),
            **{topic.name: _channel(topic) for topic in TOPICS},
        },
        "operations": {
            f"ingest.receive.{_INTAKE}": _operation("ingest", "receive", _INTAKE),
            **{
                f"{service}.{action}.{topic.name}": _operation(service, action, topic.name)
                for topic in TOPICS
                for action, services in (("send", topic.writers), ("receive", topic.readers))
                for service in services
            },
        },
        "components": {"schemas": components([(model, "validation") for model in named])},
    }


def _operation(service: str, action: str, channel: str) -> dict[str, Any]:
    verb = {"send": "writes", "receive": "reads"}[action]
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{service} {verb} {channel}",
        "tags": [{"name": service}],
    }


def _channel(topic: Topic) -> dict[str, Any]:
    configuration: dict[str, Any] = {"cleanup.policy": [topic.cleanup]}
    if topic.retention_ms is not None:
        configuration["retention.ms"] = topic.retention_ms
    return {
        "address": topic.name,
        "description": f"{topic.doc[0].upper()}{topic.doc[1:]}." + f" {_PACKED}" * topic.packed,
        "messages": {
            model.__name__: _message(model, _content_type(topic, model), topic.key)
            for model in MESSAGES[topic]
        },
        "bindings": {
            "kafka": {
                **_KAFKA,
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": configuration,
            }
        },
        "x-writers": list(topic.writers),
        "x-readers": list(topic.readers),
    }


def _content_type(topic: Topic, model: type[BaseModel]) -> str:
    if topic.packed:
        return NDJSON
    return CLOUDEVENT if issubclass(model, events.Attributes) else JSON


def _message(model: type[BaseModel], content_type: str, key: str) -> dict[str, Any]:
    return {
        "name": model.__name__,
        "contentType": content_type,
        "payload": reference(model),
        "bindings": {"kafka": {**_KAFKA, "key": {"type": "string", "description": key}}},
    }


def _intake() -> dict[str, Any]:
    return {
        "address": f"{INTAKE_PREFIX}{{department}}",
        "description": "One CloudEvent per record, structured (content type "
        f"{CLOUDEVENT}) or binary (attributes as `ce_*` headers, the data as value). "
        "A department with the access right writes; refused events land in events.rejected. "
        "每条记录一个 CloudEvent；有写权限的单位写入，退回的事件进入 events.rejected。",
        "parameters": {"department": {"description": "The department that speaks. 报送单位"}},
        "messages": {
            model.__name__: _message(model, CLOUDEVENT, "any") for model in OUTSIDE.values()
        },
        "x-writers": ["departments"],
        "x-readers": ["ingest"],
    }
