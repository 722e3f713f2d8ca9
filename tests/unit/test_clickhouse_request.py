"""What a client asked for, read from its URL and headers."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.request import Credentials, Request, read_request


def read(method: str = "POST", headers: dict[str, str] | None = None, **fields: str) -> Request:
    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return read_request(method, urlencode(fields).encode(), raw)


def test_what_is_no_transport_name_is_a_setting() -> None:
    request = read(
        query="SELECT 1",
        database="bi",
        param_x="1",
        max_threads="2",
        allow_suspicious_low_cardinality_types="1",
        client_protocol_version="54405",
        wait_end_of_query="1",
    )
    assert request.settings == {
        "max_threads": "2",
        "allow_suspicious_low_cardinality_types": "1",
    }
    assert request.params == {"x": "1"}
    assert (request.query, request.database, request.wait_end) == (b"SELECT 1", "bi", True)


def test_a_query_in_the_url_keeps_bytes_that_are_no_text() -> None:
    request = read_request("GET", b"query=SELECT%20'%ff%e4%b8%ad'", [])
    assert request.query == b"SELECT '\xff\xe4\xb8\xad'"


def test_headers_name_format_database_and_id_where_the_url_does_not() -> None:
    headers = {
        "X-ClickHouse-Format": "CSV",
        "X-ClickHouse-Database": "bi",
        "X-ClickHouse-Query-Id": "q",
    }
    request = read(headers=headers, default_format="JSON")
    assert (request.format, request.database, request.query_id) == ("CSV", "bi", "q")
    assert read(default_format="JSON").format == "JSON"
    assert read().query_id != read().query_id


def test_a_request_without_credentials_is_of_the_default_user() -> None:
    assert read().credentials == Credentials("default", "")
    assert read(user="a", password="b").credentials == Credentials("a", "b")


def test_a_session_has_a_timeout_within_bounds() -> None:
    assert read().session is None
    session = read(session_id="s", session_timeout="999999", session_check="1").session
    assert session is not None
    assert (session.timeout, session.must_exist) == (3600.0, True)
    with pytest.raises(DatabaseError):
        read(session_id="s", session_timeout="soon")


def test_answers_are_packed_unless_the_url_says_no() -> None:
    accept = {"Accept-Encoding": "gzip"}
    assert read(headers=accept).accept_encoding == "gzip"
    assert read(headers=accept, enable_http_compression="0").accept_encoding == ""


def test_only_get_and_head_are_bound_to_reading() -> None:
    assert [read(m).changes_allowed for m in ("GET", "HEAD", "POST", "PUT")] == [
        False,
        False,
        True,
        True,
    ]


def test_what_is_asked_of_the_answer_is_read_from_the_url() -> None:
    asked = read(
        headers={"origin": "http://page"},
        add_http_cors_header="1",
        buffer_size="1000",
        client_protocol_version="54460",
        send_progress_in_http_headers="1",
        http_headers_progress_interval_ms="250",
    )
    assert (asked.cross_origin, asked.buffer_size) == (True, 1000)
    assert (asked.protocol_version, asked.progress_every) == (54460, 0.25)
    assert asked.settings == {}
    assert not read(add_http_cors_header="1").cross_origin
    assert read(http_headers_progress_interval_ms="250").progress_every == 0


def test_a_number_that_is_none_is_an_error_with_its_name() -> None:
    with pytest.raises(DatabaseError, match="Cannot parse buffer_size = 'x'"):
        read(buffer_size="x")
