"""Health of a process without a web framework: /healthz, /readyz and /metrics in a thread."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Checks = Callable[[], Mapping[str, bool]]


def serve(host: str, port: int, checks: Checks) -> ThreadingHTTPServer:
    """Answer on `port` until the process ends. Ready when every check is true."""

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
                self._answer(404, b'{"status":"not found"}', "application/json")

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
