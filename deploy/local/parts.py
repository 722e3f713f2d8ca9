"""The parts of the embedded stack: what to run, what each needs, how it shows readiness."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.local.probes import Probe, file_ready, http_ready, kafka_ready
from deploy.local.settings import Settings
from deploy.local.statefolder import StateFolder


@dataclass(frozen=True)
class Part:
    """One process. `needs` are the parts that must have been ready before its first start;
    `flag` is the file by which it says that it is ready, removed before each start; `folder` is
    where its data are, if it has any."""

    name: str
    command: tuple[str, ...]
    ready: Probe
    needs: tuple[str, ...] = ()
    port: int | None = None
    colour: str = ""
    flag: Path | None = None
    folder: Path | None = None
    grace_seconds: float = 10.0
    start_seconds: float = 120.0
    environment: Mapping[str, str] = field(default_factory=dict)


def stack_parts(settings: Settings, environment: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts that this stack starts, each after what it needs; `environment` is theirs."""
    ports, alerts_ready = settings.ports, StateFolder(settings.home).run / "alerts.ready"
    parts = (
        Part(
            "kafka",
            _module("deploy.local.kafka"),
            kafka_ready(ports.kafka),
            port=ports.kafka,
            colour="35",
            folder=settings.home / "kafka",
            # The first start ever may have to download the broker over a slow line.
            start_seconds=1800.0,
            grace_seconds=20.0,
        ),
        Part(
            "clickhouse",
            _module("deploy.local.clickhouse"),
            http_ready(ports.clickhouse, "/ping"),
            port=ports.clickhouse,
            colour="33",
            folder=settings.home / "clickhouse",
            grace_seconds=20.0,
        ),
        Part(
            "aggregate",
            _module("services.aggregate"),
            http_ready(ports.aggregate, "/readyz"),
            needs=("kafka", "clickhouse"),
            port=ports.aggregate,
            colour="36",
        ),
        Part(
            "ingest",
            _module("services.ingest"),
            http_ready(ports.ingest, "/readyz"),
            needs=("aggregate",),
            port=ports.ingest,
            colour="32",
        ),
        Part(
            "alerts",
            _module("services.alerts"),
            file_ready(alerts_ready),
            needs=("aggregate",),
            flag=alerts_ready,
            colour="31",
        ),
        Part(
            "console",
            _module("services.alerts.console"),
            http_ready(ports.console, "/readyz"),
            needs=("aggregate",),
            port=ports.console,
            colour="34",
        ),
    )
    return embedded_only(parts, settings, environment)


def embedded_only(
    parts: tuple[Part, ...], settings: Settings, environment: Mapping[str, str]
) -> tuple[Part, ...]:
    """Leave out the servers that the user named, also from what the other parts wait for."""
    outside = {
        name
        for name, server in (
            ("kafka", settings.kafka_bootstrap),
            ("clickhouse", settings.clickhouse_url),
        )
        if server
    }
    return tuple(
        replace(
            part,
            needs=tuple(need for need in part.needs if need not in outside),
            environment=environment,
        )
        for part in parts
        if part.name not in outside
    )


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)
