"""Real inventories through the front door: `python -m bench.inventories [--folder FOLDER]`.

Two published lists of the public charging stations of Shenzhen, each alone and one after the other,
a charger.updated event for every pile, on a stack that is new each time. Seconds from the first
request: until the last is acknowledged, until `bi.chargers` shows every charger, until
`bi.charger_daily` does, until every reader is done. Then all of it once more, which must change
nothing, and what an analyst asks: the stations and chargers within a kilometre of a station.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench import machine
from bench.client import Client
from bench.load import Closed, request
from tests.builders import raw_event
from tests.inventories import ENTITY, Inventory, st_evcdp, urban_ev
from tests.lags import Lags
from tests.stack import RunningStack, eventually, running_stack

BATCH = 500
PATIENCE = 120
POINTS = 5
METRES = 1000
ADDED = "ids of chargers, their operator and the day of their state are not in the data"
_POINTS = (
    "SELECT any(lon), any(lat) FROM bi.chargers GROUP BY station"
    f" ORDER BY cityHash64(station) LIMIT {POINTS + 1}"
)
_NEARBY = (
    "SELECT uniqExact(station), count() FROM bi.chargers WHERE stage = 'in_service'"
    f" AND geoDistance(lon, lat, {{}}, {{}}) <= {METRES}"
)
_BOOKS = (
    "SELECT sum(received), sum(accepted), sum(duplicate), sum(rejected), sum(abs(difference))"
    " FROM bi.ledger"
)
_VIEWS = ("chargers", "charger_daily")
_MEDIANS = (
    "acknowledged_s",
    "acknowledged_per_second",
    "chargers_shown_s",
    "daily_shown_s",
    "at_rest_s",
    "again_s",
    "again_per_second",
    "nearby_ms",
)


def cases() -> dict[str, tuple[Inventory, ...]]:
    """Each inventory by itself, and the later one under the ids of the earlier."""
    earlier, later = st_evcdp(), urban_ev()
    return {
        earlier.name: (earlier,),
        later.name: (later,),
        "both": (earlier, later.as_known(earlier)),
    }


class InService(NamedTuple):
    """What has to be in service at the end of a day."""

    day: str
    stations: int
    chargers: int


def in_service(inventories: Sequence[Inventory]) -> list[InService]:
    """After each of them: what was known stays, the later never takes a charger away."""
    piles: Counter[str] = Counter()
    found = []
    for each in inventories:
        piles |= Counter({station.station: station.piles for station in each.stations})
        found.append(InService(each.day, len(piles), piles.total()))
    return found


class _Reader:
    """What account `bi` sees of a stack."""

    def __init__(self, stack: RunningStack) -> None:
        login = b64encode(f"bi:{stack.secret('BI_PASSWORD')}".encode()).decode()
        self._http = Client(stack.ports.clickhouse, {"Authorization": f"Basic {login}"})

    def rows(self, sql: str) -> list[list[str]]:
        """The rows of an answer, as text."""
        said = self._http.post("/?default_format=TSV", sql.encode()).decode()
        return [row.split("\t") for row in said.splitlines()]

    def digests(self) -> dict[str, list[list[str]]]:
        """All that each view shows, as its rows and one number."""
        sql = "SELECT count(), groupBitXor(cityHash64(tuple(*))) FROM bi."
        return {view: self.rows(sql + view) for view in _VIEWS}

    def close(self) -> None:
        """Hang up."""
        self._http.close()


def _define(stack: RunningStack) -> None:
    entity = {"entity": ENTITY, "kind": "city", "name_zh": "深圳", "name_en": "Shenzhen"}
    stack.push(raw_event("entity.defined", entity, id=ENTITY))
    sql = f"SELECT entity FROM bi.entities WHERE entity = '{ENTITY}'"
    eventually(lambda: stack.rows(sql), PATIENCE, "the entity defined")


def _send(stack: RunningStack, requests: Sequence[bytes]) -> float:
    """One after the other; seconds until the last answer, all of them 202."""
    load = Closed(stack.ports.ingest, iter(requests))
    took = load.run(1, PATIENCE)
    if load.statuses != {202: len(requests)}:
        raise RuntimeError(f"not all of {len(requests)} requests were taken: {load.statuses}")
    return took


def _await_books(reader: _Reader, *books: int) -> None:
    """Wait for the ledger to say so; the entity's definition is in it too."""
    wanted = [[str(each) for each in books]]
    eventually(lambda: reader.rows(_BOOKS) == wanted, PATIENCE, f"books of {books}")


def _await_rest(stack: RunningStack) -> None:
    """Wait until every reader has committed all there is, and the engine merges nothing."""
    with Lags(stack.kafka) as lags:
        eventually(lags.all_done, PATIENCE, "all read")
    sql = "SELECT count() AS n FROM system.merges"
    eventually(lambda: stack.rows(sql, "pacekeeper")[0]["n"] == 0, PATIENCE, "no merges")


