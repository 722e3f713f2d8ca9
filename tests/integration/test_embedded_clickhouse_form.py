"""Fields of a form mean what they would mean in the URL: drivers use one when it gets too long."""

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.embedded_clickhouse import READER, WRITER, Running, embedded_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with embedded_server(tmp_path_factory.mktemp("form")) as running:
        yield running


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


def test_external_data_is_refused_in_words(server: Running) -> None:
    answer = httpx.post(
        server.url,
        params={"query": "SELECT 1"},
        files={"t": ("t.tsv", b"1\n")},
        auth=WRITER,
        trust_env=False,
    )
    assert answer.headers["X-ClickHouse-Exception-Code"] == "48"
    assert "External data (t)" in answer.text


def test_a_form_that_cannot_be_read_is_refused(server: Running) -> None:
    answer = server.ask(
        b"no boundary here", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert answer.headers["X-ClickHouse-Exception-Code"] in ("36", "62")
