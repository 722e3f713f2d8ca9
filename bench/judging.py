"""How fast targets are judged: the real alerts worker beside a Faust agent, in one run.

`python -m bench.judging`. Either is a process of its own over a broker that was filled before. Time
runs from the first assessment that the broker took to the last one, by its own timestamps; the
processor time of process and broker is read at both. Afterwards every series must have been judged
to the end of the year, as the pure functions say. Text goes to stderr, JSON to stdout.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition

from bench import judging_feed, judging_load, machine
from bench.judging_agent import ALERTS, JUDGES, ROWS, Task
from bench.judging_load import Keyed
from bench.parts import Broker, broker, cpu_seconds
from schemas.topics import ASSESSMENTS, INDICATORS, SERIES_PARTITIONS
from services.runtime import logs
from services.runtime.kafka import (
    MAX_RECORD_BYTES,
    Kept,
    Position,
    Producer,
    Record,
    ensure_topics,
)

# Of a run of the peer, and of the way that judges every month by itself: they take much longer.
FEWER = 40
_LOOK, _QUIET, _PATIENCE = 0.1, 4.0, 120.0
_UNDER_WAY = 2_000
_DECEMBER = b'"period":"%d-12"' % judging_load.YEAR
Cpu = dict[str, float]


class Round(NamedTuple):
    """A contestant: what it reads, and how many events that stands for."""

    name: str
    records: Iterable[tuple[bytes, bytes]]
    events: int
    peer: Task | None = None


def rounds(series: int, chargers: int) -> Iterator[Round]:
    """Ours and the peer's, of both loads."""
    few, months = series // FEWER, judging_load.MONTHS
    yield Round("targets, ours", judging_load.packed(series), series * months)
    yield Round("targets, ours by the month", judging_load.monthly(few), few * months)
    for judges in JUDGES:
        task = Task("figures", "targets", few, judges)
        yield Round(f"targets, Faust by the {judges}", judging_load.events(few), few * months, task)
    yield Round("chargers, ours", judging_feed.dossiers(chargers), chargers)
    few = chargers // FEWER
    for judges in JUDGES:
        task = Task("figures", "chargers", few, judges)
        yield Round(f"chargers, Faust by the {judges}", judging_feed.events(few), few, task)


def run(on: Broker, round_: Round) -> dict[str, Any]:
    """Fill the topic, let the contestant empty it; RuntimeError if a series was not judged."""
    source, rows = ("figures", ROWS) if round_.peer else (INDICATORS.name, ASSESSMENTS.name)
    size = {"max.message.bytes": str(MAX_RECORD_BYTES)}
    names = (source, rows, ALERTS)
    ensure_topics(on.bootstrap, [(name, SERIES_PARTITIONS, size) for name in names], 1)
    _fill(on.bootstrap, source, round_.records)
    with tempfile.TemporaryDirectory(prefix="pacekeeper-bench-") as home:
        process = _started(on, round_.peer, Path(home))
        try:
            samples = _watch(on, process, rows)
        except TimeoutError as error:
            said = (Path(home) / "out").read_text(errors="replace")[-3000:]
            raise RuntimeError(f"{round_.name}: {error}\n{said}") from error
        finally:
            process.terminate()
            process.wait(30)
    times = _verify(on, source, rows)
    seconds = (max(times) - min(times)) / 1000
    first, last = samples
    return {
        "events": round_.events,
        "rows": len(times),
        "rate": round_.events / seconds,
        "cpu_us": {name: 1e6 * (last[name] - first[name]) / round_.events for name in first},
    }


def _fill(bootstrap: str, topic: str, records: Iterable[Keyed]) -> None:
    producer = Producer(bootstrap, "fill")
    under_way: deque[Future[Position]] = deque()
    try:
        for key, value in records:
            under_way.append(producer.send(topic, value, key))
            while len(under_way) > _UNDER_WAY:
                under_way.popleft().result(30)
        for each in under_way:
            each.result(30)
    finally:
        producer.close()


def _started(on: Broker, peer: Task | None, home: Path) -> subprocess.Popen[bytes]:
    given = {"PACEKEEPER_HOME": str(home), "PACEKEEPER_KAFKA_BOOTSTRAP": on.bootstrap}
    given |= {"PACEKEEPER_LOG_LEVEL": "WARNING", "TMPDIR": str(home)}
    if peer is not None:
        given["BENCH_JUDGING"] = json.dumps(peer._replace(bootstrap=on.bootstrap)._asdict())
    module = "services.alerts" if peer is None else "bench.judging_agent"
    with (home / "out").open("wb") as out:
        command = [sys.executable, "-m", module]
        return subprocess.Popen(command, env=os.environ | given, stdout=out, stderr=out)


