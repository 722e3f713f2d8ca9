"""Where the embedded stack lives, its ports and servers, read once from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from deploy.local.refusal import Refusal


@dataclass(frozen=True)
class Ports:
    """The port on 127.0.0.1 of each part that listens; the defaults are those of the README."""

    ingest: int = 8600
    console: int = 8610
    aggregate: int = 8620
    clickhouse: int = 8123
    kafka: int = 9092

    def named(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def port_variable(part: str) -> str:
    """The environment variable that moves the port of this part."""
    return f"PACEKEEPER_{part.upper()}_PORT"


@dataclass(frozen=True)
class Settings:
    """One embedded stack. A server that the user named is `None` only if we start our own."""

    home: Path
    ports: Ports
    kafka_bootstrap: str | None
    clickhouse_url: str | None

    def bound_ports(self) -> dict[str, int]:
        """The ports that this stack will listen on itself, by part."""
        ports = self.ports.named()
        if self.kafka_bootstrap:
            del ports["kafka"]
        if self.clickhouse_url:
            del ports["clickhouse"]
        return ports

    def environment(self) -> dict[str, str]:
        """What every part is told through its environment, secrets apart."""
        ports = {port_variable(name): str(port) for name, port in self.ports.named().items()}
        return ports | {
            "PACEKEEPER_HOME": str(self.home),
            "PACEKEEPER_KAFKA_BOOTSTRAP": self.kafka_bootstrap or f"127.0.0.1:{self.ports.kafka}",
            "PACEKEEPER_CLICKHOUSE_URL": self.clickhouse_url
            or f"http://127.0.0.1:{self.ports.clickhouse}",
        }


def read_settings(
    env: Mapping[str, str], home: Path | None = None, ports: Ports | None = None
) -> Settings:
    """Take the settings from `env`; an explicit `home` or `ports` goes before it."""
    folder = home or Path(env.get("PACEKEEPER_HOME") or ".pacekeeper")
    return Settings(
        home=folder.absolute(),
        ports=ports or _read_ports(env),
        kafka_bootstrap=env.get("PACEKEEPER_KAFKA_BOOTSTRAP") or None,
        clickhouse_url=env.get("PACEKEEPER_CLICKHOUSE_URL") or None,
    )


def _read_ports(env: Mapping[str, str]) -> Ports:
    chosen = {
        name: _read_port(port_variable(name), env[port_variable(name)])
        for name in Ports().named()
        if env.get(port_variable(name))
    }
    return Ports(**chosen)


def _read_port(variable: str, text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise Refusal(
        f"{variable}={text!r} 不是端口号，请填 1–65535 的整数",
        f"{variable}={text!r} is not a port, give a whole number from 1 to 65535",
    )
