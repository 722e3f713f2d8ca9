"""Accepted lines of `events` as ingest writes them, and a topic full of them; all simulated.

Ten indicators over as many entities as the series need. Each round over all series is a month
later than the one before; after ten years it corrects them from the first month on.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import orjson

from schemas.events import Accepted, accepted_line, parse_event
from schemas.topics import CATALOGUE, EVENTS
from services.runtime.kafka import Position, Producer, ensure_topics, partition_of

INDICATORS = 10
_MONTHS = 120
_FIRST = datetime(2016, 2, 10, 9, tzinfo=UTC)
_RECEIVED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_EVENT = (
    '{"specversion":"1.0","id":"%s","source":"urn:pacekeeper:bench","time":"%s",'
    '"type":"pacekeeper.metric.observed.v1","data":{"indicator":"indicator-%d","entity":"%s",'
    '"period":"%s","measure":"cumulative","value":"%s","unit":"亿元","status":"P"}'
)
_LINE = (
    _EVENT + ',"receipt":"r-%d","department":"bench","receivedtime":"2026-01-02T03:04:05Z",'
    '"canonicalvalue":"%s","canonicalunit":"亿元"}'
)
# Unacknowledged records of a fill: enough to keep the broker busy, few enough to keep in memory.
_UNDER_WAY = 64


def _keyed(count: int, series: int) -> Iterator[tuple[str, bytes]]:
    """Each line with its entity."""
    for start in range(0, count, series):
        month = start // series % _MONTHS
        period = f"{2016 + month // 12}-{1 + month % 12:02}"
        at = f"{_FIRST + timedelta(days=30 * month, seconds=start // series):%Y-%m-%dT%H:%M:%SZ}"
        for number in range(start, min(count, start + series)):
            place, indicator = divmod(number - start, INDICATORS)
            entity = f"town-{place}"
            value = f"{(1 + month % 12) * 100 + place % 97}.{1 + number % 9}"
            said = (f"e-{number}", at, indicator, entity, period, value)
            yield entity, (_LINE % (*said, number // 500, value)).encode()


def lines(count: int, series: int) -> Iterator[bytes]:
    """`count` accepted lines of that many series, every one a figure of its own."""
    return (line for _, line in _keyed(count, series))


def fill(bootstrap: str, topic: str, count: int, series: int, packed: int) -> None:
    """Make the topic (as `events` is) and put `count` lines into it, `packed` to a record.

    Each line lies in the partition of its entity. Returns when everything is acknowledged.
    """
    ensure_topics(bootstrap, [(topic, EVENTS.partitions, {"max.message.bytes": "2097152"})], 1)
    producer = Producer(bootstrap, "fill")
    under_way: deque[Future[Position]] = deque()
    gathered: dict[int, list[bytes]] = {n: [] for n in range(EVENTS.partitions)}
    lies_in: dict[str, int] = {}

    def send(partition: int) -> None:
        value = b"\n".join(gathered[partition])
        gathered[partition].clear()
        under_way.append(producer.send(topic, value, None, partition))
        while len(under_way) > _UNDER_WAY:
            under_way.popleft().result(30)

    try:
        for entity, line in _keyed(count, series):
            partition = lies_in.get(entity)
            if partition is None:
                partition = partition_of(entity.encode(), EVENTS.partitions)
                lies_in[entity] = partition
            gathered[partition].append(line)
            if len(gathered[partition]) == packed:
                send(partition)
        for partition in [n for n, rest in gathered.items() if rest]:
            send(partition)
        for each in under_way:
            each.result(30)
    finally:
        producer.close()


def define(bootstrap: str) -> None:
    """Put the indicators' definitions into the catalogue, which the derive role reads."""
    ensure_topics(bootstrap, [(CATALOGUE.name, 1, {"cleanup.policy": "compact"})], 1)
    producer = Producer(bootstrap, "define")
    try:
        sent = [
            producer.send(CATALOGUE.name, _definition(n), f"indicator/indicator-{n}".encode())
            for n in range(INDICATORS)
        ]
        for each in sent:
            each.result(30)
    finally:
        producer.close()


def _definition(number: int) -> bytes:
    data = {
        "indicator": f"indicator-{number}",
        "name_zh": f"模拟指标{number}",
        "name_en": f"simulated {number}",
        "unit": "亿元",
        "measure": "cumulative",
        "direction": "higher",
        "owner": "bench",
        "frequency": "month",
        "due_days": 20,
    }
    event = {
        "specversion": "1.0",
        "id": f"def-{number}",
        "source": "urn:pacekeeper:bench",
        "type": "pacekeeper.indicator.defined.v1",
        "time": _FIRST.isoformat(),
        "data": data,
    }
    return as_accepted(orjson.dumps(event), "r-0")


def as_accepted(event: bytes, receipt: str) -> bytes:
    """The line that ingest would write of an event whose unit is the indicator's own."""
    parsed = parse_event(event)
    value, unit = (getattr(parsed.data, name, None) for name in ("value", "unit"))
    accepted = Accepted(
        receipt=receipt,
        department=parsed.department,
        receivedtime=_RECEIVED,
        canonicalvalue=None if value is None else str(value),
        canonicalunit=None if value is None else unit,
    )
    return accepted_line(parsed, accepted)
