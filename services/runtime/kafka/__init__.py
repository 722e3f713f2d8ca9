"""The one door to Kafka: producer, group consumer, topics, and followers of small topics.

Foreign errors end here: what may succeed later is AwayError, the rest RefusedError.
"""

from services.runtime.kafka.client import (
    MAX_RECORD_BYTES,
    Position,
    Record,
    partition_of,
    translate,
)
from services.runtime.kafka.committed import committed
from services.runtime.kafka.consumer import AT_ONCE, Consumer, Gather
from services.runtime.kafka.follower import Follower
from services.runtime.kafka.kept import Kept
from services.runtime.kafka.producer import Producer
from services.runtime.kafka.topics import ensure_topics, set_topics

__all__ = [
    "AT_ONCE",
    "Gather",
    "MAX_RECORD_BYTES",
    "Consumer",
    "Follower",
    "Kept",
    "Position",
    "Producer",
    "Record",
    "committed",
    "ensure_topics",
    "partition_of",
    "set_topics",
    "translate",
]
