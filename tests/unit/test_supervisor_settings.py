"""Settings, ports and secrets of the embedded stack."""

import socket
import stat
from pathlib import Path

import pytest

from deploy.local.credentials import NAMES, ensure_secrets, read_secrets
from deploy.local.parts import stack_parts
from deploy.local.ports import check_ports, free_port
from deploy.local.refusal import Refusal
from deploy.local.settings import Ports, read_settings


def test_the_defaults_are_the_documented_ones() -> None:
    settings = read_settings({})
    assert settings.home == Path.cwd() / ".pacekeeper"
    assert settings.ports.named() == {
        "ingest": 8600,
        "console": 8610,
        "aggregate": 8620,
        "clickhouse": 8123,
        "kafka": 9092,
    }


def test_variables_move_the_home_and_the_ports(tmp_path: Path) -> None:
    settings = read_settings({"PACEKEEPER_HOME": str(tmp_path), "PACEKEEPER_KAFKA_PORT": "19092"})
    environment = settings.environment()
    assert environment["PACEKEEPER_HOME"] == str(tmp_path)
    assert environment["PACEKEEPER_KAFKA_BOOTSTRAP"] == "127.0.0.1:19092"
    assert environment["PACEKEEPER_CLICKHOUSE_URL"] == "http://127.0.0.1:8123"
    assert environment["PACEKEEPER_INGEST_PORT"] == "8600"


def test_an_explicit_home_and_ports_go_before_variables(tmp_path: Path) -> None:
    env = {"PACEKEEPER_HOME": "elsewhere", "PACEKEEPER_INGEST_PORT": "1"}
    settings = read_settings(env, tmp_path, Ports(ingest=2))
    assert (settings.home, settings.ports.ingest) == (tmp_path, 2)


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "8600.0", "８６００"])
def test_a_port_that_is_none_is_refused_with_its_variable(text: str) -> None:
    with pytest.raises(Refusal, match="PACEKEEPER_INGEST_PORT") as caught:
        read_settings({"PACEKEEPER_INGEST_PORT": text})
    assert "端口" in caught.value.zh


def test_a_server_of_the_users_is_not_started_and_not_waited_for() -> None:
    env = {
        "PACEKEEPER_KAFKA_BOOTSTRAP": "broker.example:9092",
        "PACEKEEPER_CLICKHOUSE_URL": "http://ch.example:8123",
    }
    settings = read_settings(env)
    assert set(settings.bound_ports()) == {"ingest", "console", "aggregate"}
    assert settings.environment().items() >= env.items()
    parts = {part.name: part for part in stack_parts(settings, {})}
    assert set(parts) == {"aggregate", "ingest", "alerts", "console"}
    assert parts["aggregate"].needs == ()


def test_the_stack_starts_stores_then_the_tables_owner_then_the_rest() -> None:
    parts = stack_parts(read_settings({}), {"A": "b"})
    needs = {part.name: part.needs for part in parts}
    assert needs == {
        "kafka": (),
        "clickhouse": (),
        "aggregate": ("kafka", "clickhouse"),
        "ingest": ("aggregate",),
        "alerts": ("aggregate",),
        "console": ("aggregate",),
    }
    assert {tuple(part.environment.items()) for part in parts} == {(("A", "b"),)}


def test_a_taken_port_is_named_with_the_variable_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Refusal) as caught:
            check_ports({"console": port, "ingest": free_port()})
    for text in (caught.value.zh, caught.value.en):
        assert str(port) in text
        assert "PACEKEEPER_CONSOLE_PORT" in text
        assert "PACEKEEPER_INGEST_PORT" not in text


def test_a_port_whose_connections_only_linger_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
    check_ports({"ingest": port})


def test_two_parts_on_one_port_are_refused() -> None:
    with pytest.raises(Refusal, match="PACEKEEPER_INGEST_PORT and PACEKEEPER_CONSOLE_PORT"):
        check_ports({"ingest": 8600, "console": 8600})


def test_secrets_are_made_once_readable_by_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    made = ensure_secrets(path, {})
    assert set(made) == set(NAMES)
    assert len(set(made.values())) == len(NAMES)
    assert min(map(len, made.values())) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert ensure_secrets(path, {}) == made == read_secrets(path)
    assert path.read_bytes() == before


def test_a_variable_overrides_a_secret_without_touching_the_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    made = ensure_secrets(path, {})
    overridden = ensure_secrets(path, {"PACEKEEPER_ADMIN_KEY": "mine"})
    assert overridden == made | {"PACEKEEPER_ADMIN_KEY": "mine"}
    assert read_secrets(path) == made


def test_a_secret_that_is_missing_is_added_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("# chosen by hand\nPACEKEEPER_BI_PASSWORD = kept\nOTHER=too\n")
    path.chmod(0o644)
    (tmp_path / "secrets.env.new").write_text("left by a crash")
    made = ensure_secrets(path, {})
    assert made["PACEKEEPER_BI_PASSWORD"] == "kept"
    assert read_secrets(path) == made | {"OTHER": "too"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
