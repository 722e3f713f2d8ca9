"""docker-compose.yml is well formed and starts the same parts as the embedded stack."""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from deploy.local.credentials import NAMES
from deploy.local.kafka.config import broker_settings
from deploy.local.parts import Part, stack_parts
from deploy.local.settings import read_settings
from services.runtime.lamps import read
from services.runtime.settings import Settings

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(Path(__file__).with_name("compose-spec.schema.json").read_text())
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name in SERVICES if name not in ("kafka", "clickhouse")]
HOME = "/var/lib/pacekeeper"
FIELDS = {f"PACEKEEPER_{name.upper()}" for name in Settings.model_fields}
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")
# What names this machine's addresses or files differs from the embedded broker's by nature.
ADDRESSES = {
    "controller.quorum.voters",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "log.dirs",
}


def embedded(environment: dict[str, str] | None = None) -> dict[str, Part]:
    settings = read_settings(environment or {})
    return {part.name: part for part in stack_parts(settings, {})}


def resolved(text: str) -> str:
    """What compose makes of it when the environment is empty."""
    return VARIABLE.sub(lambda found: found[3] if found[2] == ":-" else "", text)


def published() -> Iterator[tuple[str, str, int, int]]:
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            host, outside, inside = resolved(port).split(":")
            yield name, host, int(outside), int(inside)


def test_it_is_valid_by_the_compose_specification():
    validator = Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []


def test_the_specification_refuses_an_unknown_key():
    bent = COMPOSE | {"services": {"kafka": SERVICES["kafka"] | {"comand": []}}}
    assert not Draft202012Validator(SCHEMA).is_valid(bent)


def test_it_runs_the_parts_of_the_embedded_stack():
    assert SERVICES.keys() == embedded().keys()


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_the_module_of_its_part(name):
    command = SERVICES[name]["command"]
    assert command == ["python", *embedded()[name].command[1:]]
    assert find_spec(f"{command[-1]}.__main__")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_until_what_its_part_needs_is_healthy(name):
    waits = SERVICES[name].get("depends_on", {})
    assert waits == {need: {"condition": "service_healthy"} for need in embedded()[name].needs}
    assert all("healthcheck" in SERVICES[need] for need in waits)


def test_every_service_is_checked_soon_at_its_start_and_has_time_for_it():
    for service in SERVICES.values():
        check = service["healthcheck"]
        assert check["test"][0] in ("CMD", "CMD-SHELL")
        assert {"interval", "timeout", "retries", "start_period", "start_interval"} <= check.keys()


@pytest.mark.parametrize("name", ["aggregate", "ingest", "console"])
def test_the_check_of_a_service_asks_its_own_port_whether_it_is_ready(name):
    check = SERVICES[name]["healthcheck"]["test"][-1]
    assert f"'127.0.0.1', {Settings.model_fields[f'{name}_port'].default}," in check
    assert "'/readyz'" in check
    compile(check, name, "exec")


def test_the_check_of_the_worker_looks_for_the_file_that_its_part_waits_for():
    flag = embedded({"PACEKEEPER_HOME": HOME})["alerts"].flag
    assert SERVICES["alerts"]["healthcheck"]["test"] == ["CMD", "test", "-f", str(flag)]


