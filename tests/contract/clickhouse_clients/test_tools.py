"""What tools that cannot run here send over HTTP: Grafana, ODBC, Excel and Power BI, Metabase."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

import httpx
import pytest

from tests.contract.clickhouse_clients import ground
from tests.integration.embedded_clickhouse import READER, Running

# The settings that Grafana's driver adds for each compression that a data source may be set to.
GRAFANA = {
    "none": {},
    "lz4": {"compress": "1", "network_compression_method": "LZ4"},
    "zstd": {
        "compress": "1",
        "network_compression_method": "ZSTD",
        "network_zstd_compression_level": "3",
    },
}
SCHEMA_QUESTIONS = [
    "SELECT displayName(), version(), revision(), timezone()",
    "SHOW DATABASES",
    'SHOW TABLES FROM "bi"',
    'DESC TABLE "bi"."all_types"',
    "SELECT name, type, table FROM system.columns WHERE database IN ('bi')",
    "SELECT name FROM system.functions",
    "SELECT DISTINCT name FROM bi.series LIMIT 1000",
]
CHARTS = [
    "SELECT toStartOfInterval(toDateTime(recorded), INTERVAL 86400 second) AS time, kind, "
    "count() FROM bi.all_types WHERE recorded >= toDateTime64(1704067200000 / 1000, 3) "
    "AND recorded <= toDateTime64(1735689600000 / 1000, 3) GROUP BY time, kind ORDER BY time",
    "SELECT toStartOfMonth(toDateTime(`source`.`recorded`)) AS `recorded`, "
    "SUM(`source`.`ratio`) AS `sum` FROM (SELECT * FROM `bi`.`all_types`) AS `source` "
    "GROUP BY toStartOfMonth(toDateTime(`source`.`recorded`)) ORDER BY `recorded` ASC LIMIT 2000",
    "SELECT `name`, quantile(0.9)(`value`) AS `各区县` FROM `bi`.`series` "
    "WHERE positionCaseInsensitive(`name`, '区县') > 0 GROUP BY `name` LIMIT 1048575",
]


@pytest.mark.parametrize("compression", list(GRAFANA))
@pytest.mark.parametrize("question", [*SCHEMA_QUESTIONS, *CHARTS])
def test_grafana_gets_blocks_for_its_questions(
    server: Running, account: tuple[str, str], compression: str, question: str
) -> None:
    parameters = {"database": "bi", "default_format": "Native", "client_protocol_version": "54460"}
    answer = server.ask(question, account, **parameters, **GRAFANA[compression])
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-ClickHouse-Format"] == "Native"
    assert answer.content


def test_the_odbc_driver_asks_at_a_path_of_its_own(
    server: Running, account: tuple[str, str]
) -> None:
    with httpx.Client(auth=account, timeout=30) as http:
        answer = http.post(
            server.url + "/query",
            params={"database": "bi", "default_format": "ODBCDriver2"},
            content="SELECT id, name FROM all_types ORDER BY id",
        )
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-ClickHouse-Format"] == "ODBCDriver2"
    assert "常州市武进区" in answer.content.decode("utf-8", "replace")


def test_a_path_without_a_query_is_not_found(server: Running) -> None:
    assert httpx.get(server.url + "/nowhere").status_code == 404


def test_excel_and_power_bi_load_a_table_from_one_url(server: Running) -> None:
    user, password = READER
    address = {"user": user, "password": password, "database": "bi"}
    text = "SELECT id, name AS `名称`, value FROM series ORDER BY id LIMIT 3 FORMAT CSVWithNames"
    answer = httpx.get(f"{server.url}/?{urlencode(address | {'query': text})}")
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["名称"] for row in rows] == ["区县0", "区县1", "区县2"]
    assert rows[1]["value"] == "0.25"


def test_power_query_asks_with_basic_credentials_and_its_own_encoding(server: Running) -> None:
    with httpx.Client(auth=READER, headers={"Accept-Encoding": "gzip, deflate"}) as http:
        query = {"database": "bi", "query": "SELECT * FROM series FORMAT CSVWithNames"}
        answer = http.get(server.url, params=query)
    assert answer.text.count("\n") == ground.SERIES_ROWS + 1
