"""What a client asks for, read from the URL and the headers of its request."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from deploy.local.clickhouse.codec import choose_encoding
from deploy.local.clickhouse.credentials import Credentials, read_credentials
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.external import ExternalTable

# Names in a URL that speak to the HTTP server and never reach the engine.
_TRANSPORT = frozenset(
    {
        "query",
        "database",
        "default_format",
        "compress",
        "decompress",
        "session_id",
        "session_timeout",
        "session_check",
        "query_id",
        "quota_key",
        "user",
        "password",
        "role",
        "buffer_size",
        "wait_end_of_query",
        "client_protocol_version",
        "close_session",
        "stacktrace",
        "enable_http_compression",
        "http_zlib_compression_level",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "cancel_http_readonly_queries_on_client_close",
        "add_http_cors_header",
        "http_max_field_name_size",
        "http_max_field_value_size",
    }
)
_LONGEST_SESSION = 3600.0
_MOST_HELD_BACK = 64 << 20
_SHORTEST_INTERVAL_MS = 10


@dataclass(frozen=True, slots=True)
class SessionWish:
    """The session a request belongs to; `must_exist` is session_check=1."""

    session_id: str
    timeout: float = 60.0
    must_exist: bool = False
    close_after: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One request as its client meant it; `query` is the part of the text that came in the URL."""

    method: str
    query: bytes = b""
    query_id: str = ""
    credentials: Credentials = Credentials("default", "")
    database: str = ""
    format: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    session: SessionWish | None = None
    role: str = ""
    content_type: str = ""
    content_encoding: str = ""
    native_body: bool = False
    accept_encoding: str = ""
    native_answer: bool = False
    wait_end: bool = False
    cancel_on_close: bool = False
    # Bytes of the result to hold back, so that an error among them still becomes a status.
    buffer_size: int = 0
    protocol_version: int = 0
    # Seconds between progress headers; 0 for a client that wants none.
    progress_every: float = 0.0
    # Whether a page of another origin may read the answer.
    cross_origin: bool = False
    external: tuple[ExternalTable, ...] = ()

    @property
    def changes_allowed(self) -> bool:
        """GET and HEAD read only, as HTTP means them."""
        return self.method not in ("GET", "HEAD")


def read_request(
    method: str, query_string: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> Request:
    """Read a request's URL and headers; raises DatabaseError for what cannot be read."""
    # A query in the URL may hold bytes that are no UTF-8; surrogateescape gives them back later.
    pairs = parse_qsl(
        query_string.decode("latin-1"),
        keep_blank_values=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    return from_fields(method, pairs, {n.decode("latin-1").lower(): v for n, v in headers})


def from_fields(
    method: str, pairs: Iterable[tuple[str, str]], raw_headers: dict[str, bytes]
) -> Request:
    """Build a request from URL (and form) fields and headers with lower-case names."""
    fields = dict(pairs)
    header = {name: value.decode("latin-1") for name, value in raw_headers.items()}
    compression_on = fields.get("enable_http_compression", "1") not in ("0", "false")
    return Request(
        method=method,
        query=fields.get("query", "").encode("utf-8", "surrogateescape"),
        query_id=fields.get("query_id") or header.get("x-clickhouse-query-id") or _new_id(),
        credentials=read_credentials(fields, raw_headers),
        database=fields.get("database") or header.get("x-clickhouse-database", ""),
        format=header.get("x-clickhouse-format") or fields.get("default_format", ""),
        settings={name: value for name, value in fields.items() if is_setting(name)},
        params={
            name.removeprefix("param_"): value
            for name, value in fields.items()
            if name.startswith("param_")
        },
        session=_session(fields),
        role=fields.get("role", ""),
        content_type=header.get("content-type", ""),
        content_encoding=header.get("content-encoding", ""),
        native_body=fields.get("decompress") == "1",
        accept_encoding=choose_encoding(header.get("accept-encoding", ""))
        if compression_on
        else "",
        native_answer=fields.get("compress") == "1",
        wait_end=_on(fields, "wait_end_of_query"),
        cancel_on_close=_on(fields, "cancel_http_readonly_queries_on_client_close"),
        buffer_size=min(_number(fields, "buffer_size"), _MOST_HELD_BACK),
        protocol_version=_number(fields, "client_protocol_version"),
        progress_every=_progress_interval(fields),
        cross_origin=_on(fields, "add_http_cors_header") and bool(header.get("origin")),
    )


def is_setting(name: str) -> bool:
    """Is a field of this name a setting of the engine?"""
    return name not in _TRANSPORT and not name.startswith("param_")


def _on(fields: dict[str, str], name: str) -> bool:
    return fields.get(name, "0") not in ("", "0", "false")


def _number(fields: dict[str, str], name: str, default: int = 0) -> int:
    text = fields.get(name) or str(default)
    if not text.isdecimal():
        raise DatabaseError(
            72, f"Cannot parse {name} = '{text}': it must be a whole number", "CANNOT_PARSE_NUMBER"
        )
    return int(text)


def _progress_interval(fields: dict[str, str]) -> float:
    if not _on(fields, "send_progress_in_http_headers"):
        return 0.0
    milliseconds = _number(fields, "http_headers_progress_interval_ms", 100)
    return max(milliseconds, _SHORTEST_INTERVAL_MS) / 1000


def _session(fields: dict[str, str]) -> SessionWish | None:
    if not fields.get("session_id"):
        return None
    try:
        timeout = float(fields.get("session_timeout", "60"))
    except ValueError as error:
        raise DatabaseError(36, "Invalid session timeout", "BAD_ARGUMENTS") from error
    return SessionWish(
        session_id=fields["session_id"],
        timeout=min(max(timeout, 0.0), _LONGEST_SESSION),
        must_exist=fields.get("session_check") == "1",
        close_after=fields.get("close_session") == "1",
    )


def _new_id() -> str:
    return str(uuid.uuid4())
