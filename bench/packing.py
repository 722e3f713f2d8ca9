"""What a produced event costs, packed 500 to a record and one to a record: client and broker.

`python -m bench.packing`. The broker is asked for nothing else meanwhile; its processor time is
read before and after, once everything is acknowledged. All three ways are idempotent, acks=all,
lz4. One event a record is tried as ours is set up (nothing waits) and as a busy producer would be
(20 ms of linger); the cheaper of the two counts.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench import machine
from bench.events import lines
from bench.parts import Broker, broker, cpu_seconds
from bench.peers.unpacked import LINGER_MS, producer
from schemas.topics import EVENTS, MAX_PACKED_EVENTS
from services.runtime.kafka import ensure_topics

EVENTS_A_RUN = 200_000
RUNS = 5
_SERIES = 10_000
_TOPIC = "packing"
# Unacknowledged records: enough to keep the broker busy.
_UNDER_WAY = 5_000

WAYS = {
    "packed": (MAX_PACKED_EVENTS, 0),
    "one a record": (1, 0),
    f"one a record, linger {LINGER_MS} ms": (1, LINGER_MS),
}


def cost(on: Broker, said: Sequence[bytes], packed: int, linger_ms: int) -> dict[str, float]:
    """Produce these lines: microseconds of CPU per event, joining them too, and events a second."""
    events = len(said)
    sender = producer(on.bootstrap, linger_ms)
    sender.partitions_for(_TOPIC)
    broker_before, client_before = cpu_seconds(on.pid), time.process_time()
    began = time.monotonic()
    sent = []
    for number, start in enumerate(range(0, events, packed)):
        value = b"\n".join(said[start : start + packed]) if packed > 1 else said[start]
        sent.append(sender.send(_TOPIC, value, partition=number % EVENTS.partitions))
        if len(sent) == _UNDER_WAY:
            sender.flush()
            sent = _acknowledged(sent)
    sender.flush()
    _acknowledged(sent)
    seconds = time.monotonic() - began
    client = (time.process_time() - client_before) * 1e6 / events
    broker_ = (cpu_seconds(on.pid) - broker_before) * 1e6 / events
    sender.close()
    return {
        "client": client,
        "broker": broker_,
        "both": client + broker_,
        "rate": events / seconds,
    }


def _acknowledged(sent: Sequence[Any]) -> list[Any]:
    for each in sent:
        each.get(30)
    return []


def measure(runs: int = RUNS, events: int = EVENTS_A_RUN) -> dict[str, Any]:
    """Medians of each way, and how many times cheaper packing is than the cheaper of the others."""
    said = list(lines(events, _SERIES))
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with broker() as on:
        ensure_topics(
            on.bootstrap, [(_TOPIC, EVENTS.partitions, {"max.message.bytes": "2097152"})], 1
        )
        # The broker compiles what it runs often: its first records are dear.
        cost(on, said[: events // 4], 1, 0)
        for _ in range(runs):
            for way, (packed, linger_ms) in WAYS.items():
                found[way].append(cost(on, said, packed, linger_ms))
    ways = {
        way: {name: round(statistics.median(each[name] for each in some), 2) for name in some[0]}
        for way, some in found.items()
    }
    ours, *others = (each["both"] for each in ways.values())
    return {"events": events, "cpu_us": ways, "ratio": round(min(others) / ours, 1)}


def text(found: dict[str, Any]) -> list[str]:
    """The table as text."""
    lines = [f"{'produce':30}{'client':>9}{'broker':>9}{'both':>9}  µs CPU per event"]
    for way, each in found["cpu_us"].items():
        lines.append(f"{way:30}{each['client']:>9.2f}{each['broker']:>9.2f}{each['both']:>9.2f}")
    return [*lines, f"packed is {found['ratio']} times cheaper"]


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    found = measure(runs)
    sys.stderr.write("\n".join(text(found)) + "\n")
    sys.stdout.write(json.dumps({"machine": machine.describe(), "packing": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
