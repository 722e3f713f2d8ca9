"""The engine's messages read into numbers, names and texts, and given on as a server does."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.answer import Voice, error_inside
from deploy.local.clickhouse.errors import DatabaseError, from_engine
from deploy.local.clickhouse.request import Request


@pytest.mark.parametrize(
    ("message", "code", "name", "text"),
    [
        (
            "Code: 60. DB::Exception: Table a.b does not exist. (UNKNOWN_TABLE)",
            60,
            "UNKNOWN_TABLE",
            "Table a.b does not exist.",
        ),
        (
            "Streaming failed: Code: 395. DB::Exception: no (x) (THROW_IF) (version 26.9.2.1)",
            395,
            "THROW_IF",
            "no (x)",
        ),
        (
            "Code: 62. DB::Exception: Syntax\nerror (SYNTAX_ERROR) (version 26 (official build))",
            62,
            "SYNTAX_ERROR",
            "Syntax\nerror",
        ),
        (
            "Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown format X. (UNKNOWN_FORMAT) "
            "(version 26.9.2.1). (UNKNOWN_FORMAT) (version 26.9.2.1)",
            73,
            "UNKNOWN_FORMAT",
            "Unknown format X.",
        ),
        (
            "Code: 27. DB::Exception: No number: (at row 1)\n: (in file/uri /dev/fd/14): While "
            "executing File. (CANNOT_PARSE) (version 26.9.2.1)",
            27,
            "CANNOT_PARSE",
            "No number: (at row 1)\n: While executing File.",
        ),
        ("nothing of its own", 1001, "STD_EXCEPTION", "nothing of its own"),
    ],
)
def test_a_message_of_the_engine_is_taken_apart(
    message: str, code: int, name: str, text: str
) -> None:
    error = from_engine(message)
    assert (error.code, error.label, error.text) == (code, name, text)


@pytest.mark.parametrize(
    ("code", "status"), [(516, 403), (194, 401), (60, 404), (62, 400), (48, 501), (241, 500)]
)
def test_a_code_has_its_status(code: int, status: int) -> None:
    assert DatabaseError(code, "x").status == status


def test_a_failure_names_its_code_in_header_and_body() -> None:
    headers, body = Voice("26.9", "UTC").failure(
        Request("POST", query_id="q"), DatabaseError(516, "no")
    )
    names = dict(headers)
    assert names[b"x-clickhouse-exception-code"] == b"516"
    assert names[b"x-clickhouse-query-id"] == b"q"
    assert body == (
        b"Code: 516. DB::Exception: no (AUTHENTICATION_FAILED) (version 26.9 (official build))\n"
    )


def test_a_query_id_cannot_add_a_header() -> None:
    asked = Request("POST", query_id="q\r\nX-Evil: 1")
    headers, _ = Voice("26.9", "UTC").failure(asked, DatabaseError(62, "x"))
    assert all(b"\n" not in value for _, value in headers)


def test_an_error_inside_a_body_tells_the_length_of_its_message() -> None:
    marked = error_inside("TAG", DatabaseError(395, "late", "THROWN"), "26.9")
    start, end = b"\r\n__exception__\r\nTAG\r\n", b" TAG\r\n__exception__\r\n"
    assert marked.startswith(start)
    assert marked.endswith(end)
    message, _, length = marked[len(start) : -len(end)].rpartition(b"\n")
    assert int(length) == len(message) + 1
