"""Health of a process without a web framework: /healthz, /readyz and /metrics in a thread."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Checks = Callable[[], Mapping[str, bool]]
_LONGEST_BODY = 64 * 1024


class Asked(NamedTuple):
    """A request for something else than health; `key` is the bearer's."""

    method: str
    path: str
    key: str
    body: bytes


class Answer(NamedTuple):
    """A status and the JSON that goes with it."""

    status: int
    body: Mapping[str, Any]


Door = Callable[[Asked], Answer]


def nothing_else(asked: Asked) -> Answer:
    """A process that answers for its health alone."""
    return Answer(404, {"status": "not found"})


def serve(
    host: str,
    port: int,
    checks: Checks,
    door: Door = nothing_else,
    longest_body: int = _LONGEST_BODY,
) -> ThreadingHTTPServer:
    """Answer on `port` until the process ends. Ready when every check is true.

    What is no question of health goes to the door, in a thread of its own.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._answer(200, b'{"status":"ok"}', "application/json")
            elif self.path == "/readyz":
                found = dict(checks())
                ready = all(found.values())
                body = json.dumps({"status": "ready" if ready else "not ready", "checks": found})
                self._answer(200 if ready else 503, body.encode(), "application/json")
            elif self.path == "/metrics":
                self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)
            else:
                self._ask(b"")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdecimal() or int(length) > longest_body:
                self.close_connection = True
                self._answer(413, b'{"status":"too large"}', "application/json")
                return
            self._ask(self.rfile.read(int(length)))

        def _ask(self, body: bytes) -> None:
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            answer = door(Asked(self.command, self.path, key, body))
            said = json.dumps(answer.body, ensure_ascii=False).encode()
            self._answer(answer.status, said, "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """A probe every 100 ms is no news."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()
    return server
