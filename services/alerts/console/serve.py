"""Serves the console on a port."""

import socket

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 5


class Server(uvicorn.Server):
    """Ends the live streams before it waits for its connections: of themselves they never end."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._poller = app.state.console.poller

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        await self._poller.close()
        await super().shutdown(sockets)
