"""The official Node client, @clickhouse/client; its program is node/client.mjs."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.absent import not_run
from tests.contract.clickhouse_clients import ground
from tests.contract.clickhouse_clients.expected import AS_JSON as FULL
from tests.contract.clickhouse_clients.program import BUILD, HERE, Answers, prepare, run
from tests.integration.embedded_clickhouse import WRITER, Running


@pytest.fixture(scope="module")
def folder() -> Path:
    """The client as npm installs it from the committed lock."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        not_run("Node.js or npm is not on the path")
    target = BUILD / "node"
    target.mkdir(parents=True, exist_ok=True)
    for file in (HERE / "node").iterdir():
        shutil.copy(file, target)
    prepare("npm ci", [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], target)
    return target


@pytest.fixture(scope="module")
def answers(server: Running, account: tuple[str, str], folder: Path) -> Answers:
    found = run(["node", "client.mjs"], server, account, folder)
    ground.wait_until_idle(server)
    return found


def test_it_connects(answers: Answers) -> None:
    assert answers["ping"]
    assert answers["ping with a query"]
    assert answers["version"].startswith("26.9.")


def test_databases_tables_and_columns_can_be_browsed(answers: Answers) -> None:
    assert "bi" in answers["databases"]
    assert {ground.VIEW, "series"} <= set(answers["tables"])
    columns = {column["name"]: column for column in answers["columns"]}
    assert list(columns) == ground.COLUMNS
    assert columns["name"]["comment"] == ground.COMMENT
    assert columns["amount"]["type"] == "Decimal(38, 10)"


def test_parameters_are_bound_on_the_server(answers: Answers) -> None:
    assert answers["parameters"] == [
        {
            "text": "武进'; DROP TABLE x --\\\t\n",
            "number": "18446744073709551615",
            "amount": "1234567890123456789012345678.0123456789",
            "words": ["武进", "新'北"],
            "shares": {"公共桩": 3},
            "nothing": None,
            "flag": True,
            "at": "2024-07-10 01:00:00.123",
        }
    ]


def test_every_common_type_reads_back_in_the_json_formats(answers: Answers) -> None:
    rows = answers["JSONEachRow"]
    assert rows[0] == FULL
    assert [name for name, value in rows[1].items() if value is None] == ["note", "tag", "change"]
    assert answers["JSON"]["data"] == rows
    names, types, *compact = answers["JSONCompactEachRowWithNamesAndTypes"]
    assert names == ground.COLUMNS
    assert types == [kind for kind, _, _ in ground.TYPES.values()]
    assert compact == [list(row.values()) for row in rows]


def test_every_common_type_reads_back_as_text(answers: Answers) -> None:
    table = list(csv.DictReader(io.StringIO(answers["CSVWithNames"])))
    assert table[0]["name"] == FULL["name"]
    assert table[0]["shares"] == "{'公共桩':12.5,'专用桩':3.25}"
    assert [row.split("\t")[0] for row in answers["TabSeparatedRaw"].splitlines()] == ["1", "2"]


def test_two_hundred_thousand_rows_stream(answers: Answers) -> None:
    assert answers["stream"] == [ground.SERIES_ROWS, ground.SERIES_SUM]
    assert answers["compressed stream"] == ground.SERIES_ROWS


def test_a_format_with_a_header_has_it_once_in_a_long_stream(answers: Answers) -> None:
    header = 1 + len("\x02id\x04name\x06UInt32\x06String")
    assert answers["typed binary"] == header + ground.SERIES_ROWS * 12


def test_an_sql_error_has_its_code(answers: Answers) -> None:
    error = answers.error("sql error")
    assert error["server"]
    assert (error["code"], error["type"]) == ("47", "UNKNOWN_IDENTIFIER")


def test_an_error_after_the_first_rows_is_an_error(answers: Answers) -> None:
    error = answers.error("late error")
    assert (error["code"], error["type"]) == ("395", "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO")


def test_a_slow_query_ends_at_its_limit(answers: Answers) -> None:
    error = answers.error("limit")
    assert (error["code"], error["type"]) == ("159", "TIMEOUT_EXCEEDED")


def test_a_client_that_stops_waiting_stops_the_work_and_can_ask_again(answers: Answers) -> None:
    assert answers.error("impatience")["message"] == "Timeout error."
    assert answers.error("abort")["message"] == "The user aborted a request."
    assert answers["afterwards"] == [{"one": 1}]


def test_ten_thousand_rows_are_inserted_and_bi_inserts_none(
    answers: Answers, account: tuple[str, str]
) -> None:
    if account != WRITER:
        assert answers.error("insert")["code"] in ("164", "497")
        return
    total = sum(range(ground.INSERTED_ROWS)) // 4
    assert answers["insert"] == str(ground.INSERTED_ROWS)
    assert answers["insert as a compressed stream"] == str(ground.INSERTED_ROWS)
    assert answers["inserted"] == [
        {"rows": str(ground.INSERTED_ROWS), "total": str(total), "words": ["武进", "桩"]}
    ]
    assert answers["command"] == "done"


def test_a_wrong_password_is_refused_with_516(answers: Answers) -> None:
    assert answers.error("wrong password")["code"] == "516"
