"""KILL QUERY finds queries by the ids that clients gave them."""

from __future__ import annotations

import pytest

from deploy.local.clickhouse.kill import by_comment, is_kill, wanted_id


def test_only_a_kill_of_a_query_is_one() -> None:
    assert is_kill(b"/* now */ kill query WHERE 1")
    assert not is_kill(b"KILL MUTATION WHERE 1")
    assert not is_kill(b"KILL")
    assert not is_kill(b"SELECT 'KILL QUERY'")


def test_ids_and_users_are_read_from_the_comment() -> None:
    text = by_comment(b"KILL QUERY WHERE query_id = 'query_id' AND `user` = 'bi' SYNC")
    mark = b"Settings['log_comment']"
    assert text == (
        b"KILL QUERY WHERE substring(%b, position(%b, '/') + 1) = 'query_id'"
        b" AND substring(%b, 1, position(%b, '/') - 1) = 'bi' SYNC" % ((mark,) * 4)
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"KILL QUERY WHERE query_id = 'a-1'", ("a-1", "ASYNC")),
        (b"kill query where `query_id`='a' sync;", ("a", "SYNC")),
        (b"KILL QUERY WHERE query_id = 'a' FORMAT JSON", ("a", "ASYNC")),
        (b"KILL QUERY WHERE query_id = 'a' TEST FORMAT JSON", ("a", "TEST")),
        (b"KILL QUERY WHERE query_id = '\\x61'", None),
        (b"KILL QUERY WHERE query_id = 'a' OR 1", None),
        (b"KILL QUERY WHERE query_id IN (SELECT query_id FROM system.processes)", None),
        (b"KILL QUERY WHERE user = 'a'", None),
        (b"KILL QUERY", None),
    ],
)
def test_a_plain_kill_names_one_query(text: bytes, wanted: tuple[str, str] | None) -> None:
    assert wanted_id(text) == wanted
