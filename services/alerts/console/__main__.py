"""`python -m services.alerts.console`: the operators' page on port 8610."""

import functools
import sys

from services.alerts.console.app import create_app
from services.alerts.console.door import HttpDoor
from services.alerts.console.lamps import learn
from services.alerts.console.serve import Server
from services.alerts.console.store import StoreViews
from services.runtime import clickhouse, lamps, logs, settings
from services.runtime.errors import RefusedError
from services.runtime.operators import OperatorFile


def main() -> int:
    """Serve until a signal; 1 with a sentence when a secret is missing or the lamps are wrong."""
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
    try:
        learn(lamps.own(given))
    except RefusedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    connect = functools.partial(
        clickhouse.connect, given.clickhouse_url, "bi", given.bi_password.get_secret_value()
    )
    app = create_app(
        StoreViews(connect),
        HttpDoor(given.ingest_address, key),
        password,
        OperatorFile(given.operators_file),
    )
    server = Server(app, given.listen, given.console_port)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
