"""Starts the door: `python -m services.ingest`."""

import gc
import socket
import sys

import uvicorn

from services.ingest.app import on_kafka
from services.ingest.head import BoundedHead
from services.runtime import logs
from services.runtime.errors import RefusedError
from services.runtime.settings import Settings, load

_LAST_REQUESTS_SECONDS = 20


def _listen(settings: Settings) -> socket.socket | None:
    try:
        return socket.create_server((settings.listen, settings.ingest_port), backlog=2048)
    except OSError as error:
        log = logs.get("ingest")
        log.error(
            "port_taken",
            port=settings.ingest_port,
            error=str(error),
            remedy="PACEKEEPER_INGEST_PORT 可改用其他端口 / PACEKEEPER_INGEST_PORT changes it",
        )
        return None


def main() -> int:
    """Serve until TERM; what is in flight then is finished first."""
    settings = load()
    logs.configure(settings.log_level)
    try:
        door = on_kafka(settings)
    except RefusedError as error:
        logs.get("ingest").error("giving_up", reason="lamps", error=str(error))
        return 1
    # A request leaves no cycles behind: looking for some as often as Python does by itself takes
    # up to a quarter of the door's time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    listening = _listen(settings)
    if listening is None:
        return 1
    config = uvicorn.Config(
        door,
        http=BoundedHead,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_LAST_REQUESTS_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
