"""The door to Kafka on a real broker: what it promises, and what it does when nobody answers."""

import signal
import time
from collections.abc import Iterator

import pytest

from services.runtime.errors import AwayError, PacekeeperError, RefusedError
from services.runtime.kafka import (
    MAX_RECORD_BYTES,
    Consumer,
    Follower,
    Producer,
    Record,
    ensure_topics,
    partition_of,
)
from tests.integration.lone_broker import Broker
from tests.stack import eventually, free_ports


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("broker"))
    running.make_topics(packed=4, small=1)
    yield running
    running.process.end()


@pytest.fixture
def producer(broker: Broker) -> Iterator[Producer]:
    made = Producer(broker.address, "test")
    yield made
    made.close()


def read(consumer: Consumer, count: int) -> list[Record]:
    found: list[Record] = []

    def enough() -> bool:
        found.extend(consumer.poll(200))
        return len(found) >= count

    eventually(enough, 30, f"{count} records")
    return found


def test_topics_are_made_once_and_stay(broker: Broker, producer: Producer) -> None:
    ensure_topics(broker.address, [("packed", 4, {})], 1)
    assert producer.partitions("packed") == 4
    with pytest.raises(AwayError):
        producer.partitions("nowhere")


def test_a_record_that_is_too_large_is_refused_and_hurts_no_other(producer: Producer) -> None:
    large = producer.send("packed", b"x" * (MAX_RECORD_BYTES + 1), b"k")
    assert isinstance(large.exception(20), RefusedError)
    assert producer.send("packed", b"x", b"k").result(20).offset >= 0


def test_what_waits_when_a_producer_closes_is_sent_first(broker: Broker) -> None:
    made = Producer(broker.address, "closing")
    sent = [made.send("packed", b"%d" % n, None, 0) for n in range(200)]
    made.close()
    offsets = [each.result(0).offset for each in sent]
    assert offsets == list(range(offsets[0], offsets[0] + 200))


def test_a_key_goes_where_kafkas_own_partitioner_sends_it(producer: Producer) -> None:
    for key in (b"changzhou", b"wujin", "武进".encode(), b""):
        position = producer.send("packed", b"x", key or b"-").result(20)
        assert position.partition == partition_of(key or b"-", 4)


def test_a_group_reads_on_from_what_it_committed(broker: Broker, producer: Producer) -> None:
    positions = [producer.send("small", f"{n}".encode(), b"k").result(20) for n in range(3)]
    group = Consumer(broker.address, "one", ["small"])
    records = read(group, 3)
    assert [r.value for r in records] == [b"0", b"1", b"2"]
    assert [r.offset for r in records] == [p.offset for p in positions]
    group.commit(records[:2])
    group.close()
    again = Consumer(broker.address, "one", ["small"])
    assert read(again, 1)[0].value == b"2"
    again.close()


def test_a_follower_reads_everything_and_says_when(broker: Broker, producer: Producer) -> None:
    seen: list[Record] = []
    follower = Follower(broker.address, "small", seen.append)
    follower.start()
    assert follower.ready.wait(30)
    last = producer.send("small", b"new", b"k").result(20)
    assert follower.wait_for(last.offset, 10)
    assert seen[-1].value == b"new"
    producer.send("small", None, b"k").result(20)
    assert follower.read_to_end(10)
    assert seen[-1].value is None
    assert not follower.wait_for(last.offset + 100, 0.1)
    follower.close()


def test_a_join_that_is_answered_between_two_polls_is_not_forgotten(
    broker: Broker, producer: Producer
) -> None:
    consumer = Consumer(broker.address, "early", ["later"])
    for _ in range(5):
        consumer.poll(300)
    ensure_topics(broker.address, [("later", 1, {})], 1)
    for _ in range(8):
        consumer.poll(1)
        time.sleep(0.2)  # the answer comes while nobody polls
    producer.send("later", b"x", b"k").result(20)
    assert [record.value for record in read(consumer, 1)] == [b"x"]
    consumer.close()


def test_a_producer_recovers_from_a_broker_that_hung(broker: Broker, producer: Producer) -> None:
    producer.send("packed", b"before", b"k").result(20)
    broker.freeze()
    producer.send("packed", b"during", b"k")

    def given_up() -> bool:
        try:
            producer.send("packed", b"during", b"k").result(0.5)
        except (AwayError, TimeoutError) as error:
            return "connecting anew" in str(error)
        return False

    eventually(given_up, 40, "the hanging client given up")
    with pytest.raises(AwayError):
        producer.partitions("packed")
    broker.signal(signal.SIGCONT)

    def sent() -> bool:
        try:
            return producer.send("packed", b"after", b"k").result(15).offset >= 0
        except PacekeeperError:
            return False

    eventually(sent, 60, "sent after the broker is back")


def test_nobody_there_is_away() -> None:
    (port,) = free_ports(1)
    with pytest.raises(AwayError):
        Producer(f"127.0.0.1:{port}", "test")
    with pytest.raises(AwayError):
        ensure_topics(f"127.0.0.1:{port}", [("t", 1, {})], 1)
