"""Ready probes: each asks one part once and says whether it is ready, never raising for a no.

They are written on sockets because the supervisor lives as long as the stack: an HTTP library and a
Kafka client would cost it 20 MB for a question asked for a few seconds.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deploy.local.ports import HOST

Probe = Callable[[], bool]

_TIMEOUT_SECONDS = 2.0
_LARGEST_ANSWER = 1024 * 1024
_METADATA_KEY, _METADATA_VERSION = 3, 1
_CLIENT = b"pacekeeper-probe"
_CORRELATION = 1


def http_ready(port: int, path: str) -> Probe:
    """Ready when GET `path` answers 200."""
    return partial(_ask_http, port, path)


def kafka_ready(port: int) -> Probe:
    """Ready when a metadata request is answered with at least one live broker."""
    return partial(_ask_metadata, port)


def file_ready(path: Path) -> Probe:
    """Ready when the file is there; the supervisor removes it before each start of the part."""
    return path.exists


def _ask_http(port: int, path: str) -> bool:
    request = f"GET {path} HTTP/1.0\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((HOST, port), _TIMEOUT_SECONDS) as connection:
            connection.sendall(request.encode("ascii"))
            status_line = _receive_all(connection).partition(b"\r\n")[0]
    except OSError:
        return False
    return status_line.split(b" ")[1:2] == [b"200"]


def _ask_metadata(port: int) -> bool:
    """Send Metadata v1 for no topic: the answer lists only brokers that the controller unfenced."""
    head = struct.pack(">hhih", _METADATA_KEY, _METADATA_VERSION, _CORRELATION, len(_CLIENT))
    body = head + _CLIENT + struct.pack(">i", 0)
    try:
        with socket.create_connection((HOST, port), _TIMEOUT_SECONDS) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            (size,) = struct.unpack(">i", _receive(connection, 4))
            correlation, brokers = struct.unpack(">ii", _receive(connection, min(size, 8)))
    except (OSError, struct.error):
        return False
    return bool(correlation == _CORRELATION and brokers > 0)


def _receive(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        chunk = connection.recv(size - len(parts))
        if not chunk:
            raise ConnectionError("closed before the whole answer came")
        parts += chunk
    return bytes(parts)


def _receive_all(connection: socket.socket) -> bytes:
    """The whole answer, so that closing does not reset a connection the server still writes to."""
    parts = bytearray()
    while len(parts) < _LARGEST_ANSWER and (chunk := connection.recv(65536)):
        parts += chunk
    return bytes(parts)
