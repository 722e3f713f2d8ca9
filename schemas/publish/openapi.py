"""OpenAPI 3.1 of ingest's HTTP interface; ingest serves this very document."""

from typing import Any

from pydantic import BaseModel

from schemas import answers
from schemas.data import AlertCommand
from schemas.publish import calls
from schemas.publish.models import OUTSIDE, Mode, components, one_of

_ANSWERS: tuple[type[BaseModel], ...] = (
    answers.Verdicts,
    answers.NoneAcceptable,
    answers.ReceiptShown,
    answers.RejectList,
    answers.KeyCut,
    answers.KeyList,
    answers.CommandTaken,
    answers.Problem,
    answers.Health,
    answers.Readiness,
)


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pacekeeper 序时 · ingest",
            "version": "1.0.0",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "The door for figures, definitions and targets. Errors are problem "
            "JSON (RFC 9457). 报送数据、指标定义和目标的接口；错误以 problem JSON 返回。",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": {
            "/v1/events": {"post": calls.post_events()},
            "/v1/receipts/{receipt}": {"get": calls.get_receipt()},
            "/v1/rejected": {"get": calls.get_rejected()},
            "/v1/rejected/{reject}/resubmit": {"post": calls.resubmit()},
            "/v1/alerts/{alert}/commands": {"post": calls.command()},
            "/v1/keys": {"post": calls.make_key(), "get": calls.list_keys()},
            "/v1/keys/{key_id}": {"delete": calls.revoke_key()},
            "/v1/openapi.json": {"get": calls.description()},
            "/docs": {"get": calls.page()},
            "/healthz": {"get": calls.health()},
            "/readyz": {"get": calls.readiness()},
            "/metrics": {"get": calls.metrics()},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A department's API key. 单位的 API 密钥",
                }
            },
        },
    }


def _schemas() -> dict[str, Any]:
    taken: list[type[BaseModel]] = [*OUTSIDE.values(), AlertCommand, answers.NewKey]
    modes: list[tuple[type[BaseModel], Mode]] = [(model, "validation") for model in taken]
    modes += [(model, "serialization") for model in _ANSWERS]
    made = components(modes)
    made["Event"] = one_of(list(OUTSIDE.values()))
    made["CommandAsked"] = _without_alert(made.pop(AlertCommand.__name__))
    return made


def _without_alert(command: dict[str, Any]) -> dict[str, Any]:
    """The body of a command: the path names the alert, and an id is made if none is given."""
    fields = {name: shape for name, shape in command["properties"].items() if name != "alert"}
    return {**command, "properties": fields, "required": ["action"]}
