"""The API's description: the published OpenAPI document, and a page that needs no other host."""

from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

from schemas.publish import openapi


def docs_router() -> APIRouter:
    """The routes. The document is the contract's, not guessed from the code."""
    router = APIRouter()

    @router.get("/v1/openapi.json")
    async def described() -> JSONResponse:
        return JSONResponse(_document())

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(_document()))

    return router


@cache
def _document() -> dict[str, Any]:
    # Made when somebody first asks: it takes longer than the whole start.
    return openapi.document()


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
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{escape(document['info']['description'])}</p>"
        '<p><a href="/v1/openapi.json">OpenAPI</a> · '
        "<code>Authorization: Bearer &lt;key&gt;</code></p>"
        f"{''.join(parts)}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    takes = ", ".join(operation.get("requestBody", {}).get("content", {}))
    rows = "".join(
        f"<tr><td>{status}</td><td>{escape(answer['description'])}</td></tr>"
        for status, answer in sorted(operation["responses"].items())
    )
    body = f"<p>Body: <code>{escape(takes)}</code></p>" if takes else ""
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code> {escape(operation['summary'])}</h2>"
        f"<p>{escape(operation['description'])}</p>{body}<table>{rows}</table>"
    )
