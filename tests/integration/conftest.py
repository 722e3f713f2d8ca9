"""Engines that the tests share: an empty one, and one with the aggregate's tables."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.embedded_clickhouse import Running, embedded_server, with_tables


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An engine of the module's own, with no tables."""
    with embedded_server(tmp_path_factory.mktemp("clickhouse")) as running:
        yield running


@pytest.fixture
def table(server: Running) -> str:
    """An empty table of numbers and texts."""
    values = "(a UInt32, s String) ENGINE = MergeTree ORDER BY a"
    server.ask(f"CREATE OR REPLACE TABLE pacekeeper.t {values}").raise_for_status()
    return "pacekeeper.t"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The writer's, of an engine of the module's own with all tables."""
    with with_tables(tmp_path_factory.mktemp("clickhouse")) as (writer, _):
        yield writer
