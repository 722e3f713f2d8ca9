"""`python -m bench.peers`: our roles beside the other clients, in one run on one machine.

Text goes to stderr as it comes in, JSON to stdout. `--under` runs every contestant under a command
("taskset -c 0,1"). The peers live in `.venv-peers`, which `make peers` installs.
"""

import argparse
import json
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench import events, machine
from bench.parts import Parts, broker, engine
from bench.peers import unpacked
from bench.peers.contestants import OURS, PACKED, PEERS, PYTHON, Layout, run_ours, run_peer
from services.runtime import logs

SERIES = 10_000
MEMORY = Path("/dev/shm")
PLAIN = 1
_FAUST = "faust_agent"
Runs = dict[str, list[dict[str, Any]]]


def contest(
    parts: Parts, wanted: argparse.Namespace, layouts: Sequence[Layout]
) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """Every contestant once a round, so that a slow minute of the machine is everyone's."""
    for round_ in range(wanted.runs):
        for layout in layouts:
            for name in wanted.peers:
                yield _key(name, layout), partial(run_peer, parts, name, layout, wanted.under)
            for roles in wanted.ours:
                if roles == "write" or layout.packed == PACKED:
                    named = (parts.engine.port, round_, layout.topic, roles.replace("+", "-"))
                    run = "-".join(map(str, named))
                    yield (
                        _key(roles, layout),
                        partial(run_ours, parts, roles, layout, run, wanted.under),
                    )


def _key(name: str, layout: Layout) -> str:
    return f"{name} {'plain' if layout.packed == PLAIN else 'packed'}"


def summary(runs: Runs) -> dict[str, dict[str, Any]]:
    """Medians of each contestant: events a second, microseconds of CPU per event by process."""
    return {
        key: {
            "rate": round(statistics.median(each["rate"] for each in some)),
            "rates": [round(each["rate"]) for each in some],
            "events": some[0]["events"],
            "cpu_us": {
                part: round(statistics.median(each["cpu_us"][part] for each in some), 2)
                for part in some[0]["cpu_us"]
            },
            **{
                name: round(statistics.median(each[name] for each in some))
                for name in ("rate_in_raw",)
                if name in some[-1]
            },
            **{name: some[-1][name] for name in ("rows_a_block", "dossiers") if name in some[-1]},
        }
        for key, some in runs.items()
    }


def ratios(medians: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Each of our ways against the peers: in speed and in processor time, more is better for us.

    Processor time is that of client, broker and engine together. With the derive role beside it
    there are two speeds: until every row is in raw, and until every dossier is published.
    """
    rate = {key: found["rate"] for key, found in medians.items()}
    cost = {key: sum(found["cpu_us"].values()) for key, found in medians.items()}
    ours = [key for roles in OURS if (key := f"{roles} packed") in rate]
    speed = {key: rate[key] for key in ours} | {
        f"{key}, in raw": found
        for key in ours
        if (found := medians[key].get("rate_in_raw")) is not None
    }
    found = {}
    for layout in ("plain", "packed"):
        peers = [key for name in PEERS if (key := f"{name} {layout}") in rate]
        if peers:
            fastest = max(rate[key] for key in peers)
            cheapest = min(cost[key] for key in peers)
            for way in speed:
                found[f"{way} / fastest peer {layout}"] = round(speed[way] / fastest, 2)
            for key in ours:
                found[f"{key}, cheapest peer {layout} / ours"] = round(cheapest / cost[key], 2)
    if (faust := rate.get(f"{_FAUST} plain")) is not None:
        found |= {f"{way} / Faust plain": round(speed[way] / faust, 1) for way in speed}
    return found


def table(folder: Path, medians: dict[str, dict[str, Any]], against: dict[str, float]) -> list[str]:
    """The text of one engine's folder."""
    lines = [
        f"engine on {folder}",
        f"{'':26}{'events/s':>10}{'client':>9}{'broker':>9}{'engine':>9}  µs CPU per event",
    ]
    for key, found in sorted(medians.items(), key=lambda each: -each[1]["rate"]):
        cost = found["cpu_us"]
        name, _, layout = key.rpartition(" ")
        shown = PEERS.get(name, f"ours: {name}")
        lines.append(
            f"{shown:19}{layout:7}{found['rate']:>10}{cost['client']:>9.2f}"
            f"{cost['broker']:>9.2f}{cost['engine']:>9.2f}"
        )
        if "rate_in_raw" in found:
            lines.append(f"{'  until all is in raw':26}{found['rate_in_raw']:>10}")
    return lines + [f"{what}: {ratio}" for what, ratio in against.items()]


def plan(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What is to be measured; the command line's if None."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--ours", nargs="*", choices=OURS, default=list(OURS))
    parser.add_argument("--layouts", nargs="*", choices=("plain", "packed"))
    parser.add_argument("--folders", nargs="*", type=Path, help="where the engine's data lie")
    parser.add_argument("--under", type=shlex.split, default=[])
    return parser.parse_args(arguments)


def compare(wanted: argparse.Namespace) -> dict[str, Any]:
    """Fill both topics, measure on each folder; the JSON answer. Text goes out meanwhile."""
    # Stdout is the answer's.
    logs.configure("WARNING")
    folders = wanted.folders or [MEMORY, Path(tempfile.gettempdir())]
    told: dict[str, Any] = {
        "machine": machine.describe(),
        "events": wanted.events,
        "series": SERIES,
        "bytes": len(next(events.lines(1, 1))),
        "runs": wanted.runs,
        "versions": {},
        "engines": {},
        "failed": {},
    }
    with broker() as address:
        layouts = _fill(address.bootstrap, wanted)
        for folder in folders:
            runs: Runs = defaultdict(list)
            with engine(folder) as running:
                for key, run in contest(Parts(address, running), wanted, layouts):
                    try:
                        found = run()
                    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                        told["failed"][key] = str(error)
                        _say(f"{key} failed: {error}")
                        continue
                    runs[key].append(found)
                    told["versions"] |= found.get("versions", {})
                    _say(f"{time.strftime('%H:%M:%S')} {key} {found['rate']:.0f} events/s")
            medians = summary(runs)
            against = ratios(medians)
            told["engines"][str(folder)] = {"medians": medians, "ratios": against}
            _say("\n".join(table(folder, medians, against)))
    return told


def _fill(bootstrap: str, wanted: argparse.Namespace) -> list[Layout]:
    layouts = []
    events.define(bootstrap)
    if wanted.layouts is None or "packed" in wanted.layouts:
        layouts.append(Layout("packed", wanted.events, PACKED))
        events.fill(bootstrap, "packed", wanted.events, SERIES, PACKED)
    if wanted.layouts is None or "plain" in wanted.layouts:
        layouts.append(Layout("plain", wanted.events, PLAIN))
        unpacked.fill(bootstrap, "plain", wanted.events, SERIES)
    return layouts


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main() -> int:
    """0; 1 if a contestant failed or lost an event; 2 without the peers' environment."""
    # The broker and the engine are ended on the way out, so let there be one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wanted = plan()
    if wanted.peers and not PYTHON.exists():
        _say(f"{PYTHON} is missing: run `make peers`; 缺少 {PYTHON}：请先运行 make peers")
        return 2
    told = compare(wanted)
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    return 1 if told["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
