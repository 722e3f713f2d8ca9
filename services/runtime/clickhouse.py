"""The door to ClickHouse: a client, and foreign errors translated once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError
from urllib3.exceptions import HTTPError

from services.runtime.errors import AwayError, RefusedError

_CODE = re.compile(r"code:? ([0-9]+)")
# What the engine answers when it is busy, full or going down: the same statement may do later.
_PASSING = frozenset({159, 202, 203, 209, 210, 236, 241, 242, 243, 252, 319, 373, 394, 425, 999})


@contextmanager
def translated() -> Iterator[None]:
    """AwayError for what may succeed later, RefusedError for a statement that never will."""
    try:
        yield
    except DatabaseError as error:
        if isinstance(error, OperationalError) or _code(error) in _PASSING:
            raise AwayError(str(error)) from error
        raise RefusedError(str(error)) from error
    except (ClickHouseError, HTTPError, OSError) as error:
        raise AwayError(f"{type(error).__name__}: {error}") from error


def _code(error: Exception) -> int:
    found = _CODE.search(str(error))
    return int(found[1]) if found else 0


def connect(url: str, user: str, password: str, *, patience: float = 60, **settings: Any) -> Client:
    """A client of one thread; an answer may take `patience` seconds. AwayError without one."""
    parts = urlsplit(url)
    with translated():
        return clickhouse_connect.get_client(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (8443 if parts.scheme == "https" else 8123),
            secure=parts.scheme == "https",
            username=user,
            password=password,
            autogenerate_session_id=False,
            connect_timeout=min(5, patience),
            send_receive_timeout=patience,
            query_retries=0,
            settings=settings,
        )
