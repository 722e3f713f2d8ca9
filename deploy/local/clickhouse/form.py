"""Forms: what a client sends as multipart fields when a URL would become too long. Pure."""

from __future__ import annotations

import io
from dataclasses import replace

import python_multipart
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.external import external_tables
from deploy.local.clickhouse.request import Request, is_setting

_KIND = "multipart/form-data"


def is_form(request: Request) -> bool:
    """Does the body hold fields rather than a statement?"""
    return request.content_type.lower().startswith(_KIND)


def with_form(request: Request, body: bytes) -> Request:
    """The request with the form's fields, which mean what they would mean in the URL.

    File parts become external tables.
    """
    fields, files = _parts(request.content_type, body)
    query = fields.pop("query", "").encode("utf-8", "surrogateescape")
    params = {n.removeprefix("param_"): v for n, v in fields.items() if n.startswith("param_")}
    settings = {name: value for name, value in fields.items() if is_setting(name)}
    external, settings = external_tables(files, request.settings | settings)
    return replace(
        request,
        query=b"\n".join(part for part in (request.query, query) if part),
        params=request.params | params,
        settings=settings,
        database=fields.get("database", request.database),
        external=external,
    )


def _parts(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}

    def field(part: Field) -> None:
        name = (part.field_name or b"").decode("utf-8", "surrogateescape")
        fields[name] = (part.value or b"").decode("utf-8", "surrogateescape")

    def file(part: File) -> None:
        name = (part.field_name or b"").decode("utf-8", "surrogateescape")
        part.file_object.seek(0)
        files[name] = part.file_object.read()
        part.close()

    try:
        python_multipart.parse_form(
            {"Content-Type": content_type.encode("latin-1")}, io.BytesIO(body), field, file
        )
    except FormParserError as error:
        raise DatabaseError(36, f"Unreadable form: {error}", "BAD_ARGUMENTS") from error
    return fields, files
