"""`python -m services.alerts.console`: the operators' page on port 8610."""

import asyncio
import functools
import sys
from types import FrameType

import uvicorn

from services.alerts.console.app import create_app
from services.alerts.console.door import HttpDoor
from services.alerts.console.store import StoreViews
from services.runtime import clickhouse, logs, settings


class _Server(uvicorn.Server):
    """Ends the live streams first: a server waits for its connections, and they never end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        poller = self.config.app.state.console.poller  # type: ignore[union-attr]
        asyncio.get_running_loop().create_task(poller.close())
        super().handle_exit(sig, frame)


def main() -> int:
    """Serve until a signal; 1 with a sentence when a secret is missing."""
    given = settings.load()
    logs.configure(given.log_level)
    password = given.console_password.get_secret_value()
    key = given.admin_key.get_secret_value()
    if not password or not key:
        sys.stderr.write(
            "缺少 PACEKEEPER_CONSOLE_PASSWORD 或 PACEKEEPER_ADMIN_KEY："
            "请设置，或先运行 pacekeeper up。 / "
            "PACEKEEPER_CONSOLE_PASSWORD or PACEKEEPER_ADMIN_KEY is missing: "
            "set it, or run `pacekeeper up` first.\n"
        )
        return 1
    connect = functools.partial(
        clickhouse.connect, given.clickhouse_url, "bi", given.bi_password.get_secret_value()
    )
    app = create_app(StoreViews(connect), HttpDoor(given.ingest_address, key), password)
    server = _Server(
        uvicorn.Config(
            app,
            host=given.listen,
            port=given.console_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    )
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
