"""One embedded server for all clients, and the two accounts that they come with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.clickhouse_clients import ground
from tests.integration.embedded_clickhouse import READER, WRITER, Running, embedded_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("clients")) as running:
        ground.build(running)
        yield running


@pytest.fixture(params=[WRITER, READER], ids=["pacekeeper", "bi"], scope="module")
def account(request: pytest.FixtureRequest) -> tuple[str, str]:
    chosen: tuple[str, str] = request.param
    return chosen
