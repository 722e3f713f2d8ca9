"""The API's description: OpenAPI with the hot route in it, and a page that needs no other host."""

from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from pydantic.json_schema import models_json_schema

from schemas.events import EVENTS
from services.ingest.answers import Problem, Verdicts
from services.ingest.body import Form

_PROBLEMS = {
    400: "unreadable",
    401: "no live key",
    403: "the key lacks the scope",
    405: "another method",
    408: "the body did not arrive within 15 s",
    409: "a lone event under an id used for other content",
    413: "over 1 MiB on the wire, 8 MiB unpacked or 5 000 events",
    415: "another content type or encoding",
    422: "no event was acceptable; the members of 202 name each reason",
    429: "too much in flight; see Retry-After",
    503: "the broker is away; see Retry-After",
}


def describe(app: FastAPI) -> None:
    """Complete the app's OpenAPI document and serve /docs from it."""
    routes_only = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = complete(routes_only())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add the hot route, the schemas it speaks of, and the keys."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    template = "#/components/schemas/{model}"
    events = EVENTS.json_schema(ref_template=template)
    _, answers = models_json_schema(
        [(Verdicts, "serialization"), (Problem, "serialization")], ref_template=template
    )
    for found in (answers, events):
        schemas.update(found.pop("$defs", {}))
    schemas["Event"] = events
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"key": []}]
    document["paths"] = {"/v1/events": {"post": _post_events()}, **document["paths"]}
    return document


def _post_events() -> dict[str, Any]:
    event = {"$ref": "#/components/schemas/Event"}
    verdicts = {"application/json": {"schema": {"$ref": "#/components/schemas/Verdicts"}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "operationId": "post_events",
        "tags": ["events"],
        "summary": "Send events",
        "description": "One CloudEvent (structured, or `ce-*` headers with its data as the body), "
        "a JSON batch, or NDJSON, optionally gzip. 202 means durable. An object with one name "
        "twice is refused, as it does not say which figure is meant.",
        "parameters": [
            {
                "name": "Content-Encoding",
                "in": "header",
                "schema": {"type": "string", "enum": ["gzip"]},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                Form.LONE: {"schema": event},
                Form.BATCH: {"schema": {"type": "array", "items": event, "maxItems": 5000}},
                Form.LINES: {"schema": {"type": "string"}},
                Form.BINARY: {"schema": {"type": "object"}},
            },
        },
        "responses": {
            "202": {"description": "a verdict per event, all of it durable", "content": verdicts},
            **{
                str(status): {"description": what, "content": problem}
                for status, what in _PROBLEMS.items()
            },
        },
    }


_STYLE = """
body{font:16px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1a1a1a}h2{border-top:1px solid #ccc;padding-top:1rem;font-size:1.1rem}
code{background:#f2f2f2;padding:.1rem .3rem}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}
"""


def page(document: dict[str, Any]) -> str:
    """The document as a plain page."""
    parts = [
        _operation(method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1>"
        '<p><a href="/v1/openapi.json">OpenAPI 3.1</a> · '
        "<code>Authorization: Bearer &lt;key&gt;</code></p>"
        f"{''.join(parts)}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    takes = ", ".join(operation.get("requestBody", {}).get("content", {}))
    rows = "".join(
        f"<tr><td>{status}</td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    body = f"<p>Body: <code>{escape(takes)}</code></p>" if takes else ""
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description', ''))}</p>{body}<table>{rows}</table>"
    )