def _nearby(reader: _Reader) -> dict[str, Any]:
    """Milliseconds of each point's question, after one that does not count."""
    times, chargers = [], []
    for lon, lat in reader.rows(_POINTS):
        began = time.perf_counter()
        ((_, found),) = reader.rows(_NEARBY.format(lon, lat))
        times.append((time.perf_counter() - began) * 1000)
        chargers.append(int(found))
    return {"nearby_ms": round(statistics.median(times[1:]), 1), "nearby_chargers": chargers[1:]}


def once(stack: RunningStack, inventories: Sequence[Inventory]) -> dict[str, Any]:
    """One run on a stack that has nothing yet."""
    _define(stack)
    events = [event for each in inventories for event in each.updates()]
    requests = [
        request(
            stack.ports.ingest,
            stack.admin_key,
            "application/x-ndjson",
            b"\n".join(events[first : first + BATCH]),
        )
        for first in range(0, len(events), BATCH)
    ]
    count, wanted = len(events), in_service(inventories)
    reader = _Reader(stack)
    chargers = [[str(wanted[-1].chargers)]]
    daily = [[str(each.stations), str(each.chargers)] for each in wanted]
    days = ", ".join(f"'{each.day}'" for each in wanted)
    ask = f"SELECT stations, chargers FROM bi.charger_daily WHERE day IN ({days}) ORDER BY day"

    began = time.monotonic()
    took = _send(stack, requests)
    eventually(
        lambda: reader.rows("SELECT count() FROM bi.chargers") == chargers, PATIENCE, "chargers"
    )
    chargers_shown = time.monotonic() - began
    eventually(lambda: reader.rows(ask) == daily, PATIENCE, "chargers by day")
    daily_shown = time.monotonic() - began

    _await_rest(stack)
    at_rest = time.monotonic() - began
    _await_books(reader, count + 1, count + 1, 0, 0, 0)
    before = reader.digests()
    again = _send(stack, requests)
    _await_books(reader, 2 * count + 1, count + 1, count, 0, 0)
    _await_rest(stack)
    after = reader.digests()
    nearby = _nearby(reader)
    reader.close()
    return {
        "acknowledged_s": round(took, 2),
        "acknowledged_per_second": round(count / took),
        "chargers_shown_s": round(chargers_shown, 2),
        "daily_shown_s": round(daily_shown, 2),
        "at_rest_s": round(at_rest, 2),
        "again_s": round(again, 2),
        "again_per_second": round(count / again),
        "again_duplicates": count,
        "again_changed": [view for view in _VIEWS if after[view] != before[view]],
        **nearby,
    }


def _described(inventories: Sequence[Inventory]) -> dict[str, Any]:
    return {
        "data": [
            {"name": each.name, "real": True, "source": each.source, "licence": each.licence}
            for each in inventories
        ],
        "added": ADDED,
        "events": sum(station.piles for each in inventories for station in each.stations),
        "in_service": [each._asdict() for each in in_service(inventories)],
    }


def measure(folder: Path | None = None, runs: int = 5) -> dict[str, Any]:
    """Every case, each run on a new stack; `folder` None is where temporary files are."""
    found = {}
    for name, inventories in cases().items():
        each = []
        for _ in range(runs):
            with (
                tempfile.TemporaryDirectory(prefix="pacekeeper-bench-", dir=folder) as home,
                running_stack(Path(home)) as stack,
            ):
                each.append(once(stack, inventories))
        medians = {
            what: round(statistics.median(run[what] for run in each), 2) for what in _MEDIANS
        }
        found[name] = _described(inventories) | medians | {"runs": each}
    return found


def lines(found: dict[str, Any]) -> list[str]:
    """The medians as text, and whose data they are of."""
    told = []
    for name, each in found.items():
        changed = {view for run in each["runs"] for view in run["again_changed"]}
        told.append(
            f"{name:>8}: {each['events']} events  {each['acknowledged_per_second']:.0f}/s"
            f"  acknowledged {each['acknowledged_s']:.2f} s"
            f"  in bi.chargers {each['chargers_shown_s']:.2f} s"
            f"  in bi.charger_daily {each['daily_shown_s']:.2f} s"
            f"  at rest {each['at_rest_s']:.2f} s"
            f"  once more {each['again_s']:.2f} s, changed: {', '.join(changed) or 'nothing'}"
            f"  within {METRES} m {each['nearby_ms']:.1f} ms"
        )
    data = {each["source"]: each for case in found.values() for each in case["data"]}
    told += [f"real data: {each['name']}, {at}, {each['licence']}" for at, each in data.items()]
    return [*told, ADDED]


def main() -> None:
    """Measure; the medians on stderr, everything as JSON on stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the stack lives, e.g. on a tmpfs")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    described = machine.describe()
    found = measure(chosen.folder, chosen.runs)
    on = ", ".join(f"{what} {how}" for what, how in described.items())
    sys.stderr.write("\n".join([*lines(found), f"on: {on}"]) + "\n")
    sys.stdout.write(json.dumps({"machine": described, "inventories": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
