"""Who a request says it is: three ways, one at a time, as a server takes them."""

from __future__ import annotations

from base64 import b64encode

import pytest

from deploy.local.clickhouse.credentials import Credentials, read_credentials
from deploy.local.clickhouse.errors import DatabaseError

BASIC = {"authorization": b"Basic " + b64encode("bi:ge:heim 中".encode())}
OWN = {"x-clickhouse-user": b"u", "x-clickhouse-key": b"k"}
URL = {"user": "a", "password": "b"}


def test_each_way_names_a_user_and_a_password() -> None:
    assert read_credentials({}, BASIC) == Credentials("bi", "ge:heim 中")
    assert read_credentials({}, OWN) == Credentials("u", "k")
    assert read_credentials(URL, {}) == Credentials("a", "b")
    assert read_credentials({"user": "a"}, {}) == Credentials("a", "")


def test_without_any_the_user_is_default() -> None:
    assert read_credentials({}, {}) == Credentials("default", "")
    assert read_credentials({"password": "b"}, {}) == Credentials("default", "b")


def test_a_header_that_says_never_is_none() -> None:
    assert read_credentials(URL, {"authorization": b"never"}) == Credentials("a", "b")


@pytest.mark.parametrize(
    ("fields", "headers", "words"),
    [
        ({}, BASIC | OWN, "X-ClickHouse HTTP headers and Authorization HTTP header"),
        (URL, OWN, "X-ClickHouse HTTP headers and authentication via parameters"),
        ({"password": ""}, BASIC, "Authorization HTTP header and authentication via parameters"),
        (URL, BASIC | OWN, "simultaneously"),
        ({}, {"x-clickhouse-key": b"k"}, "Got an empty user name from X-ClickHouse HTTP headers"),
        ({}, {"authorization": b"Basic Onh4"}, "Got an empty user name"),
        ({"user": ""}, {}, "Got an empty user name from authentication via parameters"),
        ({}, {"authorization": b"Bearer x"}, "'Bearer' HTTP Authorization scheme"),
        ({}, {"authorization": b"Basic !!!"}, "Invalid HTTP Basic"),
    ],
)
def test_what_a_server_refuses_to_read_is_516(
    fields: dict[str, str], headers: dict[str, bytes], words: str
) -> None:
    with pytest.raises(DatabaseError, match=words) as refused:
        read_credentials(fields, headers)
    assert refused.value.code == 516


def test_a_password_does_not_show() -> None:
    assert "k" not in repr(read_credentials({}, {"x-clickhouse-user": b"u"} | OWN)).split("(")[1]
