"""What the tests of the aggregate's tables share."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.aggregate import migrate
from tests.integration.embedded_clickhouse import embedded_server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The writer's, of an engine of the module's own with all tables."""
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        client = running.client(autogenerate_session_id=False)
        migrate.migrate(client)
        yield client
        client.close()
