"""Apache Superset with its engine specification for ClickHouse; its program is superset/client.py.

Superset lives in an environment of its own, as it wants other versions of much that is here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.absent import not_run
from tests.contract.clickhouse_clients import ground
from tests.contract.clickhouse_clients.expected import AS_JSON
from tests.contract.clickhouse_clients.program import BUILD, HERE, Answers, prepare, run
from tests.integration.embedded_clickhouse import WRITER, Running

# As pandas has them once they were made JSON; `large` is left out, since Superset itself puts every
# UInt64 into 64 signed bits.
FULL = {name: value for name, value in AS_JSON.items() if name != "large"} | {
    "recorded": "2024-07-10 01:00:00.123000",
    "local": "2024-07-10 09:00:00.123456+08:00",
    "words": r'["\u6b66\u8fdb", "\u65b0\u5317"]',
    "gaps": "[1, null, 3]",
    "shares": "{'公共桩': Decimal('12.50'), '专用桩': Decimal('3.25')}",
    "place": "{'lon': 119.95, 'lat': 31.78}",
    "pair": r'["\u5e8f\u65f6", 7]',
}


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of an environment with Superset, installed by uv from the committed lock."""
    uv = Path(sys.executable).parent / "uv"
    if not uv.exists():
        not_run("uv is not beside this Python")
    BUILD.mkdir(parents=True, exist_ok=True)
    home = BUILD / "superset"
    prepare("uv venv", [uv, "venv", "--allow-existing", "-p", sys.executable, home], BUILD)
    locked = HERE / "superset" / "requirements.txt"
    interpreter = home / "bin" / "python"
    install = [uv, "pip", "sync", "--require-hashes", "-p", interpreter, locked]
    prepare("uv pip sync", install, BUILD)
    return interpreter


@pytest.fixture(scope="module")
def answers(
    server: Running,
    account: tuple[str, str],
    python: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Answers:
    home = tmp_path_factory.mktemp("superset")
    return run([python, HERE / "superset" / "client.py"], server, account, home)


def test_it_connects_by_the_form_of_its_engine_specification(answers: Answers) -> None:
    assert answers["form"] == []
    specification, scheme = answers["specification"]
    assert (specification, scheme) == ("ClickHouseConnectEngineSpec", "clickhousedb+connect")
    assert answers["ping"]
    assert answers["version"].startswith("26.9.")


def test_schemas_tables_and_columns_can_be_browsed(answers: Answers) -> None:
    assert "bi" in answers["schemas"]
    for names in answers["tables"]:
        assert {ground.VIEW, "series"} <= set(names)
    columns = {name: (kind, comment) for name, kind, comment in answers["columns"]}
    assert list(columns) == answers["metadata"] == ground.COLUMNS
    assert columns["name"] == ("String", ground.COMMENT)
    assert answers["exists"] == [True, False]
    assert answers["functions"]


def test_columns_have_the_kind_that_charts_go_by(answers: Answers) -> None:
    kinds = answers["generic types"]
    assert {kinds[name] for name in ("id", "huge", "ratio", "amount", "change")} == {"NUMERIC"}
    assert {kinds[name] for name in ("name", "kind", "note", "tag", "lamp")} == {"STRING"}
    assert {kinds[name] for name in ("day", "founded", "at", "recorded", "local")} == {"TEMPORAL"}


def test_every_common_type_reads_back(answers: Answers) -> None:
    first, second = answers["types"]
    assert {name: first[name] for name in FULL} == FULL
    assert [name for name, value in second.items() if value is None] == ["note", "tag", "change"]


def test_sql_lab_shows_every_common_type(answers: Answers) -> None:
    first, _ = answers["cells"]
    assert list(first) == ground.COLUMNS
    assert (first["name"], first["recorded"]) == (FULL["name"], "2024-07-10T01:00:00.123000")


def test_two_hundred_thousand_rows_stream(answers: Answers) -> None:
    assert answers["stream"] == [ground.SERIES_ROWS, ground.SERIES_SUM]


def test_a_chart_groups_and_filters_by_chinese_names(answers: Answers) -> None:
    sums = {f"区县{rest}": f"{sum(range(rest, ground.SERIES_ROWS, 7)) / 4:.10f}" for rest in (1, 3)}
    assert {row["name"]: row["总量"] for row in answers["chart"]} == sums


def test_every_time_grain_that_it_offers_works(answers: Answers) -> None:
    grains = answers["time grains"]
    assert {"PT1H", "P1D", "P1W", "P1M", "P3M", "P1Y"} <= set(grains)
    assert set(grains.values()) == {1}


def test_an_sql_error_has_its_code_and_is_explained(answers: Answers) -> None:
    assert "Code: 47." in answers.error("sql error")["message"]
    assert "Unknown expression identifier `missing`" in answers["explained error"][0]


def test_a_slow_query_ends_at_its_limit(answers: Answers) -> None:
    assert "Code: 159." in answers.error("limit")["message"]
    assert answers["afterwards"] == 1


def test_a_file_can_be_uploaded_and_bi_sees_no_other_database(
    answers: Answers, account: tuple[str, str]
) -> None:
    if account != WRITER:
        assert "Code: 497." in answers.error("forbidden")["message"]
        return
    rows, total = answers["upload"].split()
    assert (int(rows), float(total)) == (
        ground.INSERTED_ROWS,
        sum(range(ground.INSERTED_ROWS)) / 4,
    )