def _watch(on: Broker, process: subprocess.Popen[bytes], topic: str) -> tuple[Cpu, Cpu]:
    """Processor time right before the first row and at the last; TimeoutError if none comes."""
    watcher = KafkaConsumer(bootstrap_servers=on.bootstrap, metrics_enabled=False)
    where = [TopicPartition(topic, partition) for partition in range(SERIES_PARTITIONS)]
    seen, changed = 0, time.monotonic()
    first = last = _cpu(on, process)
    try:
        while not seen or time.monotonic() - changed < _QUIET:
            if process.poll() is not None or time.monotonic() - changed > _PATIENCE:
                raise TimeoutError(f"nothing more after {seen} rows, exit {process.returncode}")
            now, there = _cpu(on, process), sum(watcher.end_offsets(where).values())
            if there != seen:
                seen, changed, last = there, time.monotonic(), now
            elif not seen:
                first = now
            time.sleep(_LOOK)
    finally:
        watcher.close()
    return first, last


def _cpu(on: Broker, process: subprocess.Popen[bytes]) -> Cpu:
    return {"judge": cpu_seconds(process.pid), "broker": cpu_seconds(on.pid)}


def _verify(on: Broker, source: str, rows: str) -> list[int]:
    """When each row was sent; RuntimeError unless each series that came in has its December."""
    wanted = {record.key for record in _all(on, source)}
    times, ended = [], set()
    for record in _all(on, rows):
        times.append(record.timestamp)
        if _DECEMBER in (record.value or b""):
            ended.add(record.key)
    if wanted != ended:
        raise RuntimeError(f"{len(wanted)} series came, {len(ended)} were judged to the end")
    return times


def _all(on: Broker, topic: str) -> Iterator[Record]:
    kept = Kept(on.bootstrap, topic, SERIES_PARTITIONS)
    for partition, (first, end) in kept.ends().items():
        for some in kept.read(partition, first, end):
            yield from some


def summary(runs: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Medians of each contestant: events a second, microseconds of processor per event."""
    return {
        name: {
            "rate": round(statistics.median(each["rate"] for each in some)),
            "rates": [round(each["rate"]) for each in some],
            "events": some[0]["events"],
            "rows": some[0]["rows"],
            "cpu_us": {
                part: round(statistics.median(each["cpu_us"][part] for each in some), 1)
                for part in some[0]["cpu_us"]
            },
        }
        for name, some in runs.items()
    }


def ratios(medians: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """How many times as fast as each peer we judge the same load."""
    found = {}
    for ours in (name for name in medians if ", ours" in name):
        load = ours.partition(",")[0]
        for peer in (name for name in medians if name.startswith(f"{load}, Faust")):
            found[f"{ours} / {peer}"] = round(medians[ours]["rate"] / medians[peer]["rate"], 1)
    return found


def lines(medians: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The table as text."""
    return [
        f"{'':34}{'events/s':>10}{'judge':>9}{'broker':>9}  µs CPU per event",
        *(
            f"{name:34}{found['rate']:>10}{found['cpu_us']['judge']:>9.1f}"
            f"{found['cpu_us']['broker']:>9.1f}"
            for name, found in medians.items()
        ),
        *(f"{what}: {ratio}" for what, ratio in ratios(medians).items()),
    ]


def measure(wanted: argparse.Namespace) -> dict[str, Any]:
    """All runs; the JSON answer."""
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _ in range(wanted.runs):
        for round_ in rounds(wanted.series, wanted.chargers):
            if wanted.only and not any(only in round_.name for only in wanted.only):
                continue
            with broker() as address:
                found = run(address, round_)
            runs[round_.name].append(found)
            sys.stderr.write(f"{round_.name}: {found}\n")
    medians = summary(runs)
    return {"machine": machine.describe(), "medians": medians, "ratios": ratios(medians)}


def plan(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What is to be measured; the command line's if None."""
    parser = argparse.ArgumentParser(prog="python -m bench.judging", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--chargers", type=int, default=124_000)
    parser.add_argument("--only", nargs="*", help="parts of the contestants' names")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure and print."""
    logs.configure("WARNING")
    told = measure(plan())
    sys.stderr.write("\n".join(lines(told["medians"])) + "\n")
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
