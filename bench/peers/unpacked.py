"""The same events, one to a record: the layout that the other clients' documentation assumes."""

from kafka import KafkaProducer

from bench.events import lines
from schemas.topics import EVENTS
from services.runtime.kafka import ensure_topics

# A producer that waits for company, as any busy one is set up: larger batches, cheaper to read.
LINGER_MS = 20
BATCH_BYTES = 512 * 1024


def producer(bootstrap: str, linger_ms: int = LINGER_MS) -> KafkaProducer:
    """Idempotent, acks=all, lz4, as ours is, in batches of up to 512 KiB."""
    return KafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=linger_ms,
        batch_size=BATCH_BYTES,
        max_request_size=4 * BATCH_BYTES,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def fill(bootstrap: str, topic: str, count: int, series: int) -> None:
    """Make the topic and put `count` lines into it, each series always in one partition."""
    ensure_topics(bootstrap, [(topic, EVENTS.partitions, {})], 1)
    sender = producer(bootstrap)
    for number, line in enumerate(lines(count, series)):
        sender.send(topic, line, partition=number % series % EVENTS.partitions)
    sender.flush()
    sender.close()
