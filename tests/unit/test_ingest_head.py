"""The head of a request on a real socket: bounded in bytes and in time; the port's own errors."""

import socket
import threading
import time
from collections.abc import Iterator

import orjson
import pytest
import uvicorn

from services.ingest import __main__ as program
from services.ingest import head
from services.ingest.app import in_memory
from services.runtime.settings import Settings
from tests.builders import defined, observed
from tests.unit.ingest_front_door import entity


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(head, "HEAD_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        in_memory("admin").door, http=head.BoundedHead, ws="none", log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def spoken(port: int, *parts: bytes, pause: float = 0) -> bytes:
    """All that the server answers until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
        return answer


LAST = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
KEPT = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"


def test_a_whole_head_is_answered(port):
    assert spoken(port, LAST).startswith(b"HTTP/1.1 200")


def test_several_requests_on_one_connection_are_answered(port):
    assert spoken(port, KEPT, KEPT, LAST, pause=0.05).count(b"HTTP/1.1 200") == 3


def test_a_head_over_64_kib_is_431(port):
    big = b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"x" * 70_000
    assert spoken(port, big).startswith(b"HTTP/1.1 431")


def test_a_body_of_any_size_is_no_part_of_the_head(port):
    body = b"x" * 200_000
    post = b"POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n" + body
    # Head and body at once, so that the server reads them in one piece.
    assert spoken(port, post, post, LAST, pause=0.05).count(b"HTTP/1.1 405") == 2


def posted(*events: bytes, close: bool = False) -> bytes:
    """A request with these events."""
    body = b"\n".join(events)
    more = "connection: close\r\n" if close else ""
    head = (
        "POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin\r\n"
        f"content-type: application/x-ndjson\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode() + body


def test_an_acceptance_is_the_same_whether_the_connection_stays_or_not(port):
    answer = spoken(
        port,
        posted(entity(), defined()),
        posted(observed(id="1")) + posted(observed(id="2")),
        posted(observed(id="3"), close=True),
        pause=0.05,
    )
    bodies = []
    while answer:
        head_, _, rest = answer.partition(b"\r\n\r\n")
        assert head_.startswith(b"HTTP/1.1 202 Accepted\r\n")
        fields = dict(line.split(b": ", 1) for line in head_.split(b"\r\n")[1:])
        assert fields[b"content-type"] == b"application/json"
        length = int(fields[b"content-length"])
        bodies.append(orjson.loads(rest[:length]))
        answer = rest[length:]
    assert [body["accepted"] for body in bodies] == [2, 1, 1, 1]
    assert fields[b"connection"] == b"close"


@pytest.mark.parametrize("parts", [[], [b"GET /healthz HTT"], [KEPT, b"GET /healthz HTTP/1.1\r\n"]])
def test_a_head_that_does_not_come_closes_the_connection(port, parts):
    started = time.monotonic()
    answer = spoken(port, *parts)
    assert answer.count(b"HTTP/1.1 200") == parts.count(KEPT)
    assert time.monotonic() - started < 4


def test_a_taken_port_is_named_with_what_changes_it(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(ingest_port=taken.getsockname()[1])
        assert program._listen(settings) is None


def test_a_free_port_is_listened_on():
    with socket.create_server(("127.0.0.1", 0)) as found:
        free = found.getsockname()[1]
    listening = program._listen(Settings(ingest_port=free))
    assert listening is not None
    listening.close()
