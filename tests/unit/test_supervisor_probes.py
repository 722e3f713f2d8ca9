"""Ready probes against small servers that answer well, badly, or not at all."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local import probes
from deploy.local.ports import free_port
from deploy.local.probes import file_ready, http_ready, kafka_ready


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server that reads one request, answers these bytes and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.0 200 \r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"HTTP/1.1 404 200\r\n\r\n", False),
        (b"nonsense", False),
        (b"", False),
    ],
)
def test_http_is_ready_on_200_alone(answer: bytes, ready: bool) -> None:
    with answering(answer) as port:
        assert http_ready(port, "/readyz")() is ready


def metadata(correlation: int, brokers: int) -> bytes:
    body = struct.pack(">ii", correlation, brokers) + b"the rest"
    return struct.pack(">i", len(body)) + body


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (metadata(1, 1), True),
        (metadata(1, 0), False),
        (metadata(2, 1), False),
        (struct.pack(">i", 4) + b"\0\0\0\1", False),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False),
        (b"\0\0", False),
        (b"", False),
    ],
)
def test_kafka_is_ready_when_a_broker_is_listed(answer: bytes, ready: bool) -> None:
    with answering(answer) as port:
        assert kafka_ready(port)() is ready


def test_nobody_listening_is_not_ready() -> None:
    port = free_port()
    assert not http_ready(port, "/readyz")()
    assert not kafka_ready(port)()


def test_a_server_that_never_answers_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not http_ready(port, "/readyz")()
        assert not kafka_ready(port)()


def test_an_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_LARGEST_ANSWER", 20)
    with answering(b"HTTP/1.1 200 OK\r\n" + b"x" * 100_000) as port:
        assert http_ready(port, "/readyz")()


def test_a_flag_is_ready_once_it_is_there(tmp_path: Path) -> None:
    ready = file_ready(tmp_path / "flag")
    assert not ready()
    (tmp_path / "flag").touch()
    assert ready()
