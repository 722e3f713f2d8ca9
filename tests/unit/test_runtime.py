"""Settings, health and the translation of foreign errors."""

import http.client
import json
import subprocess
import sys
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from kafka import errors as kafka_errors

from services.aggregate.patience import StoppedError, until_done
from services.runtime import clickhouse, clock, health, settings
from services.runtime.errors import AwayError, PacekeeperError, RefusedError
from services.runtime.kafka import translate
from tests.stack import free_ports


def test_secrets_of_the_state_folder_fill_what_the_environment_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.env").write_text(
        "PACEKEEPER_ADMIN_KEY=from-file\nPACEKEEPER_BI_PASSWORD=from-file\n"
    )
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    monkeypatch.setenv("PACEKEEPER_BI_PASSWORD", "from-environment")
    found = settings.load()
    assert found.admin_key.get_secret_value() == "from-file"
    assert found.bi_password.get_secret_value() == "from-environment"
    assert "from-file" not in repr(found)


@pytest.mark.parametrize("package", ["crc32c", "lz4.frame"])
def test_without_its_fast_packages_the_door_to_kafka_says_what_to_install(package: str) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; import services.runtime.kafka"
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], capture_output=True, encoding="utf-8"
    )
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: {package} 不可用")
    assert "install requirements.lock" in last


def test_without_an_address_the_embedded_servers_are_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACEKEEPER_HOME", str(tmp_path))
    for name in ("KAFKA_BOOTSTRAP", "CLICKHOUSE_URL", "INGEST_URL"):
        monkeypatch.delenv(f"PACEKEEPER_{name}", raising=False)
    monkeypatch.setenv("PACEKEEPER_CLICKHOUSE_PORT", "18123")
    monkeypatch.setenv("PACEKEEPER_INGEST_PORT", "18600")
    found = settings.load()
    assert found.clickhouse_url == "http://127.0.0.1:18123"
    assert found.ingest_address == "http://127.0.0.1:18600"
    monkeypatch.setenv("PACEKEEPER_KAFKA_BOOTSTRAP", "broker:9092")
    monkeypatch.setenv("PACEKEEPER_INGEST_URL", "http://ingest:8600")
    found = settings.load()
    assert (found.kafka_bootstrap, found.ingest_address) == ("broker:9092", "http://ingest:8600")


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (kafka_errors.KafkaTimeoutError(), AwayError),
        (kafka_errors.KafkaConnectionError(), AwayError),
        (kafka_errors.NotLeaderForPartitionError(), AwayError),
        (kafka_errors.CommitFailedError(), RefusedError),
        (kafka_errors.TopicAuthorizationFailedError(), RefusedError),
        (OSError("no route"), AwayError),
    ],
)
def test_what_may_succeed_later_is_away(foreign: Exception, ours: type[PacekeeperError]) -> None:
    found = translate(foreign)
    assert type(found) is ours
    assert found.retriable is (ours is AwayError)


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (DatabaseError("error code 62: Syntax error"), RefusedError),
        (DatabaseError("Received ClickHouse exception, code: 53, type mismatch"), RefusedError),
        (DatabaseError("Received ClickHouse exception, code: 241, memory limit"), AwayError),
        (DatabaseError("Received ClickHouse exception, code: 243, no space"), AwayError),
        (OperationalError("timed out"), AwayError),
        (ConnectionResetError(), AwayError),
    ],
)
def test_a_full_or_absent_engine_is_away_and_a_wrong_statement_refused(
    foreign: Exception, ours: type[PacekeeperError]
) -> None:
    with pytest.raises(ours), clickhouse.translated():
        raise foreign


def test_no_engine_is_away() -> None:
    (port,) = free_ports(1)
    with pytest.raises(AwayError):
        clickhouse.connect(f"http://127.0.0.1:{port}", "bi", "x", patience=1)


def test_health_answers_and_readiness_needs_every_check() -> None:
    checks = {"write": True, "derive": False}
    (port,) = free_ports(1)
    server = health.serve("127.0.0.1", port, lambda: checks)

    def get(path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    try:
        assert get("/healthz")[0] == 200
        status, body = get("/readyz")
        assert (status, json.loads(body)["checks"]) == (503, checks)
        checks["derive"] = True
        assert get("/readyz")[0] == 200
        assert b"python_info" in get("/metrics")[1]
        assert get("/nowhere")[0] == 404
    finally:
        server.shutdown()
        server.server_close()


def test_the_system_clock_is_in_utc() -> None:
    offset = clock.system().utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0


def test_patience_ends_when_told_to_stop() -> None:
    import threading

    stop = threading.Event()
    tries = []

    def attempt() -> None:
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        raise AwayError("away")

    with pytest.raises(StoppedError):
        until_done("it", attempt, stop)
    assert len(tries) == 3
