"""Questions of who is asking."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.accounts import READER, WRITER, reader
from deploy.local.clickhouse.identity import personal

ANNA = reader("anna")


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        (b"SELECT currentUser()", b"SELECT ('anna' AS `currentUser()`)"),
        (b"SELECT user ( ), 1", b"SELECT ('anna' AS `user ( )`), 1"),
        (b"SELECT current_user() AS u", b"SELECT 'anna' AS u"),
        (b"WITH currentUser() AS u SELECT u", b"WITH 'anna' AS u SELECT u"),
        ("SELECT '用户', user() -- user()".encode(), None),
        (b"SELECT user FROM t", b"SELECT user FROM t"),
        (b"SELECT 'currentUser()', t.user() FROM t", b"SELECT 'currentUser()', t.user() FROM t"),
        (b"SELECT upper(user)", b"SELECT upper(user)"),
        (b"CREATE VIEW v AS SELECT currentUser()", b"CREATE VIEW v AS SELECT currentUser()"),
        (b"SELECT '\xff', 1", b"SELECT '\xff', 1"),
    ],
)
def test_calls_are_answered_and_nothing_else(text: bytes, answered: bytes | None) -> None:
    expected = answered or "SELECT '用户', ('anna' AS `user()`) -- user()".encode()
    assert personal(text, ANNA) == expected


def test_the_writer_is_called_by_its_name_too() -> None:
    assert personal(b"SELECT currentUser() AS u", WRITER) == b"SELECT 'pacekeeper' AS u"


def test_a_reader_is_told_what_it_may_read() -> None:
    assert personal(b"SHOW GRANTS FORMAT JSON", READER) == (
        b"SELECT arrayJoin(['GRANT SELECT ON bi.* TO bi', "
        b"'GRANT SELECT ON information_schema.* TO bi']) AS `GRANTS` FORMAT JSON"
    )
    assert personal(b"show grants for bi;", READER).endswith(b"AS `grants for bi`")
    assert personal(b"SHOW GRANTS FOR CURRENT_USER", READER).startswith(b"SELECT")


def test_what_others_may_do_is_left_to_the_guard() -> None:
    for text in (b"SHOW GRANTS FOR pacekeeper", b"SHOW GRANTS WITH IMPLICIT"):
        assert personal(text, READER) == text
    assert personal(b"SHOW GRANTS", WRITER) == b"SHOW GRANTS"
