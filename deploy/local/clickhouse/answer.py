"""The headers and bodies of answers, as a ClickHouse server words them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.local.clickhouse.engine import Stats
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.request import Request

Headers = list[tuple[bytes, bytes]]

_TEXT = "text/plain; charset=UTF-8"
_CONTENT_TYPES = (
    ("JSONEachRow", "application/x-ndjson; charset=UTF-8"),
    ("JSON", "application/json; charset=UTF-8"),
    ("TabSeparated", "text/tab-separated-values; charset=UTF-8"),
    ("TSV", "text/tab-separated-values; charset=UTF-8"),
    ("CSV", "text/csv; charset=UTF-8"),
    ("XML", "application/xml; charset=UTF-8"),
    ("Pretty", _TEXT),
    ("Vertical", _TEXT),
    ("Values", _TEXT),
    ("Markdown", "text/markdown; charset=UTF-8"),
    ("ArrowStream", "application/vnd.apache.arrow.stream"),
    ("Arrow", "application/vnd.apache.arrow.file"),
    ("Parquet", "application/vnd.apache.parquet"),
)

# What a browser may do here: the server tells it so before the first request to another origin.
PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"origin, x-requested-with, content-type, authorization, x-clickhouse-format,"
        b" x-clickhouse-database, x-clickhouse-user, x-clickhouse-key, x-clickhouse-query-id",
    ),
    (b"access-control-allow-methods", b"POST, GET, HEAD, OPTIONS"),
    (b"access-control-max-age", b"86400"),
]
_CROSS_ORIGIN: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"x-clickhouse-query-id, x-clickhouse-summary, x-clickhouse-server-display-name,"
        b" x-clickhouse-format, x-clickhouse-timezone, x-clickhouse-exception-code,"
        b" x-clickhouse-exception-tag, x-clickhouse-progress",
    ),
]


@dataclass(frozen=True, slots=True)
class Voice:
    """What every answer of one server says of itself."""

    version: str
    timezone: str
    display_name: str = "pacekeeper"

    def success(self, request: Request, format: str, stats: Stats) -> Headers:
        """Headers of a result; `format` is empty when there is none."""
        headers = self._always(request, stats)
        headers.append(_header("Content-Type", content_type(format)))
        if format:
            headers.append(_header("X-ClickHouse-Format", format))
        if request.accept_encoding:
            headers.append(_header("Content-Encoding", request.accept_encoding))
            headers.append(_header("Vary", "Accept-Encoding"))
        return headers

    def failure(self, request: Request | None, error: DatabaseError) -> tuple[Headers, bytes]:
        """Headers and body of an error that came before the first byte of a result."""
        headers = self._always(request, Stats())
        headers.append(_header("Content-Type", _TEXT))
        headers.append(_header("X-ClickHouse-Exception-Code", str(error.code)))
        if error.code in (194, 516):
            headers.append(_header("WWW-Authenticate", 'Basic realm="ClickHouse server HTTP API"'))
        return headers, error.body(self.version).encode("utf-8", "surrogateescape")

    def _always(self, request: Request | None, stats: Stats) -> Headers:
        headers = _CROSS_ORIGIN if request and request.cross_origin else []
        return [
            *headers,
            _header("X-ClickHouse-Query-Id", request.query_id if request else ""),
            _header("X-ClickHouse-Timezone", self.timezone),
            _header("X-ClickHouse-Server-Display-Name", self.display_name),
            _header("X-ClickHouse-Summary", summary(stats)),
        ]


def unpacked(headers: Headers) -> Headers:
    """The headers of an answer whose body is not packed after all."""
    return [(name, value) for name, value in headers if name != b"content-encoding"]


def content_type(format: str) -> str:
    """The media type of a format; binary ones of ClickHouse's own have none."""
    if not format:
        return _TEXT
    return next(
        (media for prefix, media in _CONTENT_TYPES if format.startswith(prefix)),
        "application/octet-stream",
    )


def summary(stats: Stats) -> str:
    """The value of X-ClickHouse-Summary: all numbers as strings."""
    written = stats.written_rows
    return json.dumps(
        {
            "read_rows": str(stats.read_rows),
            "read_bytes": str(stats.read_bytes),
            "written_rows": str(written),
            "written_bytes": str(stats.written_bytes),
            "total_rows_to_read": str(stats.read_rows),
            "result_rows": str(written or stats.result_rows),
            "result_bytes": str(stats.written_bytes),
            "elapsed_ns": str(stats.elapsed_ns),
        }
    )


def progress_headers(samples: Sequence[str]) -> Headers:
    """One header for each look at a query's progress."""
    return [_header("X-ClickHouse-Progress", sample) for sample in samples]


def new_tag() -> str:
    """The word that marks an error in the middle of one answer's body."""
    return secrets.token_hex(8)


def error_inside(tag: str, error: DatabaseError, version: str) -> bytes:
    """What ends a body when its query failed after the first bytes were sent."""
    message = error.body(version).encode("utf-8", "surrogateescape")
    mark = tag.encode()
    head = b"\r\n__exception__\r\n" + mark + b"\r\n" + message
    return head + b"%d " % len(message) + mark + b"\r\n__exception__\r\n"


def _header(name: str, value: str) -> tuple[bytes, bytes]:
    clean = value.replace("\r", " ").replace("\n", " ")
    return name.lower().encode(), clean.encode("latin-1", "replace")
