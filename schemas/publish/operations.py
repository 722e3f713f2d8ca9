"""What the calls of the OpenAPI document are made of: bodies, problems, parameters."""

from typing import Any

from pydantic import BaseModel

from schemas import answers
from schemas.publish.models import reference

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
SENDING = (400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
WRITING = (400, 401, 403, 408, 413, 422, 503)
Operation = dict[str, Any]


def operation(
    name: str,
    tag: str,
    summary: str,
    description: str,
    responses: dict[str, Any],
    **more: Any,
) -> Operation:
    """One call."""
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "responses": responses,
        **more,
    }


def body(model: type[BaseModel], description: str, media: str = "application/json") -> Operation:
    """An answer with a body of that model."""
    return {"description": description, "content": {media: {"schema": reference(model)}}}


def problems(*statuses: int) -> dict[str, Any]:
    """The answers of these statuses, each a problem."""
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    made = body(answers.Problem, PROBLEMS[status], "application/problem+json")
    if status in (429, 503):
        made["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    if status == 401:
        made["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return made


def verdicts(*statuses: int) -> dict[str, Any]:
    """The answers to events: a verdict each, or the problem that none was acceptable."""
    refused = {
        str(status): body(answers.NoneAcceptable, PROBLEMS[status], "application/problem+json")
        for status in (409, 422)
    }
    done = "a verdict per event; what was accepted is durable 逐条结论，已接受的均已落盘"
    return {"202": body(answers.Verdicts, done), **problems(*statuses), **refused}


def named(name: str, description: str) -> dict[str, Any]:
    """A parameter in the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }
