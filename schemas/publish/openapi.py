"""OpenAPI 3.1 of ingest's HTTP interface; ingest serves this very document."""

from typing import Any

from pydantic import BaseModel

from schemas import answers
from schemas.data import AlertCommand
from schemas.publish.examples import example
from schemas.publish.models import OUTSIDE, Mode, components, one_of, reference

PROBLEMS = {
    400: "unreadable: no JSON, no UTF-8, a BOM, broken gzip, no event at all 正文无法读取",
    401: "unauthorized: no key, or one that is unknown, expired or revoked 缺少有效密钥",
    403: "forbidden: the key lacks the scope 密钥无此权限",
    404: "not_found: nothing of that name that this key may see 未找到",
    408: "too_slow: the body did not arrive within 15 s 正文未按时到齐",
    409: "conflict: a lone event under an id used for other content 同一 id 已用于另一内容",
    413: "too_large: over 1 MiB on the wire, 8 MiB unpacked or 5 000 events 正文过大",
    415: "unsupported: another content type, charset or encoding 不支持的类型或编码",
    422: "none_acceptable: read, and refused; the body says why 内容不可接受，正文逐条说明",
    429: "busy: too much in flight; send again after Retry-After 系统正忙，请稍后重发",
    503: "away: a store does not answer; send again after Retry-After 存储暂不可用，请稍后重发",
}
_SENDING = (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
_WRITING = (400, 401, 403, 408, 413, 422, 503)
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
Operation = dict[str, Any]


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
            "/v1/events": {"post": _post_events()},
            "/v1/receipts/{receipt}": {"get": _get_receipt()},
            "/v1/rejected": {"get": _get_rejected()},
            "/v1/rejected/{reject}/resubmit": {"post": _resubmit()},
            "/v1/alerts/{alert}/commands": {"post": _command()},
            "/v1/keys": {"post": _make_key(), "get": _list_keys()},
            "/v1/keys/{key_id}": {"delete": _revoke_key()},
            "/healthz": {"get": _health()},
            "/readyz": {"get": _readiness()},
            "/metrics": {"get": _metrics()},
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


def _operation(
    name: str,
    tag: str,
    summary: str,
    description: str,
    responses: dict[str, Any],
    **more: Any,
) -> Operation:
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "responses": responses,
        **more,
    }