def test_every_image_is_pinned():
    images = {name: SERVICES[name]["image"] for name in ("kafka", "clickhouse")}
    assert images["kafka"] == "apache/kafka:4.3.1"
    assert re.fullmatch(r"clickhouse/clickhouse-server:26(\.\d+){3}", images["clickhouse"])
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version
    assert {SERVICES[name]["image"] for name in OURS} == {f"pacekeeper:{version[1]}"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_a_service_is_one_of_its_settings(name):
    assert SERVICES[name]["environment"].keys() <= FIELDS


@pytest.mark.parametrize("name", OURS)
def test_the_settings_read_what_a_service_is_given(name, monkeypatch):
    for key, value in SERVICES[name]["environment"].items():
        monkeypatch.setenv(key, resolved(value))
    found = Settings()
    assert (found.flush_ms, found.log_level) == (Settings.model_fields["flush_ms"].default, "INFO")
    assert found.ingest_address == (
        "http://ingest:8600" if name == "console" else "http://127.0.0.1:8600"
    )


def test_a_service_is_given_only_the_secrets_that_it_uses():
    held = {name: SERVICES[name].get("environment", {}).keys() & set(NAMES) for name in SERVICES}
    writes, reads = "PACEKEEPER_CLICKHOUSE_PASSWORD", "PACEKEEPER_BI_PASSWORD"
    key, page = "PACEKEEPER_ADMIN_KEY", "PACEKEEPER_CONSOLE_PASSWORD"
    assert held == {
        "kafka": set(),
        "clickhouse": {writes, reads},
        "aggregate": {writes},
        "ingest": {writes, key},
        "alerts": {writes},
        "console": {reads, key, page},
    }


def test_a_secret_is_never_written_down_and_never_empty():
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if key in NAMES:
                assert value == f"${{{key}:?see .env.example}}"
    assert SERVICES["alerts"]["environment"]["PACEKEEPER_WEBHOOK_SECRET"] == (
        "${PACEKEEPER_WEBHOOK_SECRET:-}"
    )


def test_only_this_machine_is_let_in_by_default():
    assert {host for _, host, _, _ in published()} == {"127.0.0.1"}


def test_the_ports_are_those_of_the_embedded_stack():
    ports = read_settings({}).ports.named()
    assert {name: outside for name, _, outside, _ in published()} == ports
    assert all(outside == inside for _, _, outside, inside in published())


def test_what_asks_for_no_password_cannot_be_published_beyond_this_machine():
    for name in ("kafka", "aggregate"):
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


def test_the_example_environment_names_every_variable_and_holds_no_secret():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if re.match(r"PACEKEEPER_\w+=", line))
    offered = {line[1:].split("=")[0] for line in lines if re.match(r"#PACEKEEPER_\w+=", line)}
    assert given == dict.fromkeys(NAMES, "")
    assert given.keys() | offered == {found[1] for found in VARIABLE.finditer(TEXT)}


def test_the_broker_has_the_settings_of_the_embedded_one():
    environment = SERVICES["kafka"]["environment"]
    expected = {
        f"KAFKA_{name.upper().replace('.', '_')}": value
        for name, value in broker_settings(9092, 9093).items()
        if name not in ADDRESSES
    }
    assert {name: environment[name] for name in expected} == expected
    named = {f"KAFKA_{name.upper().replace('.', '_')}" for name in ADDRESSES}
    assert environment.keys() - expected.keys() - named == {"CLUSTER_ID", "KAFKA_HEAP_OPTS"}


def test_every_listener_of_the_broker_is_announced_with_a_protocol():
    environment = SERVICES["kafka"]["environment"]
    listeners = dict(one.split("://:") for one in environment["KAFKA_LISTENERS"].split(","))
    told = resolved(environment["KAFKA_ADVERTISED_LISTENERS"]).split(",")
    protocols = environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    assert told == [
        f"PLAINTEXT://kafka:{listeners['PLAINTEXT']}",
        f"HOST://127.0.0.1:{listeners['HOST']}",
    ]
    assert {one.split(":")[0] for one in protocols} == listeners.keys()
    assert environment["KAFKA_CONTROLLER_QUORUM_VOTERS"] == f"1@kafka:{listeners['CONTROLLER']}"
    assert {
        SERVICES[name]["environment"].get("PACEKEEPER_KAFKA_BOOTSTRAP", "none") for name in OURS
    } == {f"kafka:{listeners['PLAINTEXT']}", "none"}


def test_door_judge_and_console_read_one_file_of_lamp_schemes():
    readers = {name for name in OURS if "PACEKEEPER_LAMPS" in SERVICES[name]["environment"]}
    assert readers == {"ingest", "alerts", "console"}
    for name in readers:
        inside = SERVICES[name]["environment"]["PACEKEEPER_LAMPS"]
        assert f"./deploy/docker/lamps.yaml:{inside}:ro" in SERVICES[name]["volumes"]
    assert read(ROOT / "deploy" / "docker" / "lamps.yaml") == ()


def test_what_must_last_is_in_named_volumes():
    mounts = [mount.split(":") for name in SERVICES for mount in SERVICES[name].get("volumes", [])]
    named = {source: target for source, target, *_ in mounts if not source.startswith(".")}
    files = [ROOT / source for source, *_ in mounts if source.startswith(".")]
    assert named == {
        "kafka-data": SERVICES["kafka"]["environment"]["KAFKA_LOG_DIRS"],
        "clickhouse-data": "/var/lib/clickhouse",
        "console-data": HOME,
    }
    assert COMPOSE["volumes"].keys() == named.keys()
    assert [file for file in files if not file.is_file()] == []
