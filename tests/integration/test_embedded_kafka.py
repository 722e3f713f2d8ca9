"""The real broker: metadata, records, a kill -9 in between, on a folder with an awkward name."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError

from deploy.local.kafka.config import MAX_MESSAGE_BYTES
from deploy.local.kafka.jars import cache_folder, ensure_jars
from deploy.local.kafka.lock import read_lock
from deploy.local.kafka.warm import make_warm_file, warm_file
from deploy.local.ports import free_port
from deploy.local.probes import kafka_ready


def eventually(look: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


class Broker:
    """The embedded broker as a process, started and killed by the tests."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.log = home.parent / "broker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Without JAVA_HOME, without anything on PATH, in the plainest locale."""
        env = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
        env |= {
            "PATH": "/nonexistent",
            "LC_ALL": "C",
            "PACEKEEPER_HOME": str(self.home),
            "PACEKEEPER_KAFKA_PORT": str(self.port),
        }
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "deploy.local.kafka"]
            self.process = subprocess.Popen(command, env=env, stderr=log)
        # Jars that are not in the cache yet are downloaded here.
        eventually(self._ready, 300)

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        return kafka_ready(self.port)()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    made = Broker(tmp_path_factory.mktemp("broker") / "序时, state")
    # What a start that was killed while it formatted has left.
    (made.home / "kafka" / "data").mkdir(parents=True)
    (made.home / "kafka" / "data" / "bootstrap.checkpoint").write_text("half")
    (made.home / "kafka" / "data.new").mkdir()
    made.start()
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.end(signal.SIGTERM)


def create_topic(broker: Broker, name: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()


def send(broker: Broker, topic: str, value: bytes) -> None:
    producer = KafkaProducer(
        bootstrap_servers=broker.bootstrap,
        acks="all",
        compression_type="lz4",
        max_request_size=MAX_MESSAGE_BYTES,
    )
    try:
        producer.send(topic, value).get(30)
    finally:
        producer.close()


def read(broker: Broker, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    values: list[bytes] = []
    deadline = time.monotonic() + 30
    try:
        consumer.assign([TopicPartition(topic, 0)])
        while len(values) < count and time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=500).values():
                values += [record.value for record in records]
    finally:
        consumer.close()
    return values


def test_a_ready_broker_lists_itself_and_its_controller(broker: Broker) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        cluster = admin.describe_cluster()
    finally:
        admin.close()
    assert [each["host"] for each in cluster["brokers"]] == ["127.0.0.1"]
    assert [each["port"] for each in cluster["brokers"]] == [broker.port]


def test_records_survive_a_kill_and_a_clean_stop(broker: Broker) -> None:
    create_topic(broker, "kept")
    send(broker, "kept", b"before the kill")
    assert broker.end(signal.SIGKILL) == -signal.SIGKILL
    broker.start()
    send(broker, "kept", b"after the kill")
    assert broker.end(signal.SIGTERM) in (0, 143)
    broker.start()
    assert read(broker, "kept", 2) == [b"before the kill", b"after the kill"]


def test_a_record_of_two_mebibytes_passes(broker: Broker) -> None:
    create_topic(broker, "large")
    value = os.urandom(2 * 1024 * 1024)
    send(broker, "large", value)
    assert read(broker, "large", 1) == [value]


def test_a_topic_is_made_only_on_purpose(broker: Broker) -> None:
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, max_block_ms=500)
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    try:
        with pytest.raises(KafkaError):
            producer.send("never-made", b"x").get(5)
        assert "never-made" not in admin.list_topics()
    finally:
        producer.close()
        admin.close()


def test_a_second_broker_on_the_port_says_which_variable_moves_it(
    broker: Broker, tmp_path: Path
) -> None:
    env = os.environ | {"PACEKEEPER_KAFKA_PORT": str(broker.port)}
    command = [sys.executable, "-m", "deploy.local.kafka", "--home", str(tmp_path)]
    refused = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert refused.returncode == 75
    assert "PACEKEEPER_KAFKA_PORT" in refused.stderr


def test_a_broker_that_ran_once_leaves_what_later_starts_are_quicker_by(
    tmp_path: Path, broker: Broker
) -> None:
    class_path = ensure_jars(read_lock(), cache_folder(os.environ))
    target = warm_file(read_lock(), tmp_path)
    older = tmp_path / "classes-of-an-older-lock.aot"
    older.touch()
    assert make_warm_file(class_path, target, os.environ)
    assert list(tmp_path.iterdir()) == [target]
    assert not make_warm_file([], tmp_path / "classes-none.aot", os.environ)


def test_warnings_of_the_broker_reach_its_error_stream(broker: Broker) -> None:
    assert "WARN" in broker.log.read_text()
    assert "sun.misc.Unsafe" not in broker.log.read_text()
