"""Which model describes what travels, and how a model becomes a JSON Schema."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from schemas import events
from schemas.records.alert import AlertChanged
from schemas.records.assessment import Assessment
from schemas.records.dossier import Dossier
from schemas.records.record import Record

# What comes from outside, by its type on the wire.
OUTSIDE: dict[str, type[events.Envelope]] = {
    "pacekeeper.indicator.defined.v1": events.IndicatorDefinedEvent,
    "pacekeeper.entity.defined.v1": events.EntityDefinedEvent,
    "pacekeeper.metric.observed.v1": events.MetricObservedEvent,
    "pacekeeper.project.updated.v1": events.ProjectUpdatedEvent,
    "pacekeeper.charger.updated.v1": events.ChargerUpdatedEvent,
    "pacekeeper.target.set.v1": events.TargetSetEvent,
}
COMMAND = {"pacekeeper.alert.command.v1": events.AlertCommandEvent}
# The project's own: records without an envelope, the topic tells their type.
INTERNAL: dict[str, type[Record]] = {
    "pacekeeper.indicator.changed.v1": Dossier,
    "pacekeeper.target.assessed.v1": Assessment,
    "pacekeeper.alert.changed.v1": AlertChanged,
}
TYPES: dict[str, type[BaseModel]] = {**OUTSIDE, **COMMAND, **INTERNAL}

COMPONENT = "#/components/schemas/{model}"
Mode = Literal["validation", "serialization"]


class _Plain(GenerateJsonSchema):
    """Without a title per field, and without OpenAPI's `discriminator`: `const` tells the same."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        made = super().tagged_union_schema(schema)
        made.pop("discriminator", None)
        return made


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one event type, complete in itself."""
    made = TYPES[name].model_json_schema(schema_generator=_Plain)
    return {"$schema": _Plain.schema_dialect, "$id": f"urn:{name.replace('.', ':')}", **made}


def components(models: Sequence[tuple[type[BaseModel], Mode]]) -> dict[str, Any]:
    """The schemas of several models and of all they refer to, by name, as `components.schemas`."""
    _, made = models_json_schema(models, ref_template=COMPONENT, schema_generator=_Plain)
    found: dict[str, Any] = made["$defs"]
    return found


def reference(model: type[BaseModel]) -> dict[str, str]:
    """A reference to a model among the components."""
    return {"$ref": COMPONENT.format(model=model.__name__)}


def one_of(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    """Exactly one of several models."""
    return {"oneOf": [reference(model) for model in models]}