def _body(model: type[BaseModel], description: str, media: str = "application/json") -> Operation:
    return {"description": description, "content": {media: {"schema": reference(model)}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    made = _body(answers.Problem, PROBLEMS[status], "application/problem+json")
    if status in (429, 503):
        made["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    if status == 401:
        made["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return made


def _verdicts(*statuses: int) -> dict[str, Any]:
    refused = {
        str(status): _body(answers.NoneAcceptable, PROBLEMS[status], "application/problem+json")
        for status in (409, 422)
    }
    done = "a verdict per event; what was accepted is durable 逐条结论，已接受的均已落盘"
    return {"202": _body(answers.Verdicts, done), **_problems(*statuses), **refused}


def _named(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _post_events() -> Operation:
    event = {"$ref": "#/components/schemas/Event"}
    observed = example("pacekeeper.metric.observed.v1")
    attributes = [
        {
            "name": f"ce-{name}",
            "in": "header",
            "description": "binary mode: this attribute, percent-encoded UTF-8",
            "schema": {"type": "string"},
        }
        for name in ("specversion", "id", "source", "type", "time", "recordedtime")
    ]
    encoding = {
        "name": "Content-Encoding",
        "in": "header",
        "schema": {"type": "string", "enum": ["identity", "gzip"]},
    }
    return _operation(
        "post_events",
        "events",
        "Send events 报送事件",
        "One CloudEvent (structured, or `ce-*` headers with its data as the body), a JSON batch, "
        "or NDJSON, optionally gzip. 202 means durable. Good events are kept beside bad ones. "
        "An object that has one name twice is refused: it does not say which figure is meant. "
        "202 即已落盘；好的事件照收，坏的逐条说明。",
        _verdicts(*_SENDING),
        parameters=[encoding, *attributes],
        requestBody={
            "required": True,
            "content": {
                "application/cloudevents+json": {
                    "schema": event,
                    "examples": {name: {"value": example(name)} for name in OUTSIDE},
                },
                "application/cloudevents-batch+json": {
                    "schema": {"type": "array", "items": event, "minItems": 1, "maxItems": 5000},
                    "examples": {"batch": {"value": [observed]}},
                },
                "application/x-ndjson": {
                    "schema": {"type": "string", "description": "one Event of JSON per line"}
                },
                "application/json": {
                    "schema": {"type": "object", "description": "binary mode: the event's data"},
                    "examples": {"data": {"value": observed["data"]}},
                },
            },
        },
    )


def _get_receipt() -> Operation:
    return _operation(
        "get_receipt",
        "books",
        "Follow a receipt 查询回执",
        "How far each event of a request is, or why it was refused.",
        {
            "200": _body(answers.ReceiptShown, "how far each event is 各事件的进度"),
            **_problems(401, 404, 503),
        },
        parameters=[_named("receipt", "the receipt of a 202 回执号")],
    )


def _get_rejected() -> Operation:
    return _operation(
        "get_rejected",
        "books",
        "List rejects 查询退回记录",
        "The department's refused events, newest first; an administrator sees all. Scope `read`.",
        {
            "200": _body(answers.RejectList, "a page of rejects 一页退回记录"),
            **_problems(401, 403, 422, 503),
        },
        parameters=[
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
            },
            {
                "name": "before",
                "in": "query",
                "description": "`next` of the page before 上一页的 next",
                "schema": {"type": "string", "maxLength": 64, "default": ""},
            },
        ],
    )


def _resubmit() -> Operation:
    return _operation(
        "resubmit",
        "books",
        "Send a reject again 重报",
        "The corrected event in the body, or without a body the event as it was.",
        _verdicts(400, 401, 403, 404, 408, 413, 429, 503),
        parameters=[_named("reject", "the id of the reject 退回记录编号")],
        requestBody={
            "required": False,
            "content": {
                "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/Event"}}
            },
        },
    )


def _command() -> Operation:
    asked = example("pacekeeper.alert.command.v1")["data"]
    del asked["alert"]
    return _operation(
        "command_alert",
        "alerts",
        "Ask something of an alert 对预警下达指令",
        "Whether it is granted shows in `bi.alert_history`. Scope `command`.",
        {
            "202": _body(answers.CommandTaken, "handed to the worker that decides 已转交处理"),
            **_problems(404, *_WRITING),
        },
        parameters=[_named("alert", "the id of the alert 预警编号")],
        requestBody={
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/CommandAsked"},
                    "examples": {asked["action"]: {"value": asked}},
                }
            },
        },
    )


def _make_key() -> Operation:
    wanted = {"department": "czgxj", "scopes": ["observe", "define"], "expires": "2025-12-31"}
    return _operation(
        "make_key",
        "keys",
        "Make a key 新建密钥",
        "The answer tells the key once. Scope `admin`.",
        {"201": _body(answers.KeyCut, "the new key 新密钥"), **_problems(*_WRITING)},
        requestBody={
            "required": True,
            "content": {
                "application/json": {
                    "schema": reference(answers.NewKey),
                    "examples": {"department": {"value": wanted}},
                }
            },
        },
    )


def _list_keys() -> Operation:
    return _operation(
        "list_keys",
        "keys",
        "List keys 列出密钥",
        "Every key that was not revoked, oldest first; never what opens anything. Scope `admin`.",
        {"200": _body(answers.KeyList, "the keys 密钥列表"), **_problems(401, 403)},
    )


def _revoke_key() -> Operation:
    return _operation(
        "revoke_key",
        "keys",
        "Revoke a key 吊销密钥",
        "From now on it opens nothing. Scope `admin`.",
        {"204": {"description": "revoked 已吊销"}, **_problems(401, 403, 404, 503)},
        parameters=[_named("key_id", "the id of the key 密钥编号")],
    )


def _health() -> Operation:
    return _operation(
        "healthz",
        "health",
        "Is the process alive? 存活",
        "Open to everybody on this network.",
        {"200": _body(answers.Health, "it answers 正常")},
        security=[],
    )


def _readiness() -> Operation:
    return _operation(
        "readyz",
        "health",
        "Can it take events? 就绪",
        "Catalogue and keys are followed to their ends and the broker answers.",
        {
            "200": _body(answers.Readiness, "ready 就绪"),
            "503": _body(answers.Readiness, "not ready 未就绪"),
        },
        security=[],
    )


def _metrics() -> Operation:
    text = {"text/plain": {"schema": {"type": "string"}}}
    return _operation(
        "metrics",
        "health",
        "Counters and times for Prometheus 运行指标",
        "In Prometheus' text format.",
        {"200": {"description": "metrics 指标", "content": text}},
        security=[],
    )
