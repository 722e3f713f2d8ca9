"""The calls of ingest's HTTP interface, each as an operation of the OpenAPI document."""

from schemas import answers
from schemas.publish.examples import example
from schemas.publish.models import OUTSIDE, reference
from schemas.publish.operations import (
    SENDING,
    WRITING,
    Operation,
    body,
    named,
    operation,
    problems,
    verdicts,
)


def post_events() -> Operation:
    """POST /v1/events"""
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
    return operation(
        "post_events",
        "events",
        "Send events 报送事件",
        "One CloudEvent (structured, or `ce-*` headers with its data as the body), a JSON batch, "
        "or NDJSON, optionally gzip. 202 means durable. Good events are kept beside bad ones. "
        "An object that has one name twice is refused: it does not say which figure is meant. "
        "202 即已落盘；好的事件照收，坏的逐条说明。",
        verdicts(*SENDING),
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


def get_receipt() -> Operation:
    """GET /v1/receipts/{receipt}"""
    return operation(
        "get_receipt",
        "books",
        "Follow a receipt 查询回执",
        "How far each event of a request is, or why it was refused.",
        {
            "200": body(answers.ReceiptShown, "how far each event is 各事件的进度"),
            **problems(401, 404, 503),
        },
        parameters=[named("receipt", "the receipt of a 202 回执号")],
    )


def get_rejected() -> Operation:
    """GET /v1/rejected"""
    return operation(
        "get_rejected",
        "books",
        "List rejects 查询退回记录",
        "The department's refused events, newest first; an administrator sees all. Scope `read`.",
        {
            "200": body(answers.RejectList, "a page of rejects 一页退回记录"),
            **problems(401, 403, 422, 503),
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


def resubmit() -> Operation:
    """POST /v1/rejected/{reject}/resubmit"""
    return operation(
        "resubmit",
        "books",
        "Send a reject again 重报",
        "The corrected event in the body, or without a body the event as it was.",
        verdicts(400, 401, 403, 404, 408, 413, 429, 503),
        parameters=[named("reject", "the id of the reject 退回记录编号")],
        requestBody={
            "required": False,
            "content": {
                "application/cloudevents+json": {"schema": {"$ref": "#/components/schemas/Event"}}
            },
        },
    )


def command() -> Operation:
    """POST /v1/alerts/{alert}/commands"""
    asked = example("pacekeeper.alert.command.v1")["data"]
    del asked["alert"]
    return operation(
        "command_alert",
        "alerts",
        "Ask something of an alert 对预警下达指令",
        "Whether it is granted shows in `bi.alert_history`. Scope `command`.",
        {
            "202": body(answers.CommandTaken, "handed to the worker that decides 已转交处理"),
            **problems(404, *WRITING),
        },
        parameters=[named("alert", "the id of the alert 预警编号")],
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


def make_key() -> Operation:
    """POST /v1/keys"""
    wanted = {"department": "czgxj", "scopes": ["observe", "define"], "expires": "2025-12-31"}
    return operation(
        "make_key",
        "keys",
        "Make a key 新建密钥",
        "The answer tells the key once. Scope `admin`.",
        {"201": body(answers.KeyCut, "the new key 新密钥"), **problems(*WRITING)},
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


def list_keys() -> Operation:
    """GET /v1/keys"""
    return operation(
        "list_keys",
        "keys",
        "List keys 列出密钥",
        "Every key that was not revoked, oldest first; never what opens anything. Scope `admin`.",
        {"200": body(answers.KeyList, "the keys 密钥列表"), **problems(401, 403)},
    )


def revoke_key() -> Operation:
    """DELETE /v1/keys/{key_id}"""
    return operation(
        "revoke_key",
        "keys",
        "Revoke a key 吊销密钥",
        "From now on it opens nothing. Scope `admin`.",
        {"204": {"description": "revoked 已吊销"}, **problems(401, 403, 404, 503)},
        parameters=[named("key_id", "the id of the key 密钥编号")],
    )


def description() -> Operation:
    """GET /v1/openapi.json"""
    return operation(
        "openapi",
        "docs",
        "This document 本文档",
        "OpenAPI 3.1.",
        {"200": {"description": "this document", "content": {"application/json": {}}}},
        security=[],
    )


def page() -> Operation:
    """GET /docs"""
    text = {"text/html": {"schema": {"type": "string"}}}
    return operation(
        "docs",
        "docs",
        "This document as a page 接口说明页",
        "Needs no other host.",
        {"200": {"description": "a page", "content": text}},
        security=[],
    )


def health() -> Operation:
    """GET /healthz"""
    return operation(
        "healthz",
        "health",
        "Is the process alive? 存活",
        "Open to everybody on this network.",
        {"200": body(answers.Health, "it answers 正常")},
        security=[],
    )


def readiness() -> Operation:
    """GET /readyz"""
    return operation(
        "readyz",
        "health",
        "Can it take events? 就绪",
        "Catalogue and keys are followed to their ends and the broker answers.",
        {
            "200": body(answers.Readiness, "ready 就绪"),
            "503": body(answers.Readiness, "not ready 未就绪"),
        },
        security=[],
    )


def metrics() -> Operation:
    """GET /metrics"""
    text = {"text/plain": {"schema": {"type": "string"}}}
    return operation(
        "metrics",
        "health",
        "Counters and times for Prometheus 运行指标",
        "In Prometheus' text format.",
        {"200": {"description": "metrics 指标", "content": text}},
        security=[],
    )
