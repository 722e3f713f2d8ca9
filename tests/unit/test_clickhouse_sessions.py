"""Sessions: one request at a time, each for its account, gone after their timeout."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from deploy.local.clickhouse.accounts import READER, WRITER
from deploy.local.clickhouse.engine import Connection, Engine
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.lock import AlreadyRunningError, DataLock
from deploy.local.clickhouse.request import SessionWish
from deploy.local.clickhouse.sessions import Session, Sessions, comment_of


class Raw:
    """Stands in for the engine's side of a connection, which may only be closed here."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_session_is_kept_busy_freed_and_forgotten() -> None:
    clock, raw = Clock(), Raw()
    sessions, wish = Sessions(clock, patience=0), SessionWish("s", timeout=10)
    first = sessions.acquire("bi", wish, lambda: Session(Connection(raw), "bi"))
    with pytest.raises(DatabaseError, match="locked by a concurrent client") as busy:
        sessions.acquire("bi", wish, lambda: Session(Connection(Raw()), "bi"))
    assert busy.value.code == 373
    sessions.release("bi", wish)
    assert sessions.acquire("bi", wish, lambda: Session(Connection(Raw()), "bi")) is first
    sessions.release("bi", wish)
    clock.now = 11
    again = sessions.acquire("bi", wish, lambda: Session(Connection(Raw()), "bi"))
    assert again is not first
    assert raw.closed


def test_a_request_waits_for_the_one_its_client_gave_up_on() -> None:
    sessions, wish = Sessions(patience=60), SessionWish("s")
    first = sessions.acquire("bi", wish, lambda: Session(Connection(Raw()), "bi"))
    letting_go = threading.Timer(0.05, sessions.release, ("bi", wish))
    letting_go.start()
    assert sessions.acquire("bi", wish, lambda: Session(Connection(Raw()), "bi")) is first
    letting_go.join()


def test_accounts_do_not_share_a_session() -> None:
    sessions, wish = Sessions(Clock()), SessionWish("s")
    mine = sessions.acquire("bi", wish, lambda: Session(Connection(Raw()), "bi"))
    other = sessions.acquire("pacekeeper", wish, lambda: Session(Connection(Raw()), "default"))
    assert mine is not other


def test_a_session_may_have_to_exist_and_may_be_closed() -> None:
    sessions, raw = Sessions(Clock()), Raw()
    with pytest.raises(DatabaseError) as unknown:
        sessions.acquire("bi", SessionWish("s", must_exist=True), lambda: pytest.fail("made"))
    assert unknown.value.code == 372
    wish = SessionWish("s", close_after=True)
    sessions.acquire("bi", wish, lambda: Session(Connection(raw), "bi"))
    sessions.release("bi", wish)
    assert raw.closed


def test_the_longest_idle_session_makes_room() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    raws = [Raw() for _ in range(513)]
    for n, raw in enumerate(raws):
        clock.now = n / 1000
        wish = SessionWish(str(n))
        sessions.acquire("bi", wish, lambda raw=raw: Session(Connection(raw), "bi"))  # type: ignore[misc]
        sessions.release("bi", wish)
    assert [raw.closed for raw in raws] == [True] + [False] * 512


def test_a_query_id_marks_its_query_whatever_it_holds() -> None:
    assert comment_of(READER, "plain-id_1.2") == "bi/plain-id_1.2"
    assert comment_of(READER, "x") != comment_of(WRITER, "x")
    assert comment_of(READER, "a' OR 1=1&x=y") == "bi/a' OR 1=1&x=y"


def test_no_setting_slips_into_a_connection_string(tmp_path: Path) -> None:
    engine = Engine.__new__(Engine)
    with pytest.raises(ValueError, match="cannot stand in a connection string"):
        engine.connect({"log_comment": "x&config-file=/etc/passwd"})


def test_a_lock_is_free_again_once_released(tmp_path: Path) -> None:
    held = DataLock(tmp_path)
    with pytest.raises(AlreadyRunningError, match="in use by another"):
        DataLock(tmp_path)
    held.release()
    DataLock(tmp_path).release()
