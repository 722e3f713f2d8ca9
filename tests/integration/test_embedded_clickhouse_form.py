"""Fields of a form mean what they would mean in the URL: drivers use one when it gets too long."""

import httpx
import pytest

from tests.integration.embedded_clickhouse import READER, WRITER, Running


def sent(server: Running, account: tuple[str, str], **fields: str) -> httpx.Response:
    parts = {name: (None, value.encode()) for name, value in fields.items()}
    return httpx.post(server.url, files=parts, auth=account, trust_env=False)


@pytest.mark.parametrize("account", [WRITER, READER])
def test_a_query_its_parameters_and_settings_come_in_a_form(
    server: Running, account: tuple[str, str]
) -> None:
    answer = sent(server, account, query="SELECT {n:UInt8} + 1", param_n="41", default_format="TSV")
    assert (answer.status_code, answer.text) == (200, "42\n")


def test_a_driver_with_thousands_of_parameters_is_answered(server: Running) -> None:
    client = server.client(autogenerate_session_id=False)
    many = [f"indicator-{n}" for n in range(5_000)]
    rows = client.query("SELECT length({many:Array(String)})", {"many": many}).result_rows
    assert rows == [(5_000,)]
    client.close()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM file('/etc/passwd', 'RawBLOB')",
        "SELECT 1; SELECT 2",
        "DROP DATABASE bi",
        "SELECT count() FROM system.errors",
    ],
)
def test_the_guard_of_bi_reads_a_form_as_well(server: Running, query: str) -> None:
    answer = sent(server, READER, query=query)
    assert answer.status_code >= 400
    assert "X-ClickHouse-Exception-Code" in answer.headers


def test_a_limit_cannot_be_lifted_by_a_form(server: Running) -> None:
    answer = sent(server, READER, query="SELECT 1", max_memory_usage="0")
    assert answer.headers["X-ClickHouse-Exception-Code"] in ("164", "452", "497")


def with_files(
    server: Running, query: str, files: dict[str, bytes], account: tuple[str, str], **fields: str
) -> httpx.Response:
    return httpx.post(
        server.url,
        params=fields | {"query": query},
        files={name: (f"{name}.tsv", data) for name, data in files.items()},
        auth=account,
        trust_env=False,
    )


def test_file_parts_are_tables_of_their_query_only(server: Running) -> None:
    query = "SELECT b, s._2 FROM t JOIN s ON t.a = s._1 ORDER BY b"
    fields = {
        "t_structure": "a UInt8, b String",
        "s_types": "UInt8, Decimal(9, 2)",
        "s_format": "CSV",
        "session_id": "external",
    }
    files = {"t": "1\t\u4e00\n2\t\u4e8c\n".encode(), "s": b"2,2.5\n1,1.5\n"}
    for _ in range(2):
        answer = with_files(server, query, files, WRITER, **fields)
        assert answer.text == "\u4e00\t1.5\n\u4e8c\t2.5\n"
    assert "UNKNOWN_TABLE" in server.ask("SELECT * FROM t", session_id="external").text


@pytest.mark.parametrize(
    ("account", "fields", "code"),
    [
        (WRITER, {}, "36"),
        (WRITER, {"t_structure": "a UInt8); DROP DATABASE bi; SELECT (1"}, "62"),
        (WRITER, {"t_structure": "a UInt8", "s_structure": "a UInt8"}, "115"),
        (WRITER, {"t_structure": "a Date"}, "38"),
        (READER, {"t_structure": "a UInt8"}, "497"),
    ],
)
def test_a_table_that_cannot_be_made_is_refused(
    server: Running, account: tuple[str, str], fields: dict[str, str], code: str
) -> None:
    answer = with_files(server, "SELECT * FROM t", {"t": b"1\n"}, account, **fields)
    assert answer.headers["X-ClickHouse-Exception-Code"] == code


def test_a_form_that_cannot_be_read_is_refused(server: Running) -> None:
    answer = server.ask(
        b"no boundary here", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.headers["X-ClickHouse-Exception-Code"] in ("36", "62")
